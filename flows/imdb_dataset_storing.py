"""Storing what IMDb's datasets say of some shows and their episodes, and of people.

The datasets are the poorest of IMDb's layers and the only one that tells of everything at once. So ratings are taken from
them, whoever told others before; all else only where the other layers told nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from prefect import task
from sqlalchemy import text
from sqlmodel import Session

from db import sync_state
from db.bulk import Counts, write
from db.commands.facts import Fields, add_facts
from db.commands.identity import settle_cases
from db.derive import derive
from db.session import unit_of_work
from flows.bundles import ANOTHER_ID, STORE, unmerged
from flows.fetching import Fetched
from flows.imdb_dataset_appearances import put_appearances
from flows.imdb_episodes import put_imdb_episodes
from flows.imdb_sifting import UNREADABLE, Sifted
from flows.imdb_storing import ImdbWork, Told
from flows.outcome import Outcome
from flows.selection import Selection, ShowRef
from flows.sources.imdb.answers import ImdbEpisode, ImdbEpisodes, ImdbTitle, Layer
from flows.sources.imdb.datasets import Dataset
from flows.sources.imdb.datasets.rows import Rating, aka_of, cells, episode_of, person_facts, rating_of, title_of
from flows.sources.imdb.facts import episode_facts, labels, title_facts
from models.entities import Alias, IdSource, Kind, Source
from models.ops import Resource
from models.shows import ShowLabel

WEEK = timedelta(days=7)
RATINGS = ("imdb_rating", "imdb_vote_count")
LISTING = {Dataset.EPISODES, Dataset.BASICS, Dataset.RATINGS}
"""With these at hand, what they do not tell of an episode is not told by the datasets at all."""


@dataclass
class Said:
    """What the files say of a piece: ratings and names by IMDb's ids."""

    ratings: dict[str, Rating] = field(default_factory=dict)
    titles: dict[str, ImdbTitle] = field(default_factory=dict)
    """Of shows."""
    names: dict[str, str | None] = field(default_factory=dict)
    """Of episodes."""


@task(**STORE)
def store_titles(sifted: Sifted, shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn what was sifted about these shows into facts, names, episodes and appearances, in one transaction."""
    with unit_of_work(dry_run=selection.dry_run) as session:
        shows = unmerged(session, shows)
        work: ImdbWork[ImdbTitle] = ImdbWork(session, allow_shrink=selection.allow_shrink)
        said = _said(sifted, shows, work.outcome.drift)
        told = [
            Told(show, said.titles[show.imdb_id or ""], Layer.DATASETS) for show in shows if show.imdb_id in said.titles
        ]
        work.told = list(told)
        asked = _answered(session, "title", shows)
        for one in told:
            if not one.answer.is_television:
                title = one.answer
                problem = f"IMDb says that {title.imdb_id} ({title.name}) is a {title.kind}; nothing of it was stored"
                work.refuse(one, title.imdb_id, title.name, problem)
        alone = [one.show for one in work.told if one.show.id not in asked]
        settle_cases(session, [(show.id, IdSource.IMDB) for show in alone], ANOTHER_ID)
        believed = [show for show in shows if show.id not in work.unfinished]
        _put_episodes(work, sifted, said, believed)
        _put_shows(work, sifted, said, believed, {show.id for show in alone})
        put_appearances(session, sifted, believed, work.outcome)
        fine = [show.id for show in believed if show.id not in work.unfinished]
        work.outcome.done += len(shows) - len(work.unfinished)
        sync_state.succeeded(session, Resource.IMDB_RATINGS, dict.fromkeys(fine, datetime.now(UTC) + WEEK))
        sync_state.failed(session, Resource.IMDB_RATINGS, work.unfinished)
    return work.outcome


@task(**STORE)
def store_names(lines: list[bytes], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn lines about people whom we have into facts, in one transaction."""
    outcome = Outcome(done=len(lines))
    rows = {str(row[0]): row for line in lines if (row := cells(Dataset.NAMES, line))}
    if len(rows) < len(lines):
        outcome.drift[UNREADABLE.format(Dataset.NAMES)] = len(lines) - len(rows)
    with unit_of_work(dry_run=selection.dry_run) as session:
        ids = _primary(session, Kind.PERSON, list(rows))
        facts: dict[UUID, Fields] = {ids[nm]: person_facts(row) for nm, row in rows.items() if nm in ids}
        outcome.count("core.facts", add_facts(session, Source.IMDB, facts, layer=Layer.DATASETS, over=False))
        outcome.count("core.people", derive(session, Kind.PERSON, _changed(session, facts)))
    return outcome


def note_person_refused(session: Session, line: bytes, problem: str) -> str:
    """What reports call a line about a person that the database will not have."""
    return f"{Dataset.NAMES} {line.partition(b'	')[0].decode('utf-8', 'replace')}"


def _said(sifted: Sifted, shows: Sequence[ShowRef], drift: dict[str, int]) -> Said:
    said = Said()
    ours = {show.imdb_id for show in shows}
    for row in sifted.rows(Dataset.BASICS, drift):
        title = title_of(row)
        if title.imdb_id in ours:
            said.titles[title.imdb_id] = title
        else:
            said.names[title.imdb_id] = title.name
    for row in sifted.rows(Dataset.RATINGS, drift):
        if (rating := rating_of(row)) is not None:
            said.ratings[str(row[0])] = rating
        else:
            name = UNREADABLE.format(Dataset.RATINGS)
            drift[name] = drift.get(name, 0) + 1
    return said


def _put_episodes(work: ImdbWork[ImdbTitle], sifted: Sifted, said: Said, shows: Sequence[ShowRef]) -> None:
    """Ratings and names of episodes; and the episodes themselves of shows that no other layer told the episodes of."""
    session, listed = work.session, set[UUID]()
    if Dataset.EPISODES in sifted.read:
        asked = _answered(session, "episodes", shows)
        episodes: dict[str, list[ImdbEpisode]] = {}
        for row in sifted.rows(Dataset.EPISODES, work.outcome.drift):
            name, rating = said.names.get(str(row[0])), said.ratings.get(str(row[0]))
            episodes.setdefault(str(row[1]), []).append(episode_of(row, name, rating))
        alone = [show for show in shows if show.id not in asked]
        told = [Told(show, _answer(show, episodes, whole=sifted.read >= LISTING), Layer.DATASETS) for show in alone]
        listing: ImdbWork[ImdbEpisodes] = ImdbWork(
            session, work.outcome, work.unfinished, work.allow_shrink, [one for one in told if one.answer.episodes]
        )
        if listing.told:
            put_imdb_episodes(listing)
        listed = {one.show.id for one in listing.told}
    others = [show.id for show in shows if show.id not in listed]
    facts: dict[UUID, Fields] = {}
    for imdb_id, id_ in session.execute(text(_EPISODES), {"shows": others}).tuples():
        rating = said.ratings.get(imdb_id)
        facts[id_] = episode_facts(
            ImdbEpisode(
                imdb_id=imdb_id,
                season_number=None,
                episode_number=None,
                name=said.names.get(imdb_id),
                rating=rating.average if rating else None,
                votes=rating.votes if rating else None,
            )
        )
    work.outcome.count("core.facts", _add(session, facts))
    work.outcome.count("core.episodes", derive(session, Kind.EPISODE, _changed(session, facts)))


_EPISODES = """
    select x.value, x.entity_id from core.external_ids x join core.episodes e on e.id = x.entity_id
    where x.kind = 'episode' and x.source = 'imdb' and x.is_primary and e.show_id = any(:shows)
"""


def _answer(show: ShowRef, episodes: Mapping[str, Sequence[ImdbEpisode]], *, whole: bool) -> ImdbEpisodes:
    """The episodes of a show: all that IMDb has."""
    found = tuple(episodes.get(show.imdb_id or "", ()))
    seasons = tuple(sorted({e.season_number for e in found if e.season_number is not None}))
    return ImdbEpisodes(
        imdb_id=show.imdb_id or "",
        episodes=found,
        is_complete=whole,
        seasons=seasons,
        complete_seasons=seasons if whole else (),
        total=len(found),
    )


def _put_shows(
    work: ImdbWork[ImdbTitle], sifted: Sifted, said: Said, shows: Sequence[ShowRef], alone: set[UUID]
) -> None:
    """Facts of the shows, further names, and genres of those that no other layer told of."""
    session, outcome = work.session, work.outcome
    titles = {told.show.id: told.answer for told in work.told}
    facts: dict[UUID, Fields] = {}
    for show in shows:
        rating = said.ratings.get(show.imdb_id or "")
        rated = {"imdb_rating": rating.average, "imdb_vote_count": rating.votes} if rating else {}
        facts[show.id] = (title_facts(titles[show.id]) if show.id in titles else {}) | rated
    outcome.count("core.facts", _add(session, {id_: fields for id_, fields in facts.items() if fields}))
    genres = [
        {"show_id": id_, "source": Source.IMDB, "kind": kind, "name": name}
        for id_ in alone
        for kind, name in labels(titles[id_])
    ]
    outcome.count("core.show_labels", write(session, ShowLabel, genres))  # three at most: a list's line knows more
    ids = {show.imdb_id: show.id for show in shows}
    names: list[dict[str, Any]] = []
    for row in sifted.rows(Dataset.AKAS, outcome.drift):
        if row[0] in ids and (aka := aka_of(row)) is not None:
            about = {"name": aka.name, "country": aka.country, "kind": aka.kind}
            names.append({"entity_id": ids[row[0]], "source": Source.IMDB, **about})
    named = list({row["entity_id"] for row in names})
    outcome.count("core.aliases", write(session, Alias, names, scope={"entity_id": named, "source": Source.IMDB}))
    outcome.count("core.shows", derive(session, Kind.SHOW, [show.id for show in shows]))


def _add(session: Session, facts: Mapping[UUID, Fields]) -> Counts:
    return add_facts(session, Source.IMDB, facts, layer=Layer.DATASETS, over=RATINGS)


def _answered(session: Session, resource: str, shows: Sequence[ShowRef]) -> set[UUID]:
    """Those of these shows that another layer has told this of."""
    ids = {show.imdb_id: show.id for show in shows}
    found = session.execute(
        text(
            "select ref from ops.source_records"
            " where source = 'imdb' and resource = :resource and status = 200 and ref = any(:refs)"
        ),
        {"resource": resource, "refs": list(ids)},
    )
    return {ids[ref] for ref in found.scalars()}


def _primary(session: Session, kind: Kind, values: Sequence[str]) -> dict[str, UUID]:
    """The entities that go by these ids of IMDb's; who has become another goes by the other's."""
    found = session.execute(
        text(
            "select x.value, x.entity_id from core.external_ids x join core.entities e on e.id = x.entity_id"
            " where x.kind = :kind and x.source = 'imdb' and x.is_primary and x.value = any(:values)"
            " and e.merged_into is null"
        ),
        {"kind": kind, "values": list(values)},
    )
    return dict(found.tuples().all())


def _changed(session: Session, facts: Mapping[UUID, Fields]) -> list[UUID]:
    """Those of these entities that this transaction changed IMDb's facts of."""
    found = session.execute(
        text(
            "select entity_id from core.facts"
            " where source = 'imdb' and entity_id = any(:ids) and changed_at = transaction_timestamp()"
        ),
        {"ids": list(facts)},
    )
    return list(found.scalars())
