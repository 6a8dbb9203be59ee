"""Search whose statements are planned once: one of each for each kind.

Revision: 0015, after 0014.
"""

from alembic import context, op
from alembic.script import ScriptDirectory

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KINDS = {"show": 3000, "person": 3000, "episode": 500}
"""How many terms with a common beginning are looked at, as many as cost a few milliseconds."""

COLUMNS = "t.entity_id, t.kind :: text, t.term :: text, t.origin :: text"
BEGINNING = """
        if '{kind}' = any(kinds) then
            return query
                select {columns}, case when t.term = plain then 0 else 1 end, 0 :: real, t.weight
                from core.search_terms t
                where t.kind = '{kind}' and t.term ~>=~ plain and t.term ~<~ beyond
                order by t.term using ~<~, t.weight desc limit {most};
            get diagnostics here = row_count;
            if here < most and length(plain) > 2 then
                return query
                    select {columns}, 2, 0 :: real, t.weight
                    from core.search_terms t
                    where t.kind = '{kind}' and to_tsvector('simple', t.term) @@ meant and not starts_with(t.term, plain)
                    limit 1000;
                get diagnostics more = row_count;
                here := here + more;
            end if;
            {found} := {found} + here;
        end if;
"""
ALIKE = """
        if '{kind}' = any(kinds){unless} then
            return query
                select {columns}, 3, similarity(t.term, plain), t.weight
                from core.search_terms t
                where t.kind = '{kind}' and to_tsvector('simple', t.term) @@ meant
                limit 1000;
            get diagnostics here = row_count;
            named := named + here;
        end if;
"""

FOUND = f"""
    create or replace function core.found(asked text, kinds text[], most integer)
    returns table (entity_id uuid, kind text, term text, origin text, tier integer, closeness real, weight integer)
    language plpgsql stable parallel safe set plan_cache_mode = force_generic_plan as $$
    declare
        plain constant text := core.plain(asked);
        words constant text[] := string_to_array(plain, ' ');
        beyond constant text := plain || chr(1114111);
        meant tsquery;
        here integer;
        more integer;
        named integer := 0;
        numbered integer := 0;
    begin
        if plain = '' then
            return;
        end if;
        select to_tsquery('simple', string_agg(
                   quote_literal(w.word) || case when length(w.word) > 2 or w.place = array_length(words, 1) then ':*' else '' end,
                   ' & '))
        into meant from unnest(words) with ordinality as w (word, place);
        {
    "".join(
        BEGINNING.format(kind=kind, most=most, columns=COLUMNS, found="numbered" if kind == "episode" else "named")
        for kind, most in KINDS.items()
    )
}
        if named > 0 or length(plain) < 4 then
            return;
        end if;
        select to_tsquery('simple', string_agg(
                   '(' || concat_ws(' | ', quote_literal(w.word) || ':*', alike.words) || ')', ' & '))
        into meant
        from unnest(words) as w (word)
        left join lateral (
            select string_agg(quote_literal(near.word), ' | ') as words
            from (select k.word from generate_series(1, length(w.word) - 1) as swapped (i)
                  join core.search_words k
                       on k.word = overlay(w.word placing reverse(substr(w.word, i, 2)) from i for 2)
                  union
                  (select k.word from core.search_words k where k.word % w.word
                   order by similarity(k.word, w.word) desc, k.word limit 6)) near) alike on length(w.word) > 3;
        {
    "".join(
        ALIKE.format(kind=kind, columns=COLUMNS, unless=" and named + numbered = 0" if kind == "episode" else "")
        for kind in KINDS
    )
}
    end
    $$
"""
"""What a search finds is what it was: see 0009. Each statement names its kind, so that one plan, made once, can use the index
of that kind; before, each was planned anew in every search, which took longer than to carry it out."""


def upgrade() -> None:
    """Replace the function."""
    op.execute(FOUND)


def downgrade() -> None:
    """Put the one of 0009 back."""
    before = ScriptDirectory.from_config(context.config).get_revision("0009").module.FOUND
    op.execute(before.replace("create function", "create or replace function", 1))
