"""What IMDb says of each show as a whole.

Reads IMDb's answers about titles; writes the shows' facts of the source imdb, genres, keywords and tags (IMDb's interests),
and the poster, and derives `core.shows`. TMDb's words are shown where it has them, IMDb's fill; ratings are IMDb's own. An
id that answers as another title, or as an episode or a film, is left for a person, and nothing of it is stored.
"""

from collections.abc import Sequence
from uuid import UUID

from prefect import task
from sqlmodel import Session

from db.bulk import Counts, write
from db.commands.facts import Fields, add_facts
from db.derive import derive
from flows.bundles import STORE
from flows.fetching import Fetched
from flows.imdb_storing import ImdbWork, Told, imdb_storing
from flows.outcome import Outcome
from flows.pictures import imdb_image, put_images
from flows.selection import Selection, ShowRef
from flows.sources.imdb.answers import ImdbTitle
from flows.sources.imdb.facts import labels, title_facts
from models.entities import Kind, Source
from models.images import ImageKind
from models.ops import Resource
from models.shows import LabelKind, ShowLabel


@task(**STORE)
def store_titles(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn IMDb's titles into facts, labels and posters, one transaction for the chunk."""
    with imdb_storing(shows, fetched, "title", Resource.IMDB_TITLE, selection, ImdbTitle) as work:
        put_titles(work)
    return work.outcome


def put_titles(work: ImdbWork[ImdbTitle]) -> None:
    """Store what IMDb says of these shows."""
    session, outcome = work.session, work.outcome
    outcome.count("core.facts", _put_facts(session, work.told))
    outcome.count("core.show_labels", _put_labels(session, work.told))
    posters = [imdb_image(t.show.id, ImageKind.POSTER, t.answer.poster) for t in work.told if t.answer.poster]
    outcome.count("core.shows", derive(session, Kind.SHOW, [told.show.id for told in work.told]))
    put_images(session, outcome, Source.IMDB, posters, in_passing=True)


def _put_facts(session: Session, told: Sequence[Told[ImdbTitle]]) -> Counts:
    groups: dict[tuple[str | None, bool], dict[UUID, Fields]] = {}
    for show, title, layer in told:
        groups.setdefault((layer, title.is_complete), {})[show.id] = title_facts(title)
    counts = Counts()
    for (layer, complete), facts in groups.items():
        counts += add_facts(session, Source.IMDB, facts, layer=layer, complete=complete)
    return counts


def _put_labels(session: Session, told: Sequence[Told[ImdbTitle]]) -> Counts:
    """A complete answer with words of a kind replaces IMDb's words of that kind; one without any takes none away."""
    counts = Counts()
    for kind in LabelKind:
        names = {t.show.id: [name for k, name in labels(t.answer) if k is kind] for t in told}
        rows = [
            {"show_id": show_id, "source": Source.IMDB, "kind": kind, "name": name}
            for show_id, found in names.items()
            for name in found
        ]
        whole = [t.show.id for t in told if t.answer.is_complete and names[t.show.id]]
        counts += write(session, ShowLabel, rows, scope={"show_id": whole, "source": Source.IMDB, "kind": kind})
    return counts
