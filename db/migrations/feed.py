"""The change feed's SQL: which tables it watches, whose change a row of each is, and the function that takes notes.

A transaction that writes the catalogue holds the catalogue's lock (`db.session.unit_of_work`; the function takes it where
somebody wrote without), so `ops.changes.seq` is commit order. Three statement triggers a table share one function,
because PostgreSQL allows a trigger with transition tables one event each.
"""

OWNERS: dict[str, tuple[str, ...]] = {
    "shows": ("id",),
    "seasons": ("id", "show_id"),
    "episodes": ("id", "show_id"),
    "people": ("id",),
    "networks": ("id",),
    "companies": ("id",),
    "watch_providers": ("id",),
    "external_ids": ("entity_id",),
    "aliases": ("entity_id",),
    "images": ("entity_id",),
    "show_labels": ("show_id",),
    "content_ratings": ("show_id",),
    "show_networks": ("show_id", "network_id"),
    "show_companies": ("show_id", "company_id"),
    "show_watch_providers": ("show_id",),
    "credits": ("show_id", "person_id"),
    "credit_counts": ("show_id", "person_id"),
    "list_items": ("show_id",),
    "episode_groups": ("show_id",),
    "episode_group_items": ("show_id",),
    "appearances": ("show_id", "person_id", "episode_id"),
    "show_wikis": ("show_id",),
    "wiki_pages": ("entity_id",),
    "page_texts": ("entity_id",),
    "relations": ("person_id",),
    "reunion_seats": ("person_id",),
    "cast_roles": ("show_id", "person_id"),
}
"""Each watched table of `core`, and the columns that hold the entities whose change a row of it is."""

NOTE_CHANGES = """
create function ops.note_changes() returns trigger language plpgsql as $body$
declare
    owner text;
    owners text[] := string_to_array(tg_argv[0], ',');
    keys text;
    fields text;
    touched text := '';
begin
    perform pg_advisory_xact_lock(7465001);
    if tg_op = 'UPDATE' then
        select string_agg(format('n.%1$I = o.%1$I', a.attname), ' and ')
        into keys
        from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
        where i.indrelid = tg_relid and i.indisprimary;
        select 'array_remove(array[' || string_agg(
                   format('case when n.%1$I is distinct from o.%1$I then %1$L end', a.attname), ', ') || '], null)'
        into fields
        from pg_attribute a where a.attrelid = tg_relid and a.attnum > 0 and not a.attisdropped;
        foreach owner in array owners loop
            touched := touched || case when touched = '' then '' else ' union all ' end || format(
                'select unnest(array[n.%1$I, o.%1$I]) as id, %2$s as fields from new_rows n join old_rows o on %3$s',
                owner, fields, keys);
        end loop;
        touched := 'select t.id, array_agg(distinct f.field) as fields from (' || touched || ') t'
            || ' cross join lateral unnest(t.fields) as f(field) group by t.id';
    else
        foreach owner in array owners loop
            touched := touched || case when touched = '' then '' else ' union ' end || format(
                'select distinct %I as id, ''{}''::text[] as fields from %I', owner,
                case tg_op when 'INSERT' then 'new_rows' else 'old_rows' end);
        end loop;
    end if;
    execute format($$
        with touched as materialized (%s),
        raised as (
            update core.entities e set version = e.version + 1, touched_by = pg_current_xact_id()
            from touched t where e.id = t.id and e.touched_by <> pg_current_xact_id()
        )
        insert into ops.changes as c (entity_id, table_name, actions, fields)
        select t.id, %L, array[%L], t.fields from touched t where t.id is not null order by t.id
        on conflict (entity_id, table_name, transaction) do update set
            actions = array(select distinct unnest(c.actions || excluded.actions) order by 1),
            fields = array(select distinct unnest(c.fields || excluded.fields) order by 1)
        where not (c.actions @> excluded.actions and c.fields @> excluded.fields)
    $$, touched, tg_table_name, lower(tg_op));
    return null;
end
$body$
"""

NOTE_FATE = """
create function ops.note_fate() returns trigger language plpgsql as $body$
begin
    perform pg_advisory_xact_lock(7465001);
    if new.touched_by <> pg_current_xact_id() then
        new.version := old.version + 1;
        new.touched_by := pg_current_xact_id();
    end if;
    insert into ops.changes as c (entity_id, table_name, actions, fields)
    values (new.id, 'entities', array['update'], array_remove(array[
        case when new.removed_at is distinct from old.removed_at then 'removed_at' end,
        case when new.merged_into is distinct from old.merged_into then 'merged_into' end], null))
    on conflict (entity_id, table_name, transaction) do update set
        fields = array(select distinct unnest(c.fields || excluded.fields) order by 1);
    return new;
end
$body$
"""

FATE_TRIGGER = """
create trigger note_fate before update of removed_at, merged_into on core.entities for each row
when (old.removed_at is distinct from new.removed_at or old.merged_into is distinct from new.merged_into)
execute function ops.note_fate()
"""


def triggers(table: str) -> list[str]:
    """The statements that put a table of `core` under the feed's watch."""
    images = {
        "insert": "referencing new table as new_rows",
        "update": "referencing old table as old_rows new table as new_rows",
        "delete": "referencing old table as old_rows",
    }
    return [
        f"create trigger note_{event} after {event} on core.{table} {rows} for each statement"
        f" execute function ops.note_changes('{','.join(OWNERS[table])}')"
        for event, rows in images.items()
    ]
