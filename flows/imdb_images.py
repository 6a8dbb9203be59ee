"""What IMDb offers in images of each show and of its billed cast, for the stages images and portraits.

Reads IMDb's galleries; writes `core.images`. A gallery may hold thousands of pictures, so the first hundred of it are taken,
and posters wherever they stand. Which of a show's are posters IMDb says itself; a portrait of somebody is a picture that
shows nobody else. All others are `media`.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from prefect import task
from sqlalchemy import Connection, text
from sqlmodel import Session

from db import records, sync_state
from db.commands.identity import followed
from db.records import RecordKey
from db.session import read, unit_of_work
from flows.bundles import STORE, store_or_single_out, stored_since
from flows.fetching import Fetched, fetch_chunks
from flows.imdb_storing import answer_of, imdb_storing
from flows.outcome import Outcome
from flows.pictures import file_of, imdb_image, put_images
from flows.selection import Selection, ShowRef, selected_shows
from flows.settings import ImdbSettings, load
from flows.sources.imdb.answers import ImdbImage, ImdbImages
from flows.sources.imdb.client import layers_for
from flows.stage import StageRun, chunks
from models.entities import Source
from models.images import ImageKind
from models.ops import Resource

MOST = 100
"""Pictures of one gallery."""

BILLED = 20
"""So many of each show's cast, in the order of their billing, are asked about."""

CHUNK = 50
"""People."""

NO_PORTRAITS = ("poster", "product", "production_art")


class Pictured(NamedTuple):
    """Somebody whom IMDb is asked about."""

    id: UUID
    name: str
    imdb_id: str

    @property
    def called(self) -> str:
        """What reports call them."""
        return f"{self.name} (imdb {self.imdb_id})"


@task(**STORE)
def store_title_images(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn the galleries of shows into image rows, one transaction for the chunk."""
    with imdb_storing(shows, fetched, "title_images", Resource.IMDB_IMAGES, selection, ImdbImages) as work:
        _put(work.session, work.outcome, {told.show.id: told.answer for told in work.told}, ImageKind.POSTER)
    return work.outcome


def store_all_person_images(run: StageRun) -> None:
    """Ask IMDb for pictures of the billed cast of all selected shows, and store them chunk by chunk."""
    if not layers_for("person_images", load(ImdbSettings)):
        run.report.notes.append(
            "IMDb was not asked (person_images): no layer that answers about it is among IMDB_LAYERS"
        )
        return
    with read() as connection:
        people = _billed(connection, [show.id for show in selected_shows(connection, run.selection)])
    run.select(people, "people on IMDb")
    for piece, fetched in fetch_chunks(run, "person_images", chunks(people, CHUNK), _refs, source="imdb"):
        run.add(store_or_single_out(store_person_images, piece, fetched, run.selection, _note_refused))


def _billed(connection: Connection, shows: Sequence[UUID]) -> list[Pictured]:
    rows = connection.execute(
        text(
            """
            select p.id, p.name, p.imdb_id from core.people p join core.entities e on e.id = p.id
            where p.imdb_id is not null and e.merged_into is null and e.removed_at is null and exists (
                select from core.credits c
                where c.person_id = p.id and c.show_id = any(:shows) and c.category = 'cast' and c.billing_order < :billed
                union all
                select from core.credit_counts n
                where n.person_id = p.id and n.show_id = any(:shows) and n.category = 'cast' and n.billing_order < :billed)
            order by p.id
            """
        ),
        {"shows": list(shows), "billed": BILLED},
    )
    return [Pictured(*row) for row in rows]


def _refs(people: Sequence[Pictured]) -> list[str]:
    return [person.imdb_id for person in people]


def _note_refused(session: Session, person: Pictured, problem: str) -> str:
    sync_state.failed(session, Resource.IMDB_IMAGES, {person.id: problem})
    return person.called


@task(**STORE)
def store_person_images(people: list[Pictured], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn the galleries of people into image rows, one transaction for the chunk.

    Whom IMDb did not answer about has failed, and keeps what was stored of an earlier answer.
    """
    outcome, failed, told = Outcome(), dict[Pictured, str](), dict[UUID, ImdbImages]()
    with unit_of_work(dry_run=selection.dry_run) as session:
        became = followed(session, [person.id for person in people])  # merged since they were selected
        people = [person for person in people if person.id not in became]
        keys = {person.id: RecordKey("imdb", "person_images", person.imdb_id) for person in people}
        stored = set() if selection.stores_everything else stored_since(session, Resource.IMDB_IMAGES, keys, {})
        kept = records.load(session, [key for id_, key in keys.items() if id_ not in stored])
        for person in people:
            trouble = fetched.failures.get(person.imdb_id)
            if person.id in stored and not trouble:
                continue
            answer, problem = (
                (None, trouble) if trouble else answer_of(kept.get(keys[person.id]), ImdbImages, outcome.drift)
            )
            if answer is not None and answer.imdb_id == person.imdb_id:
                told[person.id] = answer
            elif answer is not None:
                failed[person] = f"IMDb answers {person.imdb_id} as {answer.imdb_id}; nothing of it was stored"
            else:
                failed[person] = problem or "IMDb was not asked"
        _put(session, outcome, told, ImageKind.PROFILE)
        fine = [person for person in people if person not in failed]
        due = records.expiry(session, [keys[person.id] for person in fine])
        outcome.failures |= {person.called: problem for person, problem in failed.items()}
        outcome.done += len(fine)
        outcome.unchanged += len(fine) - len(told)
        sync_state.succeeded(session, Resource.IMDB_IMAGES, {p.id: due.get(keys[p.id]) for p in fine})
        sync_state.failed(session, Resource.IMDB_IMAGES, {person.id: problem for person, problem in failed.items()})
    return outcome


def _put(session: Session, outcome: Outcome, told: dict[UUID, ImdbImages], main: ImageKind) -> None:
    """Store galleries; what is stored as an entity's main kind of picture stays one.

    An answer without a picture takes none away: galleries are hidden at times.
    """
    standing = _standing(session, told, main)
    rows = [
        imdb_image(id_, main if (id_, file_of(image.url)) in standing or of_main else ImageKind.MEDIA, image)
        for id_, answer in told.items()
        for image, of_main in _taken(answer, main)
    ]
    whole = [id_ for id_, answer in told.items() if answer.is_complete and answer.images]
    put_images(session, outcome, Source.IMDB, rows, complete_for=whole)


def _standing(session: Session, entities: Collection[UUID], kind: ImageKind) -> set[tuple[UUID, str]]:
    rows = session.execute(
        text(
            "select entity_id, url from core.images"
            " where source = 'imdb' and kind = :kind and entity_id = any(:entities)"
        ),
        {"kind": kind, "entities": list(entities)},
    )
    return {(row.entity_id, file_of(row.url)) for row in rows}


def _taken(answer: ImdbImages, main: ImageKind) -> Iterator[tuple[ImdbImage, bool]]:
    """The pictures that are taken from a gallery, and whether each is of the main kind."""
    shows_it = _is_poster if main is ImageKind.POSTER else _is_portrait
    for place, image in enumerate(answer.images):
        of_main = shows_it(answer, image)
        if place < MOST or (of_main and main is ImageKind.POSTER):
            yield image, of_main


def _is_poster(answer: ImdbImages, image: ImdbImage) -> bool:
    return image.kind == "poster"


def _is_portrait(answer: ImdbImages, image: ImdbImage) -> bool:
    """Of a gallery that does not say who is seen, the first picture is."""
    if image.kind in NO_PORTRAITS:
        return False
    return image.people == (answer.imdb_id,) if image.people else image is answer.images[0]
