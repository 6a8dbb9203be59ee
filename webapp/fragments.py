"""Pieces of SQL that several resources share. Each is a lateral subquery that the including query names."""

from models.entities import Kind
from models.rules.image_choice import PICTURES, best_first
from models.rules.variants import WIDTHS


def living(entity: str) -> str:
    """That an entity neither left the catalogue nor became part of another."""
    return f"{entity}.removed_at is null and {entity}.merged_into is null"


def lives(id_: str) -> str:
    """The same of an id, for a query that looks through many: an index holds the few that are gone.

    It is not said by `not exists`, which PostgreSQL makes a join of: one that compares each with all that are gone, where it
    believes that these are as few as they were when it counted last.
    """
    return f"""(
        select gone.id from core.entities gone
        where gone.id = {id_} and (gone.removed_at is not null or gone.merged_into is not null)) is null"""


PLAIN = "(select lower(unaccent(cast(:q as text))))"
"""What is looked for as names are sorted. A query of its own, so that it is made once and not for each row."""


BEST_IMAGE_FIRST = best_first("image")

HOSTED_URL = "cast(:media as text) || '/' || asset.key"
IMAGE_URL = f"coalesce({HOSTED_URL}, image.url)"

_VARIANTS = f"""
    (select coalesce(json_object_agg(variant.w, '/media/' || asset.sha256 || '?w=' || variant.w order by variant.w), '{{}}')
     from unnest(array{list(WIDTHS)}) variant (w)
     where asset.content_type not in ('image/svg+xml', 'image/gif') and asset.animated is not true and asset.damage is null
           and variant.w < coalesce(asset.width, image.width))"""
"""One JSON object: where an image is smaller, by width; below the address that the API has itself."""

IMAGE_COLUMNS = f"""
    image.source, image.kind, image.language as iso_639_1, image.source_id as file_path, image.url as url_original,
    image.width, image.height, round(image.width :: numeric / nullif(image.height, 0), 3) as aspect_ratio,
    {IMAGE_URL} as url, {HOSTED_URL} as hosted_url, asset.sha256, asset.content_type, image.vote_average, image.vote_count,
    image.context, image.season_number, image.caption, image.page_url, asset.blurhash, {_VARIANTS} as variants"""


def pictures(kind: Kind, entity: str) -> str:
    """One row of `<kind of image>_url`: the public address of each picture that was chosen for an entity, null without one."""
    columns = ", ".join(
        f"coalesce(cast(:media as text) || '/' || {n}_asset.key, {n}.url) as {n}_url" for n in PICTURES[kind].values()
    )
    joins = " ".join(
        f"left join core.images {name} on {name}.id = {entity}.{column}"
        f" left join core.assets {name}_asset on {name}_asset.id = {name}.asset_id"
        for column, name in PICTURES[kind].items()
    )
    return f"(select {columns} from (values (1)) one {joins})"


def chosen_first(kind: Kind, entity: str) -> str:
    """That the row of `image` is one of the pictures that were chosen for an entity, as an order."""
    columns = ", ".join(f"{entity}.{column}" for column in PICTURES[kind])
    return f"(image.id in ({columns})) is true desc"


def logo(entity: str) -> str:
    """One row of the fields that a network, company or provider has about its logo; none without one."""
    return f"""(
        select case when image.source = 'tmdb' then image.source_id end as tmdb_logo_path,
               asset.key as logo_path, asset.key as hosted_logo_key, {HOSTED_URL} as hosted_logo_url,
               asset.sha256 as hosted_logo_sha256, asset.content_type as hosted_logo_content_type,
               asset.bytes as hosted_logo_bytes, cast(null as text) as hosted_logo_etag, asset.created_at as hosted_logo_at,
               {IMAGE_URL} as logo_url
        from core.images image left join core.assets asset on asset.id = image.asset_id
        where image.id = {entity}.logo_image_id)"""


LOGO_COLUMNS = ", ".join(
    f"logo.{name}"
    for name in (
        "tmdb_logo_path", "logo_path", "hosted_logo_key", "hosted_logo_url", "hosted_logo_sha256",
        "hosted_logo_content_type", "hosted_logo_bytes", "hosted_logo_etag", "hosted_logo_at", "logo_url",
    )
)  # fmt: skip


def partial_date(date: str, precision: str) -> str:
    """A date that may be known in part, as far as it is known: `1974`, `1974-12` or `1974-12-14`."""
    return f"left({date} :: text, case {precision} when 'year' then 4 when 'month' then 7 else 10 end)"


_HANDLES = {
    Kind.SHOW: ("facebook", "instagram", "twitter"),
    Kind.PERSON: ("facebook", "instagram", "twitter", "tiktok", "youtube"),
}


def external_ids(kind: Kind, entity: str) -> str:
    """One JSON object: what others call an entity, by source, and its social handles by platform."""
    handles = "".join(
        f" union all select '{name}', {entity}.{name}_id where {entity}.{name}_id is not null"
        for name in _HANDLES.get(kind, ())
    )
    return f"""(
        select coalesce(json_object_agg(named.source, named.value order by named.source), '{{}}')
        from (select source, value from core.external_ids
              where entity_id = {entity}.id and is_primary{handles}) named)"""


def aliases(entity: str) -> str:
    """One JSON list: an entity's other names."""
    return f"""(
        select coalesce(json_agg(alias order by alias.name, alias.country), '[]')
        from (select name, country, min(kind) as kind from core.aliases
              where entity_id = {entity}.id group by name, country) alias)"""


ROLE = """
    (select coalesce(string_agg(part.word, ' / ' order by part.billing nulls last, part.word), '')
     from (select coalesce(nullif(credit.character, ''), credit.job) as word, min(credit.billing_order) as billing
           from core.credits credit
           where credit.show_id = {show} and credit.person_id = {person} and credit.category = {category}
           group by 1) part
     where part.word is not null)"""
"""What a person does in a show: the characters, else the jobs, of every source."""
