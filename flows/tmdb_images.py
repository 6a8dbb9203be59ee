"""What TMDb offers in images of each show, its seasons, its episodes and its people: TMDb's part of the stage images.

Reads the TMDb show bundle (`images`, `season/N` for stills), the season and person records that people_cast fetched;
writes `core.images`. English images and those without words are asked for. An image that TMDb lists no more keeps its
row and its mirrored copy, and is no longer shown. Logos of networks, companies and providers come with the stages
that find those.
"""

from collections.abc import Sequence
from uuid import UUID

from prefect import task
from sqlalchemy import text
from sqlmodel import Session

from db import records
from db.commands.identity import several
from db.records import Record, RecordKey
from flows.bundles import STORE, Storing, storing
from flows.fetching import Fetched
from flows.outcome import Outcome
from flows.pictures import ImageRow, put_images, tmdb_image, tmdb_images
from flows.seasons import season_refs
from flows.selection import Selection, ShowRef
from flows.sources.errors import MalformedAnswer
from flows.sources.tmdb.payloads import Images
from models.entities import Source
from models.images import ImageKind
from models.ops import Resource


@task(**STORE)
def store_tmdb_images(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn bundles and records into image rows, one transaction for the chunk."""
    with storing(shows, fetched, Resource.IMAGES, selection, parts=("images", "season"), reads=_reads) as work:
        rows: list[ImageRow] = []
        complete: list[UUID] = []
        for of_kind in (_of_shows, _of_seasons, _of_episodes, _of_people):
            found, whole = of_kind(work)
            rows += found
            complete += whole
        of_two = several(work.session, Source.TMDB, complete)
        put_images(work.session, work.outcome, Source.TMDB, rows, complete_for=set(complete) - of_two)
    return work.outcome


def _reads(session: Session, shows: Sequence[ShowRef]) -> dict[UUID, list[RecordKey]]:
    """The season and person records that show a show's pictures."""
    refs = season_refs(session, shows)
    keys = {show.id: [RecordKey("tmdb", "season", ref) for ref in refs.get(show.tmdb_id or "", [])] for show in shows}
    for show_id, person in session.execute(text(_PEOPLE), {"shows": list(keys)}):
        keys[show_id].append(RecordKey("tmdb", "person", str(person)))
    return keys


_PEOPLE = """
    select distinct c.show_id, p.tmdb_id from core.people p join core.credits c on c.person_id = p.id
    where c.show_id = any(:shows) and p.tmdb_id is not null
"""


def _of_shows(work: Storing) -> tuple[list[ImageRow], list[UUID]]:
    rows: list[ImageRow] = []
    for show, payload in work.bundles:
        images = payload.images or Images()
        rows += tmdb_images(show.id, ImageKind.POSTER, images.posters, payload.poster_path)
        rows += tmdb_images(show.id, ImageKind.BACKDROP, images.backdrops, payload.backdrop_path)
        rows += tmdb_images(show.id, ImageKind.LOGO, images.logos, None)
    return rows, [bundle.show.id for bundle in work.bundles if bundle.payload.images is not None]


def _of_seasons(work: Storing) -> tuple[list[ImageRow], list[UUID]]:
    """Season posters: all of them where the season was asked for, else the one that the show names."""
    ids = _ids(work.session, "core.seasons", work)
    refs = [
        ref for refs in season_refs(work.session, [bundle.show for bundle in work.bundles]).values() for ref in refs
    ]
    answers = records.load(work.session, [RecordKey("tmdb", "season", ref) for ref in refs])
    rows: list[ImageRow] = []
    complete: list[UUID] = []
    for show, payload in work.bundles:
        for summary in payload.seasons:
            season_id = ids.get(summary.id)
            key = RecordKey("tmdb", "season", f"{show.tmdb_id}/{summary.season_number}")
            if season_id is None:
                continue
            images = _images(answers.get(key))
            rows += tmdb_images(season_id, ImageKind.POSTER, images.posters if images else (), summary.poster_path)
            if images is not None:
                complete.append(season_id)
    return rows, complete


def _of_episodes(work: Storing) -> tuple[list[ImageRow], list[UUID]]:
    """Stills: an episode's line in its season names one."""
    ids = _ids(work.session, "core.episodes", work)
    episodes = [
        episode
        for bundle in work.bundles
        for season in bundle.payload.season_details.values()
        for episode in season.episodes
        if episode.id in ids
    ]
    rows = [tmdb_image(ids[e.id], ImageKind.STILL, e.still_path) for e in episodes if e.still_path]
    return rows, [ids[episode.id] for episode in episodes]


def _of_people(work: Storing) -> tuple[list[ImageRow], list[UUID]]:
    people = {
        str(tmdb_id): id_
        for tmdb_id, id_ in work.session.execute(
            text(
                "select distinct p.tmdb_id, p.id from core.people p join core.credits c on c.person_id = p.id"
                " where c.show_id = any(:shows) and p.tmdb_id is not null"
            ),
            {"shows": [bundle.show.id for bundle in work.bundles]},
        )
    }
    answers = records.load(work.session, [RecordKey("tmdb", "person", ref) for ref in people])
    rows: list[ImageRow] = []
    complete: list[UUID] = []
    for key, record in answers.items():
        images, main = _images(record), record.body.get("profile_path")
        profiles = images.profiles if images else ()
        rows += tmdb_images(people[key.ref], ImageKind.PROFILE, profiles, main if isinstance(main, str) else None)
        if images is not None:
            complete.append(people[key.ref])
    return rows, complete


def _images(record: Record | None) -> Images | None:
    """The images in a season's or a person's record. To parse all the rest of it would take ten times as long."""
    part = record.body.get("images") if record else None
    if record is None or not isinstance(part, dict):
        return None
    try:
        return Images.parse(part, f"{record.key.resource}/{record.key.ref}/images")
    except MalformedAnswer:
        return None  # told as a failure by the stage that reads the whole record


def _ids(session: Session, table: str, work: Storing) -> dict[int, UUID]:
    rows = session.execute(
        text(f"select tmdb_id, id from {table} where tmdb_id is not null and is_listed and show_id = any(:shows)"),
        {"shows": [bundle.show.id for bundle in work.bundles]},
    )
    return dict(rows.tuples().all())
