"""Derive: what is shown, from what the sources say. Nothing else writes the shown columns.

Reads `core.facts`, the sets (`core.show_labels`, `core.list_items`), `core.external_ids`, the rows below a show and the
images; writes the tables of `models`, and what entities are found by (`search_terms`, `slugs`). One statement per kind,
over any number of entities; a row that would not change is not touched.
"""

from collections.abc import Collection
from functools import cache
from uuid import UUID

from sqlalchemy import Column, Table, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Session, SQLModel

from db import search_terms, slugs
from db.bulk import Counts
from models.companies import Company, Network, WatchProvider
from models.entities import Kind, Source
from models.people import Person
from models.rules import dates
from models.rules.image_choice import PICTURES, best_first
from models.rules.precedence import PARTIAL_DATES, SAYS_NOTHING, SOURCES, Order
from models.rules.zodiac import FIRST_DAYS
from models.shows import Episode, Season, Show

MODELS: dict[Kind, type[SQLModel]] = {
    Kind.SHOW: Show,
    Kind.SEASON: Season,
    Kind.EPISODE: Episode,
    Kind.PERSON: Person,
    Kind.NETWORK: Network,
    Kind.COMPANY: Company,
    Kind.PROVIDER: WatchProvider,
}
NESTED = (Kind.SEASON, Kind.EPISODE)
"""Kinds whose rows a stage makes, because only it knows which show they belong to. Derive makes the others itself."""

DIALECT = postgresql.dialect()


def derive(session: Session, kind: Kind, ids: Collection[UUID]) -> Counts:
    """Bring the shown rows of these entities in line with the facts."""
    if not ids:
        return Counts()
    wanted = {"ids": list(set(ids))}
    inserted = 0
    if kind not in NESTED:
        inserted = session.execute(text(_insertion(kind)), wanted).rowcount  # type: ignore[attr-defined]
    updated = session.execute(text(_update(kind)), wanted).rowcount  # type: ignore[attr-defined]
    if inserted or updated:
        slugs.claim(session, kind, wanted["ids"])
    search_terms.refresh(session, kind, wanted["ids"])
    return Counts(inserted=inserted, updated=updated, unchanged=max(0, len(wanted["ids"]) - inserted - updated))


def choose_pictures(session: Session, ids: Collection[UUID]) -> dict[Kind, Counts]:
    """Bring the pictures of entities of any kinds in line with their images, and nothing else of them: it costs a part."""
    kinds = session.execute(
        text("select kind, array_agg(id) from core.entities where id = any(:ids) group by kind order by kind"),
        {"ids": list(set(ids))},
    )
    counts: dict[Kind, Counts] = {}
    for name, of_kind in kinds.all():
        kind = Kind(name)
        updated = session.execute(text(_choice(kind)), {"ids": of_kind}).rowcount  # type: ignore[attr-defined]
        counts[kind] = Counts(updated=updated, unchanged=len(of_kind) - updated)
    return counts


@cache
def _insertion(kind: Kind) -> str:
    """Rows for entities that have none yet. What no source has named goes by one of its external ids until one does."""
    table, columns = _table(kind).fullname, ", ".join(_values(kind))
    return f"""
        insert into {table} (id, {columns}) select id, {columns} from ({_shown(kind)}) v
        where v.name is not null and not exists (select from {table} t where t.id = v.id)
        order by id
    """


@cache
def _update(kind: Kind) -> str:
    return _changing(kind, list(_values(kind)), _shown(kind))


def _changing(kind: Kind, names: Collection[str], shown: str) -> str:
    return f"""
        update {_table(kind).fullname} s set {", ".join(f"{name} = v.{name}" for name in names)}
        from ({shown}) v
        where s.id = v.id
          and row({", ".join(f"s.{name}" for name in names)}) is distinct from row({", ".join(f"v.{name}" for name in names)})
    """


@cache
def _choice(kind: Kind) -> str:
    expressions = ", ".join(f"{expression} as {name}" for name, expression in _pictures(kind).items())
    editors = "left join core.facts f_editor on f_editor.entity_id = e.id and f_editor.source = 'editor'"
    shown = f"select e.id, {expressions} from core.entities e {editors} where e.id = any(:ids)"
    return _changing(kind, PICTURES[kind], shown)


def _shown(kind: Kind) -> str:
    """A query of what is to be shown of the entities `:ids`; `t` is the row that shows now, if there is one."""
    expressions = ", ".join(f"{expression} as {name}" for name, expression in _values(kind).items())
    return f"""
        select e.id, {expressions}
        from core.entities e left join {_table(kind).fullname} t on t.id = e.id {_joins(kind)}
        where e.id = any(:ids)
    """


@cache
def _values(kind: Kind) -> dict[str, str]:
    """Each derived column, and the SQL expression of its value."""
    table = _table(kind)
    partial = PARTIAL_DATES.get(kind, ())
    values = {
        name: _or_default(_pick(name, table.c[name], order), table.c[name])
        for name, order in SOURCES[kind].items()
        if name not in partial
    }
    for name in partial:
        values[name] = f"s_{name}.value || substr('-01-01', length(s_{name}.value) - 3)"
        values[f"{name.removesuffix('_date')}_precision"] = _precision(f"s_{name}.value")
    for source in ("tmdb", "imdb"):
        if (column := f"{source}_id") in table.c:
            values[column] = (
                f"(select x.value from core.external_ids x"
                f" where x.entity_id = e.id and x.source = '{source}' and x.is_primary)"
            )
    if "sort_name" in table.c:
        values["sort_name"] = f"lower(unaccent({values['name']}))"
    if "slug" in table.c:
        values["slug"] = f"core.slug_for('{kind}', e.id, {values['name']}, t.slug)"
    values |= _FOLLOWING.get(kind, {}) | _pictures(kind)
    return {name: _cast(expression, table.c[name]) for name, expression in values.items()}


_AN_ID = "(select min(x.value) from core.external_ids x where x.entity_id = e.id)"
_COUNTED = """(select count(*) from core.{child} c {join} where c.show_id = e.id and c.is_listed and {numbered})"""
_SEASONS = _COUNTED.format(child="seasons", join="", numbered="c.season_number > 0")
_EPISODES = _COUNTED.format(
    child="episodes", join="join core.seasons n on n.id = c.season_id", numbered="n.season_number > 0 and n.is_listed"
)


def _labels(kind: str) -> str:
    return (
        f"array(select distinct l.name from core.show_labels l where l.show_id = e.id and l.kind = '{kind}' order by 1)"
    )


def _precision(date: str) -> str:
    """How exactly a date that may be known in part is known."""
    return f"case length({date}) when {dates.DAY} then 'day' when {dates.MONTH} then 'month' when {dates.YEAR} then 'year' end"


def _sign(date: str) -> str:
    """The sign of somebody born on this day, by the table of `models.rules.zodiac`; none without a day."""
    last = FIRST_DAYS[-1][2]
    begun = " ".join(
        f"when right({date}, 5) >= '{month:02}-{day:02}' then '{sign}'" for month, day, sign in reversed(FIRST_DAYS)
    )
    return f"case when length({date}) = {dates.DAY} then case {begun} else '{last}' end end"


def _pictures(kind: Kind) -> dict[str, str]:
    """Each picture of a kind of entity: an editor's choice, which may be none, else the best by the rule."""
    return {
        column: f"""
            case when f_editor.fields ? '{column}' and f_editor.fields->>'{column}' is null then null else coalesce(
                (select i.id from core.images i where i.entity_id = e.id and i.id :: text = f_editor.fields->>'{column}'),
                (select i.id from core.images i where i.entity_id = e.id and i.kind = '{image}' and i.is_listed
                 order by {best_first("i")} limit 1)) end"""
        for column, image in PICTURES[kind].items()
    }


_FOLLOWING: dict[Kind, dict[str, str]] = {
    Kind.PERSON: {"zodiac": _sign("s_birth_date.value")},
    Kind.SHOW: {
        "genres": _labels("genre"),
        "keywords": _labels("keyword"),
        "tags": _labels("tag"),
        "listed_on": "array(select distinct l.source from core.list_items i join core.lists l on l.id = i.list_id"
        " where i.show_id = e.id and i.left_at is null order by 1)",
        "season_total": f"coalesce(nullif({_SEASONS}, 0), (f_tmdb.fields->>'season_total')::integer)",
        "episode_total": f"coalesce(nullif({_EPISODES}, 0), (f_tmdb.fields->>'episode_total')::integer)",
        "totals_counted": f"{_EPISODES} > 0",
    },
    Kind.SEASON: {
        "episode_total": "coalesce(nullif((select count(*) from core.episodes c where c.season_id = e.id and c.is_listed), 0),"
        " (f_tmdb.fields->>'episode_total')::integer)",
    },
}


def _table(kind: Kind) -> Table:
    return MODELS[kind].__table__  # type: ignore[attr-defined]


def _joins(kind: Kind) -> str:
    sources = {Source.EDITOR, *(source for order in SOURCES[kind].values() for source in order)}
    facts = (
        f"left join core.facts f_{source} on f_{source}.entity_id = e.id and f_{source}.source = '{source}'"
        for source in sorted(sources)
    )
    return " ".join((*facts, *(_most_exact(name, SOURCES[kind][name]) for name in PARTIAL_DATES.get(kind, ()))))


def _most_exact(name: str, order: Order) -> str:
    """One row `s_<name>` with the date that is to be shown as `value`: an editor's, else the most exact."""
    said = ", ".join(f"({place}, f_{source}.fields->>'{name}')" for place, source in enumerate(order, start=1))
    return f"""
        left join lateral (
            select case when c.value ~ '{dates.PATTERN}' then c.value end as value
            from (values (0, f_editor.fields->>'{name}'), {said}) as c(place, value)
            where c.value ~ '{dates.PATTERN}' or c.place = 0 and f_editor.fields ? '{name}'
            order by c.place > 0, length(c.value) desc, c.place limit 1) s_{name} on true"""


def _pick(name: str, column: "Column[object]", order: Order) -> str:
    values = ", ".join(_unless_unknown(name, _value(f"f_{source}.fields", name, column)) for source in order)
    return f"case when f_editor.fields ? '{name}' then {_value('f_editor.fields', name, column)} else coalesce({values}) end"


def _unless_unknown(name: str, value: str) -> str:
    return f"nullif({value}, '{SAYS_NOTHING[name]}')" if name in SAYS_NOTHING else value


def _value(fields: str, name: str, column: "Column[object]") -> str:
    if isinstance(column.type, JSONB):
        return f"nullif({fields}->'{name}', 'null')"
    if isinstance(column.type, ARRAY):
        elements = f"array(select jsonb_array_elements_text({fields}->'{name}'))"
        return f"case when jsonb_typeof({fields}->'{name}') = 'array' then {_cast(elements, column)} end"
    return _cast(f"({fields}->>'{name}')", column)


def _cast(expression: str, column: "Column[object]") -> str:
    return f"cast({expression} as {column.type.compile(dialect=DIALECT)})"


def _or_default(expression: str, column: "Column[object]") -> str:
    """What a column that must hold something shows when no source knows the field."""
    if column.nullable:
        return expression
    if column.server_default is not None:
        default = column.server_default.arg  # type: ignore[attr-defined]
        return f"coalesce({expression}, {default if not isinstance(default, str) else repr(default)})"
    return f"coalesce({expression}, t.{column.name}, {_AN_ID})"
