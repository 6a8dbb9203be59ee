"""Search terms: everything that shows, people and episodes are called, in the form that a search compares.

Reads the shown rows and `core.aliases`; writes `core.search_terms` and `core.search_words`. One statement per kind, over
any number of entities; what would not change is not touched. `core.plain` makes small letters without accents, with one
space for punctuation.
"""

from collections.abc import Collection
from functools import cache
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.entities import Kind
from models.search import SEARCHED, Origin

TABLES = {Kind.SHOW: "core.shows", Kind.PERSON: "core.people", Kind.EPISODE: "core.episodes"}

LONGEST = 200
"""Letters of a term; what follows is not looked through."""

WORD = "^[^0-9]{4,40}$"
"""What counts as a word that may be misspelt."""

_ORIGINAL: dict[Kind, str] = {Kind.SHOW: "original_name"}
"""A column beside the name, where the kind has one."""

_WEIGHT: dict[Kind, str] = {
    Kind.SHOW: "4 * ln(1 + coalesce(s.tmdb_popularity, 0)) + ln(1 + coalesce(s.imdb_vote_count, s.tmdb_vote_count, 0))",
    Kind.PERSON: "4 * ln(1 + coalesce(s.tmdb_popularity, 0))",
    Kind.EPISODE: "ln(1 + coalesce(s.imdb_vote_count, s.tmdb_vote_count, 0))",
}
"""How well known something is: rounded, so that a popularity that moves a little each night rewrites nothing."""

_NUMBERED = "^(episode|folge|episodio|aflevering|avsnitt) [0-9]+$"
"""Names that are numbers only: they tell nothing apart, and there are very many."""

_TERMS = """
    select id, core.plain(name) as term, origin, weight from said
    union all
    select id, core.plain(translate(name, '''’‘`´', '')), origin, weight from said where name ~ '[''’‘`´]'"""
"""`Grey's` is found as `grey s` and as `greys`."""

_INITIALISMS = """
    union all
    select id, core.initials(core.plain(name)), 'initialism', weight from said
    union all
    select id, core.initials(regexp_replace(core.plain(name), '^(the|a|an) ', '')), 'initialism', weight from said"""
"""`The Real Housewives of Salt Lake City` is `trhoslc`, and `rhoslc` to everybody."""


def refresh(session: Session, kind: Kind, ids: Collection[UUID]) -> int:
    """Bring the terms of these entities in line with what is shown of them; answers how many rows it touched."""
    if kind not in SEARCHED or not ids:
        return 0
    return int(session.execute(text(refreshing(kind, "e.id = any(:ids)")), {"ids": list(ids)}).scalar_one())


@cache
def refreshing(kind: Kind, which: str) -> str:
    """The statement over the entities `e` for which a condition holds. It answers with the number of rows it touched."""
    return f"""
    with chosen as materialized (
        select e.id, e.merged_into is null and e.removed_at is null as is_living
        from core.entities e where e.kind = '{kind}' and {which}
    ), said as materialized ({_said(kind)}
    ), wanted as materialized ({_wanted(kind)}
    ), gone as (
        delete from core.search_terms t using chosen
        where t.entity_id = chosen.id
          and not exists (select from wanted w where w.id = t.entity_id and w.term = t.term)
        returning 1
    ), changed as (
        update core.search_terms t set origin = w.origin, weight = w.weight from wanted w
        where t.entity_id = w.id and t.term = w.term and (t.origin, t.weight) is distinct from (w.origin, w.weight)
        returning 1
    ), added as (
        insert into core.search_terms (entity_id, term, kind, origin, weight)
        select w.id, w.term, '{kind}', w.origin, w.weight from wanted w
        where not exists (select from core.search_terms t where t.entity_id = w.id and t.term = w.term)
        order by w.id, w.term
        returning term
    ), noted as (
        insert into core.search_words (word)
        select distinct w.word from added cross join regexp_split_to_table(added.term, ' ') as w (word)
        where w.word ~ '{WORD}' and not exists (select from core.search_words k where k.word = w.word)
        order by 1
    )
    select (select count(*) from gone) + (select count(*) from changed) + (select count(*) from added)"""


def _said(kind: Kind) -> str:
    """Every name of those entities. What became another one is found as that one."""
    table, names = TABLES[kind], [("s.name", Origin.NAME, "")]
    if kind in _ORIGINAL:
        names.append((f"s.{_ORIGINAL[kind]}", Origin.ORIGINAL, ""))
    if kind is not Kind.EPISODE:
        names.append(("a.name", Origin.ALIAS, "join core.aliases a on a.entity_id = s.id"))
        once = f"join core.entities l on l.merged_into = s.id join {table} was on was.id = l.id"
        names.append(("was.name", Origin.ALIAS, once))
    return " union all ".join(
        f"""
        select s.id, {name} as name, '{origin}' as origin, round({_WEIGHT[kind]}) :: integer as weight
        from chosen join {table} s on s.id = chosen.id and chosen.is_living {further}"""
        for name, origin, further in names
    )


def _wanted(kind: Kind) -> str:
    """The rows that there are to be."""
    ranks = ", ".join(f"'{origin}'" for origin in Origin)
    return f"""
        select distinct on (id, term) id, term, origin, weight
        from (select id, left(term, {LONGEST}) as term, origin, weight
              from ({_TERMS}{_INITIALISMS if kind is Kind.SHOW else ""}) every) cut
        where term <> '' and term !~ '{_NUMBERED}'
        order by id, term, array_position(array[{ranks}], origin)"""
