"""Shapes that several resources share. Response shapes document the JSON that PostgreSQL builds; all their fields are there."""

from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validates_schema
from marshmallow.validate import Length, Range, Regexp
from werkzeug.routing import Map

from webapp.converters import Malformed, RefConverter
from webapp.paging import LONGEST, MOST

_HEX = "[0-9a-fA-F]"
REF = f"^([+-]?[0-9]+|{_HEX}{{32}}|{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}})$"
"""What `RefConverter` reads, as the document says it."""


class Page(Schema):
    """Which part of a list."""

    limit = fields.Integer(load_default=50, validate=Range(1, MOST), metadata={"description": "How many rows at most"})
    cursor = fields.String(
        load_default=None,
        validate=Length(1, LONGEST),
        metadata={"description": "Where to go on, as the `Link` of the page before says"},
    )
    offset = fields.Integer(
        load_default=0,
        validate=Range(0, 10_000),
        metadata={"description": "How many rows to pass over; `cursor` is quicker, and exact while rows come and go"},
    )

    @validates_schema
    def _begin_once(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("cursor") is not None and data.get("offset"):
            raise ValidationError("Not together with cursor.", "offset")


class Written(Regexp):
    """What a whole text has to match, in a pattern that means the same in Python as in JSON Schema (ECMA-262).

    Python's own anchors are told by nobody else: `\\Z` is a letter elsewhere, and `$` lets a last line feed pass here.
    """

    def __init__(self, pattern: str, *, error: str) -> None:
        super().__init__(f"^{pattern}$", error=error)

    def __call__(self, value: Any) -> Any:
        """Let it pass, or say what is wrong."""
        if self.regex.fullmatch(value) is None:
            raise ValidationError(self._format_error(value))
        return value


class Word(fields.String):
    """A short text without control characters, which PostgreSQL would refuse."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=Written(r"[^\x00-\x1f\x7f]{1,64}", error="Not a valid word."), **kwargs)


class Line(fields.String):
    """A line of text without control characters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=Written(r"[^\x00-\x1f\x7f]{1,100}", error="Not a line of text."), **kwargs)


class RefField(fields.String):
    """An id of ours, or a number of TMDb's."""

    def __init__(self, *, description: str) -> None:
        super().__init__(metadata={"description": description, "pattern": REF})

    def _deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> UUID | int:
        found = RefConverter(Map()).to_python(str(value))
        if isinstance(found, Malformed):
            raise ValidationError(found.why)
        return found


class Body(Schema):
    """A response. Every field is always there, what may be null says so, and more may come with later versions."""

    class Meta:
        unknown = EXCLUDE  # else the document would forbid further fields

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Require every field."""
        field_obj.required = True


class AliasSchema(Body):
    """Another name of a show or a person."""

    name = fields.String()
    country = fields.String(metadata={"description": "ISO 3166-1; empty where the source names none"})
    kind = fields.String(metadata={"description": "As the source calls it; often empty"})


class ImageSchema(Body):
    """An image; `url` is where to load it from: our mirror once it is there, else its source."""

    id = fields.UUID()
    source = fields.String()
    kind = fields.String()
    iso_639_1 = fields.String(allow_none=True)
    file_path = fields.String(metadata={"description": "What the source calls it"})
    url_original = fields.String(allow_none=True)
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)
    aspect_ratio = fields.Float(allow_none=True)
    url = fields.String()
    hosted_url = fields.String(allow_none=True)
    sha256 = fields.String(allow_none=True)
    content_type = fields.String(allow_none=True)
    vote_average = fields.Float(allow_none=True)
    vote_count = fields.Integer(allow_none=True)
    context = fields.String(
        allow_none=True,
        metadata={"description": "Where its page shows it: infobox, tagline, reunion, article or gallery"},
    )
    season_number = fields.Integer(allow_none=True, metadata={"description": "The season that its page shows it for"})
    caption = fields.String(allow_none=True)
    page_url = fields.String(allow_none=True, metadata={"description": "The page that shows it"})
    blurhash = fields.String(allow_none=True, metadata={"description": "A blur to show until it is loaded"})
    variants = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "Smaller ones by width in pixels: paths below the API's own address"},
    )


def slug() -> fields.String:
    """The words of its address."""
    return fields.String(metadata={"description": "The words of its address, which lead to it for ever"})


def external_ids() -> fields.Dict:
    """What others call it, by source (`imdb`, `tmdb`, `tvdb`, `wikidata` …), and social handles by platform."""
    return fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "Ids by source (imdb, tmdb, tvdb, wikidata …) and social handles by platform"},
    )


class DoneSchema(Body):
    """That something was done."""

    status = fields.String(metadata={"description": "What became of it, in words"})


DONE = {"status": "done"}
