"""Seasons and episodes as IMDb lists them, beside what TMDb lists.

IMDb's episodes are matched to stored rows by IMDb's id, then by season and number, then by a date that is unique, never
by position: IMDb lists more than TMDb (an unaired pilot as episode 0) and numbers some otherwise. TMDb's numbers are shown
where TMDb lists an episode, IMDb's where only IMDb does. IMDb numbers its seasons and has no other name for them, so the
season that it lists as 2 is the one that is shown as 2; one that only IMDb has is made where an episode belongs into it.
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from prefect import task
from sqlmodel import Session

from db.bulk import Counts
from db.commands.facts import Fields, add_facts
from db.commands.identity import open_case, settle_cases
from db.records import RecordKey
from flows.bundles import STORE, Work
from flows.fetching import Fetched
from flows.imdb_storing import ImdbWork, imdb_storing, name_of
from flows.listed import Held, Item, Level, held_rows, matched
from flows.listings import candidate, derive_totals, put, store, without_foreign
from flows.outcome import Outcome
from flows.pictures import imdb_image, put_images
from flows.selection import Selection, ShowRef
from flows.sources.imdb.answers import ImdbEpisode, ImdbEpisodes
from flows.sources.imdb.facts import episode_facts
from models.entities import IdSource, Kind, Source
from models.images import ImageKind
from models.ops import Resource
from models.rules.matching import Number

NUMBER_TAKEN = "episode-number-taken"


@task(**STORE)
def store_imdb_episodes(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn IMDb's episodes into seasons and episodes, one transaction for the chunk."""
    with imdb_storing(
        shows, fetched, "episodes", Resource.IMDB_EPISODES, selection, ImdbEpisodes, reads=_reads
    ) as work:
        put_imdb_episodes(work)
    return work.outcome


def _reads(session: Session, shows: Sequence[ShowRef]) -> dict[UUID, list[RecordKey]]:
    """TMDb's bundles: what is listed there anew may be what IMDb has listed for long."""
    return {show.id: [RecordKey("tmdb", "show", show.tmdb_id)] for show in shows if show.tmdb_id}


def put_imdb_episodes(work: ImdbWork[ImdbEpisodes]) -> None:
    """Store what IMDb lists of these shows: rows for what only IMDb has, listings, ids, facts and stills."""
    shows = [show for show, _, _ in work.told]
    layers = {show.id: layer for show, _, layer in work.told}
    told = [(show, answer) for show, answer, _ in work.told]
    episodes = Level(
        Source.IMDB, Kind.EPISODE, shows, lambda session, items: _put_facts(session, items, layers, episodes)
    )
    for show, answer in told:
        episodes.items += _items(show, answer)
        seasons: list[int | None] = [*answer.complete_seasons, *([None] if answer.is_complete else [])]
        episodes.complete |= {(show.id, number) for number in seasons if answer.episodes or work.allow_shrink}
    held = held_rows(work.session, Source.IMDB, Kind.EPISODE, shows)
    _doubt_nothing(work, told, held)
    items = without_foreign(work, episodes, held)
    ids = matched(held, items)
    taken = _taken(episodes, held, items, ids)
    _open_cases(work, shows, items, taken)
    episodes.items = [i for i in items if i.source_id in ids or (i.place is not None and i.source_id not in taken)]
    parents = _store_seasons(work, told, episodes, held, taken, ids)
    ids = put(work, episodes, held, episodes.items, ids, parents, staying=taken)
    stills = {e.imdb_id: e.image for _, answer in told for e in answer.episodes if e.image}
    rows = [imdb_image(ids[name], ImageKind.STILL, image) for name, image in stills.items() if name in ids]
    put_images(work.session, work.outcome, Source.IMDB, rows, in_passing=True)
    derive_totals(work, shows)


def _doubt_nothing(work: Work, told: Sequence[tuple[ShowRef, ImdbEpisodes]], held: Held) -> None:
    """An answer without any episode of a show that had some is no answer: it takes nothing away, and is told."""
    for show, answer in told:
        listed = sum(row.id in held.own for row in held.rows.get(show.id, []))
        if listed and not answer.episodes and not work.allow_shrink:
            problem = f"IMDb lists none of its {listed} episodes; none was removed (allow_shrink)"
            work.unfinished[show.id] = work.outcome.failures[name_of(show)] = problem


def _items(show: ShowRef, answer: ImdbEpisodes) -> list[Item]:
    """The episodes as items; of one that is there twice the first."""
    unique: dict[str, ImdbEpisode] = {}
    for episode in answer.episodes:
        unique.setdefault(episode.imdb_id, episode)
    return [
        Item(
            show,
            episode.imdb_id,
            episode.episode_number,
            episode.season_number,
            episode_facts(episode),
            episode.air_date,
            {IdSource.IMDB: episode.imdb_id},
            parent=_season(show, episode.season_number),
        )
        for episode in unique.values()
    ]


def _season(show: ShowRef, number: int | None) -> str:
    """What we call a season of IMDb's, which has no id."""
    return f"{show.imdb_id}/{number}"


def _taken(level: Level, held: Held, items: Collection[Item], ids: Mapping[str, UUID]) -> dict[str, UUID | None]:
    """The items that only IMDb lists, under a number that another row or item has: {IMDb's id: that row}.

    To make a row of one, or to move one there, would make a phantom beside what may be the same episode.
    """
    coming = set(ids.values())
    shown = {
        (show_id, row.number): row.id
        for show_id, rows in held.rows.items()
        for row in rows
        if row.is_listed
        and (row.id in held.others or (row.id not in coming and not level.covers(show_id, held.own[row.id])))
    }
    given: set[tuple[UUID, Number]] = set()
    taken: dict[str, UUID | None] = {}
    for item in sorted(items, key=lambda item: item.source_id not in ids):
        row_id = ids.get(item.source_id)
        if item.place is None or row_id in held.others:
            continue
        place = item.show.id, item.place
        if place in given or shown.get(place, row_id) != row_id:
            taken[item.source_id] = shown.get(place)
        given.add(place)
    return taken


def _open_cases(
    work: Work, shows: Sequence[ShowRef], items: Collection[Item], taken: Mapping[str, UUID | None]
) -> None:
    """Leave contested numbers for a person; where none is contested any more the question is settled."""
    contested: dict[UUID, list[Item]] = {}
    for item in items:
        if item.source_id in taken:
            contested.setdefault(item.show.id, []).append(item)
    for show_id, found in contested.items():
        candidates = [candidate(Source.IMDB, item, taken[item.source_id]) for item in found]
        open_case(work.session, Kind.SHOW, show_id, Source.IMDB, NUMBER_TAKEN, candidates)
        work.outcome.ambiguous += 1
    settled = [(show.id, str(Source.IMDB)) for show in shows if show.id not in contested]
    settle_cases(work.session, settled, NUMBER_TAKEN)


def _store_seasons(
    work: Work,
    told: Sequence[tuple[ShowRef, ImdbEpisodes]],
    episodes: Level,
    held: Held,
    taken: Collection[str],
    ids: Mapping[str, UUID],
) -> dict[str, UUID]:
    """Note which seasons IMDb lists, and make those that only IMDb has; answers our ids by what we call them.

    A season all of whose episodes are shown in others is how IMDb divides the show, and no season of its own.
    """
    seasons = Level(Source.IMDB, Kind.SEASON, episodes.shows, _no_facts, below=episodes)
    present = held_rows(work.session, Source.IMDB, Kind.SEASON, episodes.shows)
    own: dict[UUID, set[int]] = {}
    for item in episodes.items:
        if item.place and item.source_id not in taken and ids.get(item.source_id) not in held.others:
            own.setdefault(item.show.id, set()).add(item.place[0])
    for show, answer in told:
        named = {*answer.seasons, *(e.season_number for e in answer.episodes if e.season_number is not None)}
        others = {row.number[0] for row in present.rows.get(show.id, []) if row.id in present.others}
        numbers = (named & others) | own.get(show.id, set())
        seasons.items += [Item(show, _season(show, n), n, n, {}) for n in sorted(numbers)]
        if episodes.covers(show.id, -1):
            seasons.complete.add((show.id, None))
    return store(work, seasons, {})


def _no_facts(session: Session, items: Mapping[UUID, Item]) -> Counts:
    return Counts()


def _put_facts(session: Session, items: Mapping[UUID, Item], layers: Mapping[UUID, str | None], level: Level) -> Counts:
    """What IMDb says of these episodes; of a season that is all here, what the same layer says no more is gone."""
    groups: dict[tuple[str | None, bool], dict[UUID, Fields]] = {}
    for id_, item in items.items():
        complete = item.season_number is not None and level.covers(item.show.id, item.season_number)
        groups.setdefault((layers[item.show.id], complete), {})[id_] = item.facts
    counts = Counts()
    for (layer, complete), facts in groups.items():
        counts += add_facts(session, Source.IMDB, facts, layer=layer, complete=complete)
    return counts
