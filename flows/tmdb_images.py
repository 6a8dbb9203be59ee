"""What TMDb offers in images of each show, its seasons and its episodes: TMDb's part of the stage images.

Reads the TMDb show bundle (`images`, `season/N` for stills) and the record of each season; writes `core.images`.
English images and those without words are asked for. An image that TMDb lists no more keeps its row and its mirrored
copy, and is no longer shown. Logos of networks, companies and providers come with the stages that find those,
portraits with what TMDb says of each person (`people`).
"""

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
from flows.seasons import season_keys, season_refs
from flows.selection import Selection, ShowRef
from flows.sources.errors import MalformedAnswer
from flows.sources.tmdb.payloads import Images
from models.entities import Source
from models.images import ImageKind
from models.ops import Resource


@task(**STORE)
def store_tmdb_images(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn bundles and records into image rows, one transaction for the chunk."""
    with storing(shows, fetched, Resource.IMAGES, selection, parts=("images", "season"), reads=season_keys) as work:
        rows: list[ImageRow] = []
        complete: list[UUID] = []
        for of_kind in (_of_shows, _of_seasons, _of_episodes):
            found, whole = of_kind(work)
            rows += found
            complete += whole
        of_two = several(work.session, Source.TMDB, complete)
        put_images(work.session, work.outcome, Source.TMDB, rows, complete_for=set(complete) - of_two)
    return work.outcome


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


def _images(record: Record | None) -> Images | None:
    """The images in a season's record. To parse all the rest of it would take ten times as long."""
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
