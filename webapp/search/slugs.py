"""Which show or person a slug leads to.

In this order: who has or had it; whom the digits behind `--` name; who is also called so, the best known first.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from db.slugs import TABLES
from models.entities import Kind
from webapp.errors import Renamed
from webapp.fragments import living
from webapp.reading import Answer, Reading, json_of

_NUMBERED = re.compile(r"(.*)--([0-9a-f]{8})")

_IN_SHOW = """exists (select from core.credits credit
                   where credit.person_id = led.id and credit.show_id = cast(:show_id as uuid)) desc, """
"""Of several who go by it, those who are in the show that was named come first."""


@dataclass(frozen=True)
class SlugReading(Reading):
    """A reading of where a slug leads."""

    def answer(self, known: str = "") -> Answer:
        """Run it.

        Raises:
            Renamed: it was a slug of theirs, and they have another now.
            NotFound: it leads nowhere.
        """
        answer = super().answer(known)
        if answer.body is not None and (now := json.loads(answer.body).get("renamed")):
            raise Renamed(now)
        return answer


@cache
def _body(kind: Kind, id_: str, name: str) -> str:
    return f"""
select case when led.way = 1 and named.slug <> :slug then json_build_object('renamed', named.slug)
            else json_build_object('{id_}', led.id, 'slug', cast(:asked as text), 'canonical_slug', named.slug,
                                   '{name}', named.name) end
from (
    select entity_id as id, 1 as way, 0 as weight from core.slugs where kind = '{kind}' and slug = :slug
    union all
    select coalesce(numbered.merged_into, numbered.id), 2, 0
    from core.entities numbered
    join {TABLES[kind]} called on called.id = numbered.id and core.slug(called.name) = :words
    where cast(:first as uuid) is not null and numbered.kind = '{kind}'
          and numbered.id between cast(:first as uuid) and cast(:last as uuid)
    union all
    select entity_id, 3, weight from core.search_terms
    where kind = '{kind}' and origin <> 'initialism' and term = replace(:slug, '-', ' ')
) led
join {TABLES[kind]} named on named.id = led.id
join core.entities entity on entity.id = led.id and {living("entity")}
order by {_IN_SHOW if kind is Kind.PERSON else ""}led.way, led.weight desc, led.id
limit 1"""


def show(slug: str) -> Reading:
    """The show that a slug leads to."""
    return _resolved(_body(Kind.SHOW, "show_id", "show_name"), "Show not found", slug)


def person(slug: str, show_id: UUID | None = None) -> Reading:
    """The person that a slug leads to."""
    return _resolved(_body(Kind.PERSON, "person_id", "full_name"), "Person not found", slug, show_id=show_id)


def _resolved(body: str, lacks: str, asked: str, **context: Any) -> Reading:
    slug = asked.lower()
    numbered = _NUMBERED.fullmatch(slug)
    words, digits = numbered.groups() if numbered else ("", "")
    context |= (
        {"first": UUID(digits.ljust(32, "0")), "last": UUID(digits.ljust(32, "f"))}
        if digits
        else {"first": None, "last": None}
    )
    return SlugReading(**vars(json_of(body, lacks=lacks, asked=asked, slug=slug, words=words, **context)))
