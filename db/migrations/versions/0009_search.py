"""Search: the terms that entities are found by, and the slugs of their addresses.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PUNCTUATION = r"[\s\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f\uff00-\uff0f]+"
"""All but letters and digits, of any script."""

FUNCTIONS = {
    "core.plain(text)": f"""
        create function core.plain(words text) returns text language sql stable parallel safe as $$
            select btrim(regexp_replace(replace(lower(unaccent(words)), '&', ' and '), '{PUNCTUATION}', ' ', 'g'))
        $$""",
    "core.initials(text)": """
        create function core.initials(plain text) returns text language sql immutable parallel safe as $$
            select case when count(*) > 2
                        then string_agg(case when word ~ '^[0-9]' then word else left(word, 1) end, '' order by place) end
            from regexp_split_to_table(plain, ' ') with ordinality as w (word, place)
        $$""",
    "core.slug(text)": """
        create function core.slug(name text) returns text language sql stable parallel safe as $$
            select btrim(left(regexp_replace(core.plain(name), '[^a-z0-9]+', '-', 'g'), 120), '-')
        $$""",
    "core.slug_for(text, uuid, text, text)": """
        create function core.slug_for(kind text, id uuid, name text, present text) returns text
        language sql stable parallel safe as $$
            select case
                when present <> '' and present in (made.short, made.long) then present
                when made.short = '' then made.long
                when exists (select from core.slugs k where k.kind = slug_for.kind and k.slug = made.short
                             and k.entity_id <> slug_for.id) then made.long
                else made.short end
            from (select core.slug(slug_for.name) as short,
                         concat_ws('--', nullif(core.slug(slug_for.name), ''), left(slug_for.id :: text, 8)) as long) made
        $$""",
}
"""By signature. `initials` of fewer than three words are none; a number counts whole: `90df`."""

FOUND = """
    create function core.found(asked text, kinds text[], most integer)
    returns table (entity_id uuid, kind text, term text, origin text, tier integer, closeness real, weight integer)
    language plpgsql stable parallel safe set plan_cache_mode = force_custom_plan as $$
    declare
        plain constant text := core.plain(asked);
        words constant text[] := string_to_array(plain, ' ');
        beyond constant text := plain || chr(1114111);
        meant tsquery;
        sort text;
        here integer;
        more integer;
        named integer := 0;
        every integer := 0;
    begin
        if plain = '' then
            return;
        end if;
        select to_tsquery('simple', string_agg(
                   quote_literal(w.word) || case when length(w.word) > 2 or w.place = array_length(words, 1) then ':*' else '' end,
                   ' & '))
        into meant from unnest(words) with ordinality as w (word, place);
        foreach sort in array kinds loop
            return query
                select t.entity_id, t.kind :: text, t.term :: text, t.origin :: text,
                       case when t.term = plain then 0 else 1 end, 0 :: real, t.weight
                from core.search_terms t
                where t.kind = sort and t.term ~>=~ plain and t.term ~<~ beyond
                order by t.term using ~<~, t.weight desc
                limit case sort when 'episode' then 500 else 3000 end;
            get diagnostics here = row_count;
            if here < most and length(plain) > 2 then
                return query
                    select t.entity_id, t.kind :: text, t.term :: text, t.origin :: text, 2, 0 :: real, t.weight
                    from core.search_terms t
                    where t.kind = sort and to_tsvector('simple', t.term) @@ meant and not starts_with(t.term, plain)
                    limit 1000;
                get diagnostics more = row_count;
                here := here + more;
            end if;
            if sort <> 'episode' then
                named := named + here;
            end if;
            every := every + here;
        end loop;
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
        foreach sort in array kinds loop
            continue when sort = 'episode' and every > 0;
            return query
                select t.entity_id, t.kind :: text, t.term :: text, t.origin :: text, 3, similarity(t.term, plain), t.weight
                from core.search_terms t
                where t.kind = sort and to_tsvector('simple', t.term) @@ meant
                limit 1000;
            get diagnostics here = row_count;
            every := every + here;
        end loop;
    end
    $$
"""
"""What a search finds of each kind: terms that are (tier 0) or begin with (1) what was asked, that have all its words or
beginnings of words (2), and, where no show or person was found, words like these (3). Of very common beginnings and words
so many rows are looked at as cost a few milliseconds."""

SLUGS = """
    with named as (
        select s.id, core.slug(s.name) as slug,
               row_number() over (partition by core.slug(s.name) order by e.merged_into is not null, e.created_at, e.id) as place
        from core.{table} s join core.entities e on e.id = s.id
    ), given as (
        update core.{table} s set slug =
            case when place = 1 and n.slug <> '' then n.slug
                 else concat_ws('--', nullif(n.slug, ''), left(s.id :: text, 8)) end
        from named n where n.id = s.id returning s.id, s.slug
    )
    insert into core.slugs (kind, slug, entity_id)
    select '{kind}', given.slug, given.id from given join core.entities e on e.id = given.id and e.merged_into is null
"""

TERMS = """
    insert into core.search_terms (entity_id, term, kind, origin, weight)
    select distinct on (id, term) id, term, '{kind}', origin, weight
    from (
        select id, left(core.plain(name), 200) as term, origin, weight from named
        union all select id, core.initials(core.plain(name)), 'initialism', weight from named where '{kind}' = 'show'
        union all select id, core.initials(regexp_replace(core.plain(name), '^(the|a|an) ', '')), 'initialism', weight
        from named where '{kind}' = 'show') said
    where term <> '' and term !~ '^episode [0-9]+$'
    order by id, term, array_position(array['name', 'alias', 'initialism'], origin)
    on conflict do nothing
"""

NAMED = """
    with rows as (select s.id, s.name, round({weight}) :: integer as weight
                  from core.{table} s join core.entities e on e.id = s.id and e.merged_into is null),
    named as (select id, name, 'name' as origin, weight from rows
              union all select a.entity_id, a.name, 'alias', rows.weight from core.aliases a join rows on rows.id = a.entity_id)
"""
"""The first filling; what derive adds to it comes when it next derives an entity."""

WORDS = """
    insert into core.search_words (word)
    select distinct word from core.search_terms cross join regexp_split_to_table(term, ' ') as w (word)
    where word ~ '^[^0-9]{4,40}$'
"""

WEIGHTS = {
    ("shows", "show"): "4 * ln(1 + coalesce(s.tmdb_popularity, 0))"
    " + ln(1 + coalesce(s.imdb_vote_count, s.tmdb_vote_count, 0))",
    ("people", "person"): "4 * ln(1 + coalesce(s.tmdb_popularity, 0))",
    ("episodes", "episode"): "ln(1 + coalesce(s.imdb_vote_count, s.tmdb_vote_count, 0))",
}


def upgrade() -> None:
    """Make the functions and tables, and fill them."""
    op.create_table(
        "search_terms",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('show', 'person', 'episode')", name=op.f("ck_search_terms_kind")),
        sa.CheckConstraint(
            "origin in ('name', 'original', 'alias', 'initialism')", name=op.f("ck_search_terms_origin")
        ),
        sa.PrimaryKeyConstraint("entity_id", "term", name=op.f("pk_search_terms")),
        schema="core",
    )
    op.create_table(
        "slugs",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('show', 'person')", name=op.f("ck_slugs_kind")),
        sa.ForeignKeyConstraint(["entity_id"], ["core.entities.id"], name=op.f("fk_slugs_entity_id")),
        sa.PrimaryKeyConstraint("kind", "slug", name=op.f("pk_slugs")),
        schema="core",
    )
    op.create_index("ix_slugs_entity_id", "slugs", ["entity_id"], schema="core")
    op.create_table(
        "search_words",
        sa.Column("word", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_words")),
        schema="core",
    )
    for function in FUNCTIONS.values():
        op.execute(function)
    for table, kind in (("shows", "show"), ("people", "person")):
        op.add_column(table, sa.Column("slug", sa.String(), server_default="", nullable=False), schema="core")
        op.execute(SLUGS.format(table=table, kind=kind))
    for (table, kind), weight in WEIGHTS.items():
        op.execute(NAMED.format(table=table, weight=weight) + TERMS.format(kind=kind))
    op.create_index(
        "ix_search_terms_beginning",
        "search_terms",
        ["kind", "term", sa.text("weight desc")],
        schema="core",
        postgresql_ops={"term": "text_pattern_ops"},
        postgresql_include=["entity_id", "origin"],
    )
    for kind in ("show", "person", "episode"):
        op.create_index(
            f"ix_search_terms_{kind}",
            "search_terms",
            [sa.text("to_tsvector('simple', term)")],
            schema="core",
            postgresql_using="gin",
            postgresql_where=sa.text(f"kind = '{kind}'"),
        )

    op.execute(WORDS)
    op.create_index(
        "ix_search_words_alike",
        "search_words",
        ["word"],
        schema="core",
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )
    op.execute(FOUND)


def downgrade() -> None:
    """Take them away. Slugs that entities had before are lost."""
    for table in ("shows", "people"):
        op.drop_column(table, "slug", schema="core")
    op.execute("drop function core.found(text, text[], integer)")
    for table in ("slugs", "search_words", "search_terms"):
        op.drop_table(table, schema="core")
    for signature in reversed(FUNCTIONS):
        op.execute(f"drop function {signature}")
