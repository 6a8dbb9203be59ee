"""What a run is about: the parameters that every stage has in common, and the shows they select."""

from datetime import datetime
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Connection, text

ImdbTitle = Annotated[str, Field(pattern=r"^tt\d+$")]


class Selection(BaseModel):
    """Which shows, and how thoroughly. Nothing given means every show."""

    ids: list[UUID] = Field(default=[], title="Our ids", description="Only these shows, by the catalogue's own ids")
    imdb_ids: list[ImdbTitle] = Field(default=[], title="IMDb ids", description="Only these shows: tt0944947 ...")
    tmdb_ids: list[int] = Field(default=[], title="TMDb ids", description="Only these shows: 1399 ...")
    limit: int | None = Field(default=None, ge=1, description="At most this many shows")
    since: datetime | None = Field(
        default=None, description="Only shows whose stage last succeeded before this moment, or never did"
    )
    force: bool = Field(default=False, description="Ask the upstream again, however fresh its last answer is")
    dry_run: bool = Field(default=False, description="Fetch and report the difference; change nothing")

    again: bool = Field(default=False, description="Store again what was answered before, also where nothing changed")
    resume: bool = Field(default=True, description="Try again what failed last time; else leave it out")
    allow_shrink: bool = Field(
        default=False, description="Believe, this once, that a list, a show's seasons or its credits got much smaller"
    )

    @property
    def stores_everything(self) -> bool:
        """Whether also what did not change is stored again: when it was asked for, by force or by name too."""
        return self.again or self.force or self.names_shows

    @property
    def names_shows(self) -> bool:
        """Whether particular shows are meant."""
        return bool(self.ids or self.imdb_ids or self.tmdb_ids)


class ShowRef(NamedTuple):
    """A selected show: our id, and the ids that upstreams know it by."""

    id: UUID
    tmdb_id: str | None
    imdb_id: str | None
    name: str


def selected_shows(connection: Connection, selection: Selection, resource: str | None = None) -> list[ShowRef]:
    """The shows that a selection means, in stable id order; `resource` is what `since` looks at.

    Removed and merged shows are left out; ids that we do not know select nothing.
    """
    rows = connection.execute(
        text(
            """
            select s.id, s.tmdb_id::text, s.imdb_id, s.name
            from core.shows s
            left join ops.sync_state y on y.entity_id = s.id and y.resource = :resource
            where not exists (
                    select from core.entities e
                    where e.id = s.id and (e.removed_at is not null or e.merged_into is not null))
              and (not :named or s.id = any(:ids) or exists (
                    select from core.external_ids x where x.entity_id = s.id
                      and (x.source = 'imdb' and x.value = any(:imdb) or x.source = 'tmdb' and x.value = any(:tmdb))))
              and (cast(:since as timestamptz) is null or y.last_success_at is null or y.last_success_at < :since)
              and (:resume or y.status is distinct from 'failed')
            order by s.id
            limit :limit
            """
        ),
        {
            "resource": resource,
            "named": selection.names_shows,
            "ids": selection.ids,
            "imdb": selection.imdb_ids,
            "tmdb": [str(id_) for id_ in selection.tmdb_ids],
            "since": selection.since,
            "resume": selection.resume,
            "limit": selection.limit,
        },
    )
    return [ShowRef(*row) for row in rows]
