"""The naive peer: how such collecting is usually written, and how the project's predecessor was.

One thread, one request at a time, no cache, a new connection for each; every part of a show, season and person is a
request of its own; every row is looked up, then inserted or updated, and committed alone. It keeps what the pipeline
keeps, in a schema of its own, `naive`. In its favour: it asks for nothing twice, and honours `Retry-After`.

    python -m tests.bench.naive --list 1        # TMDB_API_URL, TMDB_BEARER_TOKEN, MIGRATION_DATABASE_URL
"""

import argparse
import json
import os
import sys
import time
from typing import Any

import psycopg
import requests
from psycopg import sql
from psycopg.types.json import Jsonb

ATTEMPTS = 5
TABLES = {
    "shows": ("id", "name text, status text, premiere_date text, votes integer, ids jsonb, meta jsonb"),
    "show_labels": ("show_id, kind, name", ""),
    "seasons": ("id", "show_id text, number integer, name text, overview text, air_date text"),
    "episodes": ("id", "season_id text, number integer, name text, overview text, air_date text, runtime integer"),
    "organisations": ("kind, id", "name text"),
    "show_organisations": ("show_id, kind, id", ""),
    "offers": ("show_id, region, offer_type, provider_id", "link text"),
    "people": ("id", "name text, biography text, birthday text, place text, ids jsonb"),
    "credits": ("id", "show_id text, person_id text, category text, job text, role text"),
    "credit_counts": ("parent_id, person_id, category", "episodes integer"),
    "images": ("owner, kind, path", "width integer, height integer, language text"),
}


class Naive:
    """The peer at work."""

    def __init__(self, api: str, token: str, database: str) -> None:
        self.api, self.headers = api, {"Authorization": f"Bearer {token}"}
        self.connection = psycopg.connect(database, autocommit=True)
        self.requests = self.rows = 0
        self.connection.execute("create schema if not exists naive")
        for table, (key, further) in TABLES.items():
            columns = ", ".join(f"{name} text" for name in key.split(", "))
            self.connection.execute(
                f"create table if not exists naive.{table} ({', '.join(filter(None, (columns, further)))},"
                f" primary key ({key}))"
            )

    def collect(self, list_id: str) -> int:
        """Collect the shows of a list; says how many they are."""
        shows, page, pages = [], 1, 1
        while page <= pages:
            answer = self.get(f"list/{list_id}", page=page)
            shows += [item["id"] for item in answer["items"]]
            page, pages = page + 1, answer["total_pages"]
        people: set[int] = set()
        for show in shows:
            people |= self.show(show)
        for person in sorted(people):
            self.person(person)
        return len(shows)

    def show(self, show: int) -> set[int]:
        """One show; gives the people in it."""
        path = f"tv/{show}"
        body = self.get(path)
        ids = self.get(f"{path}/external_ids")
        self.put("shows", id=show, name=body["name"], status=body["status"], premiere_date=body["first_air_date"],
                 votes=body["vote_count"], ids=Jsonb(ids), meta=Jsonb(body))  # fmt: skip
        for genre in body["genres"]:
            self.put("show_labels", show_id=show, kind="genre", name=genre["name"])
        for keyword in self.get(f"{path}/keywords")["results"]:
            self.put("show_labels", show_id=show, kind="keyword", name=keyword["name"])
        for kind in ("networks", "production_companies"):
            for organisation in body[kind]:
                self.put("organisations", kind=kind, id=organisation["id"], name=organisation["name"])
                self.put("show_organisations", show_id=show, kind=kind, id=organisation["id"])
        for region, offers in self.get(f"{path}/watch/providers")["results"].items():
            for kind, providers in offers.items():
                for provider in providers if isinstance(providers, list) else ():
                    self.put(
                        "organisations", kind="provider", id=provider["provider_id"], name=provider["provider_name"]
                    )
                    self.put("offers", show_id=show, region=region, offer_type=kind,
                             provider_id=provider["provider_id"], link=offers.get("link"))  # fmt: skip
        self.images(f"show/{show}", self.get(f"{path}/images"))
        people = self.credits(show, str(show), self.get(f"{path}/aggregate_credits"))
        for season in body["seasons"]:
            people |= self.season(show, season["season_number"])
        return people

    def season(self, show: int, number: int) -> set[int]:
        """One season with its episodes; gives the people in it."""
        path = f"tv/{show}/season/{number}"
        body = self.get(path)
        self.put("seasons", id=body["id"], show_id=show, number=number, name=body["name"], overview=body["overview"],
                 air_date=body["air_date"])  # fmt: skip
        for episode in body["episodes"]:
            self.put("episodes", id=episode["id"], season_id=body["id"], number=episode["episode_number"],
                     name=episode["name"], overview=episode["overview"], air_date=episode["air_date"],
                     runtime=episode["runtime"])  # fmt: skip
            if episode["still_path"]:
                self.put("images", owner=f"episode/{episode['id']}", kind="stills", path=episode["still_path"])
        self.images(f"season/{body['id']}", self.get(f"{path}/images"))
        return self.credits(show, str(body["id"]), self.get(f"{path}/aggregate_credits"))

    def credits(self, show: int, parent: str, body: dict[str, Any]) -> set[int]:
        """The credits of a show or season; gives the people in them."""
        for category, roles, name in (("cast", "roles", "character"), ("crew", "jobs", "job")):
            for person in body[category]:
                self.put("credit_counts", parent_id=parent, person_id=person["id"], category=category,
                         episodes=person["total_episode_count"])  # fmt: skip
                for role in person[roles]:
                    self.put("credits", id=role["credit_id"], show_id=show, person_id=person["id"], category=category,
                             job=person.get("department"), role=role[name])  # fmt: skip
        return {person["id"] for category in ("cast", "crew") for person in body[category]}

    def person(self, person: int) -> None:
        """One person."""
        body = self.get(f"person/{person}")
        ids = self.get(f"person/{person}/external_ids")
        self.put("people", id=person, name=body["name"], biography=body["biography"], birthday=body["birthday"],
                 place=body["place_of_birth"], ids=Jsonb(ids))  # fmt: skip
        self.images(f"person/{person}", self.get(f"person/{person}/images"))

    def images(self, owner: str, body: dict[str, Any]) -> None:
        """Rows for images."""
        for kind, images in body.items():
            for image in images if isinstance(images, list) else ():
                self.put("images", owner=owner, kind=kind, path=image["file_path"], width=image["width"],
                         height=image["height"], language=image["iso_639_1"])  # fmt: skip

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """Ask, and ask again where that is due."""
        for attempt in range(ATTEMPTS):
            self.requests += 1
            answer = requests.get(f"{self.api}/3/{path}", params=params, headers=self.headers, timeout=20)
            if answer.status_code != 429 and answer.status_code < 500:
                break
            time.sleep(float(answer.headers.get("Retry-After", 0.5 * 2**attempt)))
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body

    def put(self, table: str, **row: Any) -> None:
        """Look a row up, then insert or update it."""
        row = {name: value if name not in TABLES[table][0].split(", ") else str(value) for name, value in row.items()}
        self.rows += 1
        keys = TABLES[table][0].split(", ")
        name, values = sql.Identifier("naive", table), list(row.values())
        where = sql.SQL(" and ").join(sql.SQL("{} = {}").format(sql.Identifier(key), row[key]) for key in keys)
        if self.connection.execute(sql.SQL("select * from {} where {}").format(name, where)).fetchone() is None:
            columns = sql.SQL(", ").join(map(sql.Identifier, row))
            marks = sql.SQL(", ").join([sql.Placeholder()] * len(row))
            self.connection.execute(sql.SQL("insert into {} ({}) values ({})").format(name, columns, marks), values)
        elif len(row) > len(keys):
            changes = sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(c), sql.Placeholder()) for c in row)
            self.connection.execute(sql.SQL("update {} set {} where {}").format(name, changes, where), values)


def main() -> None:
    """Collect one list, and print what that took as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", required=True, help="a TMDb list")
    options = parser.parse_args()
    database = os.environ["MIGRATION_DATABASE_URL"].replace("+psycopg", "")
    peer = Naive(os.environ["TMDB_API_URL"], os.environ["TMDB_BEARER_TOKEN"], database)
    began = time.perf_counter()
    shows = peer.collect(options.list)
    figures = {"shows": shows, "seconds": time.perf_counter() - began, "requests": peer.requests, "rows": peer.rows}
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
