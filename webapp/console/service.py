"""What the console shows and no route of the API tells: numbers of the catalogue, runs, and what waits for a person."""

from dataclasses import replace
from uuid import UUID

from models.entities import Kind
from webapp.fragments import living
from webapp.reading import Reading, json_of

COUNTED = {
    "shows": Kind.SHOW,
    "seasons": Kind.SEASON,
    "episodes": Kind.EPISODE,
    "people": Kind.PERSON,
    "networks": Kind.NETWORK,
}

_NUMBERS = f"""
with living as materialized (
    select kind, count(*) as number from core.entities entity where {living("entity")} group by kind
)
select json_build_object(
    {", ".join(f"'{name}', coalesce((select number from living where kind = '{kind}'), 0)" for name, kind in COUNTED.items())},
    'images', image.listed, 'mirrored', image.mirrored,
    'changes', (select coalesce(max(seq), 0) from ops.changes))
from (select count(*) as listed, count(asset_id) as mirrored from core.images where is_listed) image
"""

_RUN = """
    run.id, run.stage, run.parent_id, run.status, run.dry_run, run.started_at, run.finished_at,
    coalesce(round(extract(epoch from run.finished_at - run.started_at), 1), 0) as seconds,
    coalesce(cast(run.report ->> 'selected' as integer), 0) as selected,
    coalesce(cast(run.report ->> 'done' as integer), 0) as done,
    coalesce(cast(run.report ->> 'unchanged' as integer), 0) as unchanged,
    coalesce(cast(run.report ->> 'requests' as integer), 0) as requests,
    coalesce(cast(run.report ->> 'ambiguous' as integer), 0) as ambiguous,
    (select count(*) from jsonb_object_keys(coalesce(run.report -> 'failures', '{}'))) as failed"""

_RUNS = f"""
select coalesce(json_agg(listed), '[]')
from (select {_RUN} from ops.runs run where run.parent_id is null
      order by run.started_at desc, run.id limit :limit) listed
"""

_ONE = f"""
select row_to_json(one)
from (select {_RUN}, run.report, run.parameters,
             (select coalesce(json_agg(part), '[]')
              from (select {_RUN.replace("run.", "part.")} from ops.runs part where part.parent_id = run.id
                    order by part.started_at, part.id) part) as parts
      from ops.runs run where run.id = :run_id) one
"""

_CASES = """
select coalesce(json_agg(listed), '[]')
from (select c.id, c.kind, c.entity_id, coalesce(s.name, p.name, '') as name, c.source, c.reason, c.opened_at,
             (select coalesce(json_agg(candidate || jsonb_build_object(
                         'entity_name', coalesce(cs.name, cp.name), 'entity_kind', ce.kind)), '[]')
              from jsonb_array_elements(c.candidates) candidate
              left join core.entities ce on ce.id = cast(candidate ->> 'entity_id' as uuid)
              left join core.shows cs on cs.id = ce.id left join core.people cp on cp.id = ce.id) as candidates
      from ops.match_cases c
      left join core.shows s on s.id = c.entity_id left join core.people p on p.id = c.entity_id
      where c.status = 'open' order by c.opened_at, c.id limit :limit) listed
"""

_PAGES = """
select coalesce(json_agg(listed), '[]')
from (select p.id, p.wiki, p.title, p.url, p.reason, p.seen_at, p.entity_id, coalesce(who.name, '') as name, p.show_id,
             s.name as show_name
      from core.wiki_pages p left join core.people who on who.id = p.entity_id
      left join core.shows s on s.id = p.show_id
      where p.status = 'candidate' order by who.sort_name, p.entity_id, p.wiki, p.title limit :limit) listed
"""

_IMAGES = """
select coalesce(json_agg(listed), '[]')
from (select f.url, f.code, f.reason, f.attempts, f.last_attempt_at, f.next_attempt_at, f.given_up_at
      from ops.media_failures f order by f.last_attempt_at desc, f.url limit :limit) listed
"""

_FAILING = """
select coalesce(json_agg(listed), '[]')
from (select resource, kind, name, entity_id, last_success_at, last_attempt_at, last_error
      from ops.failing limit :limit) listed
"""

_DRIFT = """
select coalesce(json_agg(listed), '[]')
from (select distinct on (run.stage, drift.key) run.stage, run.id as run_id, run.started_at, drift.key as field,
             cast(drift.value as integer) as times
      from (select * from ops.runs where report -> 'drift' <> '{}' order by started_at desc limit 200) run,
           jsonb_each_text(run.report -> 'drift') drift
      order by run.stage, drift.key, run.started_at desc limit :limit) listed
"""

_WAITING = """
select json_build_object(
    'cases', (select count(*) from ops.match_cases where status = 'open'),
    'pages', (select count(*) from core.wiki_pages where status = 'candidate'),
    'images', (select count(*) from ops.media_failures),
    'failing', (select count(*) from ops.sync_state where status = 'failed'))
"""


def numbers() -> Reading:
    """How much there is of everything."""
    return json_of(_NUMBERS, version=None)


def runs(limit: int) -> Reading:
    """The newest runs that were started by themselves, newest first."""
    return json_of(_RUNS, version=None, limit=limit)


def run(run_id: UUID) -> Reading:
    """One run with its report and its parts."""
    return replace(json_of(_ONE, version=None, run_id=run_id), lacks="Run not found")


def waiting() -> Reading:
    """How much waits for a person, by kind."""
    return json_of(_WAITING, version=None)


def cases(limit: int) -> Reading:
    """Open questions of identity, the oldest first."""
    return json_of(_CASES, version=None, limit=limit)


def candidate_pages(limit: int) -> Reading:
    """Pages of wikis that may be about somebody."""
    return json_of(_PAGES, version=None, limit=limit)


def failed_images(limit: int) -> Reading:
    """Images that could not be copied, the latest first."""
    return json_of(_IMAGES, version=None, limit=limit)


def failing(limit: int) -> Reading:
    """What could not be brought up to date, the latest first."""
    return json_of(_FAILING, version=None, limit=limit)


def drift(limit: int) -> Reading:
    """Fields of upstreams that the last runs did not know or missed, once per stage."""
    return json_of(_DRIFT, version=None, limit=limit)
