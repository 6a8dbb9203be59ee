"""Rows of an invented catalogue, as lines of COPY: full-shaped shows, and what hangs on them.

The same seed gives the same rows (but for the times of source records, which are counted back from `now`). What is shown
stands beside the facts that it follows from, so a derive over these rows finds nothing to do.
"""

import gzip
import json
import random
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from models.entities import Kind
from models.rules.precedence import SOURCES
from models.rules.zodiac import sign_of
from tests.bench import words

FIRST_SHOW, FIRST_PERSON = 910_000_000, 920_000_000
FIRST_NETWORK, FIRST_COMPANY, FIRST_PROVIDER = 930_000_000, 931_000_000, 932_000_000
FIRST_SEASON, FIRST_EPISODE = 1_000_000_000, 1_100_000_000
REGIONS = ("US", "GB", "DE", "AU", "SE")
RESOURCES = ("show_details", "entities", "watch_providers", "seasons_episodes", "people_cast", "images")
NOTHING = "\\N"
PERSON_BODY = gzip.compress(b'{"id":0}', 1, mtime=0).hex()

COLUMNS: dict[str, str] = {
    "core.entities": "id kind",
    "core.external_ids": "kind source value entity_id",
    "core.facts": "entity_id source fields",
    "core.shows": "id imdb_id tmdb_id sort_name genres keywords listed_on season_total episode_total totals_counted"
    " poster_image_id backdrop_image_id logo_image_id",
    "core.seasons": "id show_id season_number tmdb_id episode_total poster_image_id",
    "core.episodes": "id show_id season_id episode_number tmdb_id name overview air_date runtime episode_type"
    " tmdb_vote_average tmdb_vote_count still_image_id",
    "core.people": "id imdb_id tmdb_id sort_name birth_precision zodiac profile_image_id",
    "core.networks": "id tmdb_id sort_name logo_image_id",
    "core.companies": "id tmdb_id sort_name logo_image_id",
    "core.watch_providers": "id tmdb_id sort_name logo_image_id",
    "core.show_networks": "show_id network_id source position",
    "core.show_companies": "show_id company_id source position",
    "core.show_watch_providers": "show_id region offer_type provider_id source display_priority link",
    "core.show_labels": "show_id source kind name",
    "core.content_ratings": "show_id source country rating",
    "core.aliases": "entity_id source name country kind",
    "core.images": "id entity_id source kind source_id url language width height vote_average vote_count",
    "core.lists": "id source source_id name",
    "core.list_items": "list_id show_id rank",
    "core.credits": "id show_id person_id source source_id category department job character billing_order",
    "core.credit_counts": "entity_id person_id source category show_id episodes is_regular billing_order",
    "ops.source_records": "source resource ref status body digest fetched_at expires_at",
    "ops.sync_state": "resource entity_id status last_attempt_at last_success_at next_due_at",
}
"""The tables in the order in which rows refer to each other, with the columns that lines give first."""

TABLES = {
    Kind.SHOW: "core.shows",
    Kind.SEASON: "core.seasons",
    Kind.PERSON: "core.people",
    Kind.NETWORK: "core.networks",
    Kind.COMPANY: "core.companies",
    Kind.PROVIDER: "core.watch_providers",
}


@dataclass(frozen=True)
class Shape:
    """How large shows are: from-to, both included.

    `pool`: people of the catalogue for each show. Casts drawn from them are larger, so most people are in several shows.
    """

    seasons: tuple[int, int] = (6, 25)
    episodes: tuple[int, int] = (8, 30)
    people: tuple[int, int] = (30, 120)
    pool: int = 40
    images: bool = True


FULL = Shape()
SMALL = Shape(seasons=(1, 3), episodes=(6, 12), people=(6, 20), pool=8)
"""A sixteenth of the episodes and a fifth of the people, for catalogues of very many shows."""


def columns(table: str) -> list[str]:
    """The columns of a table's lines: those above, then what the facts fill."""
    kind = next((kind for kind, name in TABLES.items() if name == table), None)
    return [*COLUMNS[table].split(), *(SOURCES[kind] if kind else ())]


class Invented:
    """An invented catalogue. `chunks` gives it piece by piece, each as {table: lines of COPY}."""

    def __init__(self, shows: int, seed: int, shape: Shape, now: datetime | None = None) -> None:
        self.shows, self.shape = shows, shape
        self.now = now or datetime.now(UTC)
        self.random = random.Random(f"{seed}/{shows}")
        self.lines: dict[str, list[str]] = {table: [] for table in COLUMNS}
        self.people: list[str] = []
        self.networks: list[str] = []
        self.companies: list[str] = []
        self.providers: list[str] = []
        self.titles = [words.episode_title(self.random) for _ in range(256)]
        self.sentences = [words.sentence(self.random) for _ in range(1024)]
        self.seasons = self.episodes = 0

    def chunks(self, size: int = 100) -> Iterator[Mapping[str, list[str]]]:
        """The rows, about `size` shows at a time."""
        self._organisations()
        self.lists = [self._list(place) for place in (1, 2)]
        for number in range(self.shows * self.shape.pool):
            self._person(number)
            if number % 10_000 == 9_999:
                yield self._taken()
        for number in range(self.shows):
            self._show(number)
            if number % size == size - 1:
                yield self._taken()
        yield self._taken()

    def _taken(self) -> Mapping[str, list[str]]:
        taken, self.lines = self.lines, {table: [] for table in COLUMNS}
        return taken

    def _add(self, table: str, *values: Any) -> None:
        self.lines[table].append("\t".join(map(_text, values)) + "\n")

    def _id(self) -> str:
        digits = f"{self.random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"

    def _entity(self, kind: Kind, tmdb_id: int, facts: dict[str, Any], imdb_id: str | None = None) -> str:
        id_ = self._id()
        self._add("core.entities", id_, kind)
        self._add("core.external_ids", kind, "tmdb", str(tmdb_id), id_)
        if imdb_id:
            self._add("core.external_ids", kind, "imdb", imdb_id, id_)
        said = {name: value for name, value in facts.items() if value is not None and value != "" and value != []}
        self._add("core.facts", id_, "tmdb", said)
        return id_

    def _shown(self, kind: Kind, facts: Mapping[str, Any], *first: Any) -> None:
        table = TABLES[kind]
        defaults: dict[str, Any] = {"gender": "unknown", "occupations": ()} if kind is Kind.PERSON else {}
        if kind is Kind.SHOW:
            names = ("languages", "spoken_languages", "origin_countries", "production_countries", "runtimes")
            defaults = dict.fromkeys(names, ())
        self._add(table, *first, *(_array(facts.get(n, defaults.get(n))) for n in SOURCES[kind]))

    def _image(self, entity: str, kind: str, size: tuple[int, int], language: str | None = "en") -> str | None:
        return self._images(entity, kind, size, 1, language)

    def _images(
        self, entity: str, kind: str, size: tuple[int, int], count: int, language: str | None = "en"
    ) -> str | None:
        """Images of an entity; answers the one that stands for it, which has most votes."""
        if not self.shape.images:
            return None
        made = [self._offered(entity, kind, size, language) for _ in range(count)]
        return min(made)[-1]

    def _offered(
        self, entity: str, kind: str, size: tuple[int, int], language: str | None
    ) -> tuple[int, int, str, str]:
        """An image; answers what it is chosen by, and its id."""
        number, id_ = self.random.getrandbits(96), self._id()
        path = f"/{number:024x}.jpg"
        self._add("core.images", id_, entity, "tmdb", kind, path, f"https://image.tmdb.org/t/p/original{path}",
                  language, *size, f"{number % 10_000 / 1000:.3f}", number % 90)  # fmt: skip
        return -(number % 90), -(number % 10_000), path, id_

    def _organisations(self) -> None:
        for kind, first, ids, names in (
            (Kind.NETWORK, FIRST_NETWORK, self.networks, [f"Channel {name}" for name in words.LAST_NAMES[:40]]),
            (Kind.COMPANY, FIRST_COMPANY, self.companies, [f"{name} Pictures" for name in words.LAST_NAMES]),
            (Kind.PROVIDER, FIRST_PROVIDER, self.providers, [f"{name} Play" for name in words.LAST_NAMES[:24]]),
        ):
            for place, name in enumerate(names):
                facts = {"name": name} | ({} if kind is Kind.PROVIDER else {"origin_country": "US"})
                ids.append(self._entity(kind, first + place, facts))
                logo = self._image(ids[-1], "logo", (500, 200), None)
                self._shown(kind, facts, ids[-1], first + place, name.lower(), logo)

    def _list(self, place: int) -> str:
        id_ = self._id()
        self._add("core.lists", id_, "tmdb", str(place), f"Invented list {place}")
        return id_

    def _person(self, number: int) -> None:
        chance = self.random.random
        pick = self.random.choice
        first = pick(words.ACCENTED) if chance() < 0.03 else pick(words.FIRST_NAMES)
        name = f"{first} {pick(words.LAST_NAMES)}"
        tmdb_id, imdb_id = FIRST_PERSON + number, f"nm99{number:07}" if chance() < 0.97 else None
        born = date(1945, 1, 1) + timedelta(days=int(chance() * 20_000))
        facts = {
            "name": name,
            "biography": f"{name} {pick(words.LIVES)}" if chance() < 0.7 else None,
            "birth_date": born.isoformat() if chance() < 0.6 else None,
            "birth_place": pick(words.PLACES) if chance() < 0.6 else None,
            "gender": pick((None, "female", "female", "male", "male", "non_binary")),
            "known_for": "Acting" if chance() < 0.8 else "Production",
            "adult": False,
            "tmdb_popularity": round(chance() * 20, 4),
            "instagram_id": f"invented{number}" if chance() < 0.4 else None,
        }
        id_ = self._entity(Kind.PERSON, tmdb_id, facts, imdb_id)
        shown = {k: v for k, v in facts.items() if v is not None}
        exact = ("day", sign_of(born)) if "birth_date" in shown else (None, None)
        picture = self._image(id_, "profile", (1000, 1500), None)
        self._shown(Kind.PERSON, shown, id_, imdb_id, tmdb_id, _sorted_name(name), *exact, picture)
        if chance() < 0.2:
            self._add("core.aliases", id_, "tmdb", f"{name} the {number % 9 + 1}.", "", "")
        self._record("person", str(tmdb_id), PERSON_BODY, number, id_, ("person",), days=30)
        self.people.append(id_)

    def _show(self, number: int) -> None:
        pick, between = self.random.choice, self.random.randint
        tmdb_id, imdb_id = FIRST_SHOW + number, f"tt99{number:07}" if number % 50 else None
        premiere = date(1998, 1, 1) + timedelta(days=between(0, 6000))
        show_id = self._id()
        seasons, last = self._seasons(number, show_id, premiere)
        name, ended = words.title(self.random, number), number % 3 == 0
        facts: dict[str, Any] = {
            "name": name,
            "original_name": name,
            "description": pick(self.sentences),
            "tagline": words.sentence(self.random) if number % 2 else None,
            "homepage": f"https://show-{number}.example/",
            "status": pick(("Ended", "Canceled")) if ended else "Returning Series",
            "type": pick(("Reality", "Reality", "Talk Show", "Documentary")),
            "in_production": not ended,
            "adult": False,
            "premiere_date": premiere.isoformat(),
            "last_air_date": last["air_date"],
            "content_rating": "TV-14",
            "original_language": "en",
            "languages": ["en"],
            "spoken_languages": ["en"],
            "origin_countries": ["US"],
            "production_countries": ["US"],
            "runtimes": [42] if number % 4 else [],
            "season_total": sum(1 for season in seasons if season > 0),
            "episode_total": sum(count for season, count in seasons.items() if season > 0),
            "most_recent_episode": last,
            "tmdb_vote_average": round(self.random.random() * 10, 3),
            "tmdb_vote_count": between(0, 900),
            "tmdb_popularity": round(self.random.random() * 90, 4),
            "instagram_id": f"inventedshow{number}",
        }
        said = {k: v for k, v in facts.items() if v is not None and v != []}
        self._add("core.entities", show_id, "show")
        self._add("core.external_ids", "show", "tmdb", str(tmdb_id), show_id)
        if imdb_id:
            self._add("core.external_ids", "show", "imdb", imdb_id, show_id)
        self._add("core.facts", show_id, "tmdb", said)
        genres = sorted(self.random.sample(words.GENRES, k=between(1, 3)))
        keywords = sorted(self.random.sample(words.KEYWORDS, k=3))
        pictures = (
            self._images(show_id, "poster", (1000, 1500), 3),
            self._images(show_id, "backdrop", (1920, 1080), 2),
            self._image(show_id, "logo", (500, 200)),
        )
        self._shown(Kind.SHOW, said, show_id, imdb_id, tmdb_id, _sorted_name(name), _array(genres), _array(keywords),
                    _array(["tmdb"]), facts["season_total"], facts["episode_total"], True, *pictures)  # fmt: skip
        for kind, labels in (("genre", genres), ("keyword", keywords)):
            for label in labels:
                self._add("core.show_labels", show_id, "tmdb", kind, label)
        self._belongings(number, show_id)
        body = {"id": tmdb_id, "name": name, "seasons": [{"id": 0, "season_number": season} for season in seasons]}
        packed = gzip.compress(json.dumps(body).encode(), 1, mtime=0).hex()
        self._record("show", str(tmdb_id), packed, number, show_id, RESOURCES, days=14)
        for season in seasons:
            self._record("season", f"{tmdb_id}/{season}", PERSON_BODY, number + season, None, (), days=60)

    def _belongings(self, number: int, show_id: str) -> None:
        """Networks, companies, offers, ratings, titles and lists of a show."""
        sample, between = self.random.sample, self.random.randint
        self._add("core.show_networks", show_id, sample(self.networks, 1)[0], "tmdb", 0)
        for position, company in enumerate(sample(self.companies, between(0, 3))):
            self._add("core.show_companies", show_id, company, "tmdb", position)
        for region in REGIONS[: between(0, 5)]:
            link = f"https://www.themoviedb.org/tv/{FIRST_SHOW + number}/watch?locale={region}"
            for kind in sample(("flatrate", "buy", "ads"), 2):
                for place, provider in enumerate(sample(self.providers, 2)):
                    self._add("core.show_watch_providers", show_id, region, kind, provider, "tmdb", place, link)
        for region in REGIONS[: between(1, 5)]:
            self._add("core.content_ratings", show_id, "tmdb", region, "TV-14" if region == "US" else "12")
        if number % 5 < 2:
            self._add("core.aliases", show_id, "tmdb", f"Working title {number}", "US", "working title")
        for place, list_id in enumerate(self.lists):
            if place == 0 or number % 4 == 0:
                self._add("core.list_items", list_id, show_id, number + 1)

    def _seasons(self, number: int, show_id: str, starts: date) -> tuple[dict[int, int], dict[str, Any]]:
        """The seasons with their episodes and credits: {season number: episodes}, and the last episode."""
        between = self.random.randint
        cast, crew = self._cast(number, show_id)
        counts: dict[int, int] = {}
        last: dict[str, Any] = {}
        totals = dict.fromkeys(cast, 0)
        first_season = 0 if number % 3 else 1
        for season in range(first_season, between(*self.shape.seasons) + 1):
            length = between(*self.shape.episodes) if season else between(1, 4)
            facts = {
                "name": f"Season {season}" if season else "Specials",
                "overview": self.sentences[self.random.getrandbits(10)],
                "air_date": starts.isoformat(),
                "tmdb_vote_average": self.random.getrandbits(13) / 1000,
                "episode_total": length,
            }
            tmdb_id = FIRST_SEASON + self.seasons
            season_id = self._entity(Kind.SEASON, tmdb_id, facts)
            poster = self._image(season_id, "poster", (1000, 1500))
            self._shown(Kind.SEASON, facts, season_id, show_id, season, tmdb_id, length, poster)
            self.seasons += 1
            last = self._episodes(show_id, season_id, season, length, starts) if season or not last else last
            counts[season] = length
            for place, person in enumerate(cast if season else cast[:3]):
                if (place + season) % 3:
                    self._add(
                        "core.credit_counts", season_id, person, "tmdb", "cast", show_id, length, place < 8, place
                    )
                    totals[person] += length
            if season:
                starts += timedelta(days=between(250, 330))
        for place, person in enumerate(cast):
            self._add("core.credit_counts", show_id, person, "tmdb", "cast", show_id, totals[person], place < 8, place)
        for person in crew:
            self._add("core.credit_counts", show_id, person, "tmdb", "crew", show_id, sum(counts.values()), False, None)
        return counts, last

    def _cast(self, number: int, show_id: str) -> tuple[list[str], list[str]]:
        size = min(self.random.randint(*self.shape.people), len(self.people))
        crowd = self.random.sample(self.people, size)
        cast, crew = crowd[: size * 3 // 4], crowd[size * 3 // 4 :]
        for place, person in enumerate(crowd):
            credit = f"{number:012x}{place:012x}"
            on_screen = place < len(cast)
            self._add("core.credits", self._id(), show_id, person, "tmdb", credit, "cast" if on_screen else "crew",
                      None if on_screen else "Production", None if on_screen else "Producer",
                      self.random.choice(words.CHARACTERS) if on_screen else None, place if on_screen else None)  # fmt: skip
        return cast, crew

    def _episodes(self, show_id: str, season_id: str, season: int, length: int, starts: date) -> dict[str, Any]:
        """A season's episodes. Half of all rows are made here, so it writes its lines by hand."""
        entities, ids, shown, facts = (
            self.lines[table] for table in ("core.entities", "core.external_ids", "core.episodes", "core.facts")
        )
        bits, new_id = self.random.getrandbits, self._id
        number = name = day = tmdb_id = None
        for number in range(1, length + 1):
            id_, tmdb_id, chance = new_id(), FIRST_EPISODE + self.episodes, bits(40)
            self.episodes += 1
            name, overview = self.titles[chance & 255], self.sentences[chance >> 8 & 1023]
            day = (starts + timedelta(days=7 * number - 7)).isoformat()
            runtime, votes, average = (22, 42, 43, 60)[chance >> 18 & 3], chance >> 20 & 63, (chance >> 26) / 1640
            kind = "finale" if number == length else "standard"
            entities.append(f"{id_}\tepisode\n")
            ids.append(f"episode\ttmdb\t{tmdb_id}\t{id_}\n")
            facts.append(
                f'{id_}\ttmdb\t{{"name":"{name}","overview":"{overview}","air_date":"{day}","runtime":{runtime},'
                f'"episode_type":"{kind}","tmdb_vote_average":{average:.3f},"tmdb_vote_count":{votes}}}\n'
            )
            still = self._image(id_, "still", (1920, 1080), None) if chance % 5 else None
            shown.append(
                f"{id_}\t{show_id}\t{season_id}\t{number}\t{tmdb_id}\t{name}\t{overview}\t{day}\t{runtime}\t{kind}"
                f"\t{average:.3f}\t{votes}\t{still or NOTHING}\n"
            )
        return {"season_number": season, "episode_number": number, "name": name, "air_date": day, "tmdb_id": tmdb_id}

    def _record(
        self, resource: str, ref: str, body: str, number: int, entity: str | None, states: Sequence[str], *, days: int
    ) -> None:
        """A source record that was fetched at some time in the last `days`, so that a `days`th is due each day."""
        fetched = self.now - timedelta(days=days * (number % 97 + 1) / 97)
        moments = (fetched.isoformat(), (fetched + timedelta(days=days - 0.5)).isoformat())
        self._add("ops.source_records", "tmdb", resource, ref, 200, f"\\\\x{body}", f"{number:064x}", *moments)
        for state in states:
            self._add("ops.sync_state", state, entity, "success", moments[0], *moments)


def _sorted_name(name: str) -> str:
    """lower(unaccent(name)) of the names that are invented here."""
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).lower()


def _array(value: Any) -> Any:
    """A list as PostgreSQL writes an array; whatever is none as it is."""
    return "{" + ",".join(f'"{item}"' for item in value) + "}" if isinstance(value, list | tuple) else value


def _text(value: Any) -> str:
    """A value as COPY reads it. No text of ours holds a tab, a line break, a quote or a backslash of its own."""
    if value is None:
        return NOTHING
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return ("t" if value else "f") if isinstance(value, bool) else str(value)
