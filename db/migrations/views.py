"""What an operator asks of `ops`, as views that run with the rights of whoever asks."""

VIEWS = {
    "freshness": """
        create view ops.freshness with (security_invoker = true) as
        select resource, count(*) as entities, count(*) filter (where status = 'failed') as failed,
               count(*) filter (where next_due_at is null or next_due_at <= now()) as due,
               min(last_success_at) as oldest_success, max(last_success_at) as newest_success
        from ops.sync_state group by resource order by resource
    """,
    "failing": """
        create view ops.failing with (security_invoker = true) as
        select y.resource, e.kind, coalesce(s.name, p.name) as name, coalesce(s.tmdb_id, p.tmdb_id) as tmdb_id,
               y.last_success_at, y.last_attempt_at, y.last_error, y.entity_id
        from ops.sync_state y join core.entities e on e.id = y.entity_id
        left join core.shows s on s.id = y.entity_id left join core.people p on p.id = y.entity_id
        where y.status = 'failed' order by y.last_attempt_at desc
    """,
    "open_cases": """
        create view ops.open_cases with (security_invoker = true) as
        select c.opened_at, c.kind, coalesce(s.name, p.name) as name, c.source, c.reason, c.candidates, c.entity_id
        from ops.match_cases c
        left join core.shows s on s.id = c.entity_id left join core.people p on p.id = c.entity_id
        where c.status = 'open' order by c.opened_at
    """,
}
"""Each view by its name. They are part of a revision: change one by a new revision that drops and makes it anew."""
