"""Queries about changes and freshness."""

import json
from dataclasses import dataclass

from webapp.errors import Gone
from webapp.reading import Answer, Reading, json_of

_CHANGES = """
select case when cast(:since as bigint) < (select min(seq) - 1 from ops.changes) then json_build_object('gone', true)
       else (
           select coalesce(json_agg(listed order by listed.seq), '[]')
           from (select change.seq, change.entity_id, entity.kind, change.table_name as table, change.actions, change.fields,
                        change.changed_at, entity.removed_at is not null as removed, entity.merged_into
                 from ops.changes change join core.entities entity on entity.id = change.entity_id
                 where change.seq > coalesce(cast(:since as bigint), 0)
                 order by change.seq limit :limit) listed) end
"""

_FRESHNESS = """
select json_build_object(
    'seq', (select max(seq) from ops.changes),
    'changed_at', (select changed_at from ops.changes order by seq desc limit 1),
    'resources', (
        select coalesce(json_agg(told order by told.resource), '[]')
        from (select resource, count(*) as entities,
                     count(*) filter (where last_success_at is not null and next_due_at > now()) as done,
                     count(*) filter (where next_due_at is null or next_due_at <= now()) as due,
                     count(*) filter (where status = 'failed') as failed,
                     min(last_success_at) as oldest_success, max(last_success_at) as newest_success,
                     max(last_attempt_at) as last_attempt_at
              from ops.sync_state group by resource) told),
    'stages', (
        select coalesce(json_agg(told order by told.stage), '[]')
        from (select distinct on (stage) stage, status, started_at, finished_at,
                     max(finished_at) filter (where status = 'completed') over (partition by stage) as last_completed_at
              from ops.runs where not dry_run order by stage, started_at desc, id) told))
"""


@dataclass(frozen=True)
class ChangesReading(Reading):
    """A reading of the feed."""

    def answer(self, known: str = "") -> Answer:
        """Run it.

        Raises:
            Gone: the reader is further behind than the feed is kept.
        """
        answer = super().answer(known)
        if answer.body is not None and not answer.body.startswith("[") and json.loads(answer.body)["gone"]:
            raise Gone("Changes since then are no longer kept; read /api/v1/catalogue.ndjson and go on from its seq")
        return answer


def changes(limit: int, since: int | None = None) -> Reading:
    """What changed after a place in the feed, in the order of commits."""
    return ChangesReading(**vars(json_of(_CHANGES, since=since, limit=limit)))


def freshness() -> Reading:
    """How fresh everything is that is collected, and how the last runs went."""
    return json_of(_FRESHNESS, version=None)
