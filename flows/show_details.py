"""Show details: what TMDb says of each show as a whole, and then what IMDb says (`flows.imdb_titles`).

Reads the TMDb show bundle; writes the shows' facts, external ids, alternative titles, genres, keywords and content
ratings, and derives `core.shows`. An id that another show already has is left for a person (`ops.match_cases`).
"""

from collections.abc import Iterator
from typing import Any

from prefect import task

from db.bulk import write
from db.commands.facts import put_facts
from db.commands.identity import claim
from db.derive import derive
from flows.bundles import LARGE_PARTS, STORE, Bundle, rows_of, store_all, storing
from flows.fetching import Fetched
from flows.imdb_storing import store_all_imdb
from flows.imdb_titles import store_titles
from flows.merging import merge_found
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection, ShowRef
from flows.sources.tmdb.facts import identities, show_facts
from flows.sources.tmdb.payloads import ShowPayload
from flows.stage import collecting, stage
from models.entities import Alias, Kind, Source
from models.ops import Resource
from models.shows import ContentRating, LabelKind, ShowLabel


@collecting("show-details")
def sync_show_details(selection: Selection = Selection()) -> RunReport:
    """Bring the details of the selected shows up to date."""
    with stage("show-details", selection) as run:
        store_all(run, Resource.SHOW_DETAILS, store_details)
        store_all_imdb(run, "title", Resource.IMDB_TITLE, store_titles)
        merge_found(run, Kind.SHOW)
    return run.report


@task(**STORE)
def store_details(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn bundles into facts, ids and sets, one transaction for the chunk."""
    with storing(shows, fetched, Resource.SHOW_DETAILS, selection, parts=LARGE_PARTS) as work:
        session, bundles, outcome = work.session, work.bundles, work.outcome
        outcome.count(
            "core.facts",
            put_facts(session, Source.TMDB, {b.show.id: show_facts(b.payload) for b in bundles}),
        )
        conflicts = claim(session, Kind.SHOW, {b.show.id: identities(b.payload.external_ids) for b in bundles})
        outcome.ambiguous += len(conflicts)
        outcome.count(
            "core.aliases",
            write(
                session,
                Alias,
                [{"entity_id": row.pop("show_id"), **row} for row in rows_of(bundles, _titles)],
                scope=_whole("entity_id", [b for b in bundles if b.payload.alternative_titles is not None]),
            ),
        )
        outcome.count(
            "core.show_labels",
            write(session, ShowLabel, rows_of(bundles, _genres), scope=_whole("show_id", bundles, kind=LabelKind.GENRE))
            + write(
                session,
                ShowLabel,
                rows_of(bundles, _keywords),
                scope=_whole("show_id", [b for b in bundles if b.payload.keywords is not None], kind=LabelKind.KEYWORD),
            ),
        )
        outcome.count(
            "core.content_ratings",
            write(
                session,
                ContentRating,
                rows_of(bundles, _ratings),
                scope=_whole("show_id", [b for b in bundles if b.payload.content_ratings is not None]),
            ),
        )
        outcome.count("core.shows", derive(session, Kind.SHOW, [b.show.id for b in bundles]))
    return outcome


def _whole(column: str, bundles: list[Bundle], **further: str) -> dict[str, Any]:
    """What the answers are complete about: TMDb's rows of these shows."""
    return {column: [bundle.show.id for bundle in bundles], "source": Source.TMDB, **further}


def _titles(show: ShowPayload) -> Iterator[dict[str, Any]]:
    for title in show.alternative_titles.results if show.alternative_titles else ():
        if title.title:
            yield {"name": title.title, "country": title.iso_3166_1 or "", "kind": title.type or ""}


def _genres(show: ShowPayload) -> Iterator[dict[str, Any]]:
    return ({"kind": LabelKind.GENRE, "name": genre.name} for genre in show.genres if genre.name)


def _keywords(show: ShowPayload) -> Iterator[dict[str, Any]]:
    keywords = show.keywords.results if show.keywords else ()
    return ({"kind": LabelKind.KEYWORD, "name": keyword.name} for keyword in keywords if keyword.name)


def _ratings(show: ShowPayload) -> Iterator[dict[str, Any]]:
    for rating in show.content_ratings.results if show.content_ratings else ():
        if rating.iso_3166_1 and rating.rating:
            yield {
                "country": rating.iso_3166_1,
                "rating": rating.rating,
                "descriptors": list(rating.descriptors),
            }
