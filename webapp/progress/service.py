"""Commands and queries about how far somebody has watched. What is masked because of it: `webapp/talk/visibility.py`."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands.events import rights_changed
from models.entities import Kind
from webapp.access.viewer import Viewer
from webapp.errors import Invalid, NotFound
from webapp.talk.entities import NAMES, require_entity

_ROW = """
    select distinct on (show.id) show.id as show_id, show.name as show_name, episode.id as seen_through,
           season.season_number, episode.episode_number,
           progress.updated_at
    from social.progress progress
    join core.shows show on show.id = social.survivor(progress.show_id)
    left join core.episodes episode on episode.id = social.survivor(progress.seen_through)
    left join core.seasons season on season.id = episode.season_id
    where progress.user_id = :viewer {also}
    order by show.id, episode.id is null, coalesce(episode.air_date, 'infinity') desc, season.season_number desc,
             episode.episode_number desc, progress.updated_at desc"""
"""Where progress was kept of shows that are one by now, the furthest counts."""


def all_of(session: Session, viewer: Viewer) -> list[dict[str, Any]]:
    """Every show that the viewer keeps progress of, the latest first."""
    rows = session.execute(
        text(f"select * from ({_ROW.format(also='')}) kept order by updated_at desc, show_id"), {"viewer": viewer.id}
    )
    return [dict(row) for row in rows.mappings()]


def of(session: Session, show_id: UUID, viewer: Viewer) -> dict[str, Any]:
    """How far the viewer has watched a show.

    Raises:
        NotFound: they keep no progress of such a show.
    """
    found = (
        session.execute(
            text(_ROW.format(also="and show.id = :show")),
            {"viewer": viewer.id, "show": show_id},
        )
        .mappings()
        .one_or_none()
    )
    if found is None:
        raise NotFound("No progress is kept of this show")
    return dict(found)


def keep(session: Session, show_id: UUID, viewer: Viewer, *, seen_through: UUID | None) -> dict[str, Any]:
    """Remember how far the viewer has watched a show: through an episode, or nothing yet.

    Raises:
        NotFound, Moved: there is no such show, or it was merged into another.
        Invalid: the episode is none of it.
    """
    require_entity(session, Kind.SHOW, show_id)
    if seen_through is not None:
        there = session.execute(
            text("select 1 from core.episodes where id = :id and show_id = :show"),
            {"id": seen_through, "show": show_id},
        ).first()
        if there is None:
            raise Invalid([(("json", "seen_through"), "Not an episode of this show.", "unknown")])
    session.execute(
        text(
            "with other_names as ("
            "  update social.progress set seen_through = :through, updated_at = now()"
            f" where user_id = :viewer and show_id <> :show and show_id in {NAMES.format(entity=':show')})"
            " insert into social.progress (user_id, show_id, seen_through) values (:viewer, :show, :through)"
            " on conflict (user_id, show_id) do update set seen_through = excluded.seen_through, updated_at = now()"
        ),
        {"viewer": viewer.id, "show": show_id, "through": seen_through},
    )
    rights_changed(session, viewer.id)
    return of(session, show_id, viewer)


def forget(session: Session, show_id: UUID, viewer: Viewer) -> None:
    """Keep no progress of a show: nothing of it is masked any more. Forgetting twice is forgetting."""
    session.execute(
        text(f"delete from social.progress where user_id = :viewer and show_id in {NAMES.format(entity=':show')}"),
        {"viewer": viewer.id, "show": show_id},
    )
    rights_changed(session, viewer.id)
