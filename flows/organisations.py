"""Networks, companies and watch providers as entities: found or made by TMDb's id, with name and logo."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session

from db.commands.facts import put_facts
from db.commands.identity import ensure
from db.derive import derive
from flows.outcome import Outcome
from flows.pictures import ImageRow, put_images, tmdb_image
from models.entities import IdSource, Kind, Source
from models.images import ImageKind

TABLES = {Kind.NETWORK: "core.networks", Kind.COMPANY: "core.companies", Kind.PROVIDER: "core.watch_providers"}


def store_organisations(
    session: Session, kind: Kind, named: Mapping[int, tuple[dict[str, Any], str | None]], outcome: Outcome
) -> dict[int, UUID]:
    """Store organisations given as {TMDb id: (facts, logo path)}; answers our id of each."""
    ids = ensure(session, kind, IdSource.TMDB, [str(tmdb_id) for tmdb_id in named])
    ours = {tmdb_id: ids[str(tmdb_id)] for tmdb_id in named}
    outcome.count(
        "core.facts", put_facts(session, Source.TMDB, {ours[id_]: facts for id_, (facts, _) in named.items()})
    )
    outcome.count(TABLES[kind], derive(session, kind, list(ours.values())))
    logos: list[ImageRow] = [tmdb_image(ours[id_], ImageKind.LOGO, path) for id_, (_, path) in named.items() if path]
    put_images(session, outcome, Source.TMDB, logos, complete_for=list(ours.values()))
    return ours
