"""Recorded bodies of all upstreams, changed at random: nothing crashes, nothing false is said, and it shows.

A key is dropped, retyped, emptied or added (seeded: `TRR_PROVE=1` runs 5,000 of what is 200 otherwise). Then
- a body is read or refused with MalformedAnswer, of which NotThisPage is one; nothing else ever comes out of a parser;
- what is read says what the recorded body says, or less, never something else;
- a retyped key is refused, and a dropped one counted as missing, unless it is rightly missing at times;
- an added key changes nothing but the count of unknown ones;
- where an answer is not complete, nothing that was stored before is gone.
"""

import json
import os
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlmodel import Session

from db.commands.facts import add_facts
from db.session import transaction
from flows.sources.errors import MalformedAnswer, NotFound
from flows.sources.fandom.article import person_fields, read_article
from flows.sources.fandom.pages import parsed_page
from flows.sources.fandom.payloads import ParsedPage
from flows.sources.imdb.answers import ImdbEpisodes, ImdbTitle
from flows.sources.imdb.facts import episode_facts, title_facts
from flows.sources.imdb.pages.payloads.title import TitleNode
from flows.sources.imdb.reading import read_with_drift
from flows.sources.payload import Payload, drift
from flows.sources.tmdb import facts as tmdb
from flows.sources.tmdb.payloads import PersonPayload, SeasonPayload, ShowPayload
from models.entities import Kind, Source
from tests.sources.imdb_pages import with_data
from tests.sources.mutations import ADDED, Mutation, chosen, optional_keys, wrongs

pytestmark = pytest.mark.recorded

TIMES = 5000 if os.environ.get("TRR_PROVE") == "1" else 200
PAGES = "imdb/title_page_html"
DATA = "imdb/next_data_json"
ABOVE_AND_MAIN = ("props", "pageProps")
DRIFT = Callable[[Any], tuple[Any, dict[str, Counter[str]]]]


@dataclass(frozen=True)
class Body:
    """A recorded body, and how it is read: into an answer and its drift."""

    name: str
    value: Any
    read: DRIFT
    below: tuple[str, ...] = ()


def next_data(recordings: Path, name: str) -> dict[str, Any]:
    """The data of a recorded page without what no parser looks at, or mutations would hardly ever hit what one does."""
    written = (recordings / name).read_text(encoding="utf-8")
    if name.endswith(".html"):
        match = re.search(r'<script id="__NEXT_DATA__"[^>]*>(.*?)</script>', written, re.DOTALL)
        assert match
        written = match[1]
    data: dict[str, Any] = json.loads(written)
    props = data["props"]["pageProps"]
    for context in ("requestContext", "cmsContext", "translationContext"):
        props.pop(context, None)
    for half in ("aboveTheFoldData", "mainColumnData"):
        unread = TitleNode.unused - {"categories", "images"}
        props[half] = {key: item for key, item in (props.get(half) or {}).items() if key not in unread} or None
    main = props["mainColumnData"] or {}
    if "categories" in main:
        main["categories"] = [_first_people(category) for category in main["categories"][:6]]
    if "nmconst" in props:
        props["mainColumnData"] = {"images": main["images"]}
        props["aboveTheFold"] = {key: props["aboveTheFold"][key] for key in ("id", "primaryImage")}
    if "contentData" in props:
        props["contentData"].pop("data", None)
        props["contentData"].pop("sidebarProps", None)
    return {"props": data["props"], "page": data["page"]}


def _first_people(category: dict[str, Any]) -> dict[str, Any]:
    """A category as if it had three people at most."""
    section = category["section"]
    few = {**section, "items": section["items"][:3], "total": min(section["total"], 3)}
    return {"id": category["id"], "name": category["name"], "section": few}


def of_page(resource: str) -> DRIFT:
    """How a page's data is read: through the text of the page."""

    def read(data: Any) -> tuple[Any, dict[str, Counter[str]]]:
        return read_with_drift(resource, {"layer": "pages", "pages": [{"url": "", "text": with_data(data)}]})

    return read


def of_tmdb(model: Any, *readings: Callable[[Any], Any]) -> DRIFT:
    """How a body of TMDb is read: what the payload holds, and the facts that are made of it."""

    def read(body: Any) -> tuple[Any, dict[str, Counter[str]]]:
        payload = model.parse(body)
        for reading in readings:
            reading(payload)
        return modelled(payload), drift(payload)

    return read


def modelled(value: Any) -> Any:
    """What a payload holds, without the keys that its model does not know."""
    if isinstance(value, Payload):
        return {name: modelled(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {key: modelled(item) for key, item in value.items()}
    return tuple(modelled(item) for item in value) if isinstance(value, (list, tuple)) else value


def of_graphql(resource: str, ref: str) -> DRIFT:
    """How an answer of IMDb's GraphQL endpoint is read."""

    def read(page: Any) -> tuple[Any, dict[str, Counter[str]]]:
        return read_with_drift(resource, {"layer": "graphql", "ref": ref, "pages": [page]})

    return read


@pytest.fixture
def bodies(recordings: Path) -> list[Body]:
    """Recorded bodies of each kind."""

    def loaded(name: str) -> Any:
        return json.loads((recordings / name).read_bytes())

    titles = [
        f"{PAGES}/2022-03_tt0412142_house_tv_series_ended.html",
        f"{PAGES}/2022-03_tt2016511_house_s07_episode.html",
        f"{PAGES}/2022-10-27_tt3303790_no_year.html",
        f"{PAGES}/2023-05-26_tt0133093_the_matrix.html",
        f"{PAGES}/2025-03-18_tt0111161_main_prettier_formatted.html",
        f"{DATA}/reference_tt1628065_walking_dead_s1e3_tvEpisode.json",
    ]
    found = [Body(name, next_data(recordings, name), of_page("title")) for name in titles]
    season = f"{DATA}/episodes_page_tt0944947_game_of_thrones_s1.json"
    found += [Body(season, next_data(recordings, season), of_page("episodes"))] * 4
    credits = f"{DATA}/reference_tt0133093_matrix_movie.json"
    found += [Body(credits, next_data(recordings, credits), of_page("credits"))] * 3
    person = f"{DATA}/name_page_nm0000126.json"
    below = (*ABOVE_AND_MAIN, "mainColumnData", "images")
    found += [Body(person, next_data(recordings, person), of_page("person_images"), below)]
    images = "imdb/graphql/graphql_title_images.json"
    found += [Body(images, loaded(images), of_graphql("title_images", "tt0111161"))] * 2
    show = "tmdb/tv_details_other/tv_1399_details_full_leandcesar.json"
    found += [Body(show, loaded(show), of_tmdb(ShowPayload, tmdb.show_facts))] * 2
    season = "tmdb/set_game_of_thrones_1399/season_1_2024-02.json"
    found += [Body(season, loaded(season), of_tmdb(SeasonPayload, tmdb.season_facts))] * 2
    brad = "tmdb/person_287_brad_pitt"
    person = min(str(file.relative_to(recordings)) for file in (recordings / brad).glob("person_287_20*.json"))
    found += [Body(person, loaded(person), of_tmdb(PersonPayload, tmdb.person_facts))]
    return found


def test_a_changed_body_is_refused_or_says_no_more_than_it_did_and_it_shows(bodies: list[Body]) -> None:
    optional = optional_keys()
    said = {body.name: body.read(body.value) for body in bodies}
    outcomes: Counter[str] = Counter()
    for number in range(TIMES):
        body = bodies[number % len(bodies)]
        mutation = chosen(body.value, number, body.name, below=body.below)
        before, known = said[body.name]
        try:
            after, found = body.read(mutation.of(body.value))
        except MalformedAnswer:
            assert mutation.kind != "add", f"{body.name}, {mutation}: refused"
            outcomes[f"{mutation.kind}: refused"] += 1
            continue
        assert wrongs(before, after) == [], f"{body.name}, {mutation}"
        outcomes[f"{mutation.kind}: {_shown(mutation, before, after, known, found, optional, body.name)}"] += 1

    assert outcomes["retype: refused"] > TIMES / 20
    assert outcomes["drop: refused"] + outcomes["drop: counted"] > TIMES / 20
    assert outcomes["add: counted"] > TIMES / 20


def _shown(
    mutation: Mutation,
    before: Any,
    after: Any,
    known: dict[str, Counter[str]],
    found: dict[str, Counter[str]],
    optional: set[str],
    name: str,
) -> str:
    """How a change that was read showed itself; fails for one that should have, and did not."""
    missing, unknown = (found[kind] - known[kind] for kind in ("missing", "unknown"))
    told = f"{name}, {mutation}"
    if mutation.kind == "add":
        assert after == before, told
        return "counted" if any(key.endswith(ADDED) for key in unknown) else "in an object that nobody reads"
    if mutation.kind == "retype":
        assert after == before, f"{told}: is believed"
        return "in what nobody reads"
    if missing:
        return "counted"
    if mutation.kind == "drop" and after != before:
        assert str(mutation.key) in optional, f"{told}: is not counted"
    return "said less" if after != before else "of no consequence"


def test_what_is_stored_stays_whatever_becomes_of_the_body(bodies: list[Body], database: object) -> None:
    """Each mutated title and episode meets the facts that the recorded body gave; no incomplete answer takes any."""
    found = [body for body in bodies if body.name.startswith("imdb/")]
    said = {body.name: body.read(body.value)[0] for body in found}
    changed: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for number in range(TIMES):
        body = found[number % len(found)]
        mutation = chosen(body.value, number, f"{body.name} stored", below=body.below)
        try:
            after, _ = body.read(mutation.of(body.value))
        except MalformedAnswer:
            continue
        if not after.is_complete:
            changed += _facts(said[body.name], after)
    assert len(changed) > TIMES / 2

    with transaction() as session:
        ids = _entities(session, len(changed))
        add_facts(session, Source.IMDB, dict(zip(ids, (old for old, _ in changed), strict=True)), layer="pages")
        add_facts(session, Source.IMDB, dict(zip(ids, (new for _, new in changed), strict=True)), layer="pages")
        rows = session.execute(sql("select entity_id, fields from core.facts"))
        stored = {row[0]: row[1] for row in rows}

    for id_, (old, _) in zip(ids, changed, strict=True):
        told = {name: value for name, value in old.items() if value not in (None, "", [])}
        assert stored[id_] == told


def _facts(before: Any, after: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The facts of the recorded answer and of the changed one, of the same things."""
    if isinstance(before, ImdbTitle):
        return [(title_facts(before), title_facts(after))]
    if isinstance(before, ImdbEpisodes):
        left = {episode.imdb_id: episode for episode in after.episodes}
        return [(episode_facts(e), episode_facts(left[e.imdb_id])) for e in before.episodes if e.imdb_id in left]
    return []


def _entities(session: Session, number: int) -> list[Any]:
    made = session.execute(
        sql("insert into core.entities (kind) select :kind from generate_series(1, :number) returning id"),
        {"kind": Kind.SHOW.value, "number": number},
    )
    return list(made.scalars())


ARTICLES = (
    "fandom/reality/real-housewives_Bronwyn_Newport.html",
    "fandom/reality/loveisland_Lillie_Haynes.html",
)


def test_a_changed_article_of_a_wiki_is_refused_or_says_no_more_than_it_did(recordings: Path) -> None:
    """Elements lose an attribute, change their tag, or are emptied, in the infobox and around it."""
    outcomes: Counter[str] = Counter()
    for name in ARTICLES:
        html = (recordings / name).read_text(encoding="utf-8")
        parsed = parsed_page(html, "")["parse"]
        before = person_fields(_article(parsed["text"], parsed))
        tags = list(re.finditer(r"<(\w+)((?:\s[^<>]*)?)>([^<>]*)", parsed["text"]))
        boxed = [tag for tag in tags if "pi-" in tag[2] or "data-source" in tag[2]]
        for number in range(max(1, TIMES // 10)):
            pick = random.Random(f"{name}-{number}")
            tag = pick.choice(boxed if number % 2 else tags)
            kind = pick.choice(("drop", "empty", "add"))
            text = parsed["text"]
            if kind == "drop":
                attributes = re.sub(r'\sdata-source="[^"]*"', "", tag[2], count=1)
                written = f"<{tag[1]}{attributes}>{tag[3]}"
            elif kind == "empty":
                written = f"<{tag[1]}{tag[2]}>"
            else:
                written = f'<{tag[1]}{tag[2]} data-new="1">{tag[3]}'
            try:
                after = person_fields(_article(text[: tag.start()] + written + text[tag.end() :], parsed))
            except (MalformedAnswer, NotFound):
                outcomes["refused"] += 1
                continue
            told = f"{name}, {kind} at {tag[0][:80]!r}"
            if kind == "add":
                assert after == before, told
            for key, value in after.items():
                assert _words(value) <= _words(before.get(key)), f"{told}: {key}"
            outcomes["read"] += 1
    assert outcomes["read"] > 0


def _words(value: Any) -> set[str]:
    """The words in a value, whatever it is made of: a changed text may only lose some."""
    return set(re.findall(r"\w+", json.dumps(value, default=str)))


def _article(text: str, parsed: dict[str, Any]) -> Any:
    return read_article(ParsedPage.parse({"parse": {**parsed, "text": text}}), "https://example.fandom.com/wiki/A")
