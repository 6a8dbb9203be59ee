"""Live threads: one for each episode that airs, where the show's air time is known."""

from sqlalchemy import text
from sqlmodel import Session

from db.commands import webhooks
from db.commands.events import announce
from models.rules.rooms import Room
from models.rules.webhooks import WebhookEvent

AFTER_HOURS = 6
"""How long after its air time an episode still gets its thread, if the worker was down."""

_OPEN = text("""
    with airing as (
        select episode.id,
               left(show.name || ' ' || season.season_number || '×' || lpad(episode.episode_number :: text, 2, '0'), 200) as title
        from social.air_times aired
        join core.shows show on show.id = social.survivor(aired.show_id)
        join core.episodes episode on episode.show_id = show.id and episode.is_listed
             and episode.air_date between current_date - 1 and current_date + 2
        join core.seasons season on season.id = episode.season_id
        cross join lateral (select (episode.air_date + aired.airs_at) at time zone aired.time_zone as moment) at
        where now() between at.moment - aired.opens_minutes * interval '1 minute'
                        and at.moment + cast(:after as interval)
    ), opened as (
        insert into social.threads (id, level, entity_id, title, type, is_automatic)
        select cast(md5('live thread of ' || id) as uuid), 'episode', id, title, 'episode_live', true from airing
        on conflict do nothing returning id, entity_id
    ), counted as (
        insert into social.thread_counts (thread_id) select id from opened
    )
    select id, entity_id, social.show_of(entity_id) as show_id from opened order by entity_id
""")
"""The id of such a thread is made of the episode's, so there is one, whoever opens it and however often."""


def open_due(session: Session) -> int:
    """Open the threads of episodes that air now or soon, as the system; answers how many were not there."""
    opened = session.execute(_OPEN, {"after": f"{AFTER_HOURS} hours"}).all()
    for thread in opened:
        told = {
            "thread_id": thread.id,
            "type": "episode_live",
            "created_by": None,
            "episode_id": thread.entity_id,
            "entity_id": thread.entity_id,
        }
        announce(session, Room.episode(thread.entity_id), "thread_created", told)
        webhooks.emit(session, WebhookEvent.THREAD_CREATED, told | {"show_id": thread.show_id})
    return len(opened)
