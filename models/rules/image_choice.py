"""Which of an entity's images stands for it, as each kind of picture: the one rule, as an order of rows of `core.images`.

An editor's choice (the fact `poster_image_id` and the like, which may also say: none) comes before the rule; any image of the
entity may be chosen. By the rule only images of the kind that a source still lists are looked at. An editor's own come first.
Then, of posters and logos, English ones before those without words and other languages; of all others, those without words
first. Then by source, in the order below; then the one with most votes, the best rated, the largest; at last the source's
name of it, so that the choice never hangs on chance.
"""

from models.entities import Kind, Source
from models.images import ImageKind

PICTURES: dict[Kind, dict[str, ImageKind]] = {
    Kind.SHOW: {
        "poster_image_id": ImageKind.POSTER,
        "backdrop_image_id": ImageKind.BACKDROP,
        "logo_image_id": ImageKind.LOGO,
    },
    Kind.SEASON: {"poster_image_id": ImageKind.POSTER},
    Kind.EPISODE: {"still_image_id": ImageKind.STILL},
    Kind.PERSON: {"profile_image_id": ImageKind.PROFILE},
    Kind.NETWORK: {"logo_image_id": ImageKind.LOGO},
    Kind.COMPANY: {"logo_image_id": ImageKind.LOGO},
    Kind.PROVIDER: {"logo_image_id": ImageKind.LOGO},
}
"""The pictures that an entity has: the column of its shown row and the kind of image that it names."""

SOURCES: tuple[Source, ...] = (Source.TMDB, Source.IMDB, Source.FANDOM, Source.WIKIDATA)
"""Whose images come first: TMDb's are chosen by votes and meant to be shown; a wiki's are often scenes."""

WORDED: tuple[ImageKind, ...] = (ImageKind.POSTER, ImageKind.LOGO)
"""Kinds of image that have words on them, and are the better for it where a reader can read them."""

_ORDER = ", ".join(f"'{source}'" for source in SOURCES)
_WORDED = ", ".join(f"'{kind}'" for kind in WORDED)


def best_first(image: str) -> str:
    """The order, best first, of images of one kind; `image` is what the query calls `core.images`."""
    return f"""
        {image}.source <> 'editor',
        case when {image}.kind in ({_WORDED})
             then case when {image}.language = 'en' then 0 when {image}.language is null then 1 else 2 end
             else case when {image}.language is null then 0 when {image}.language = 'en' then 1 else 2 end end,
        array_position(array[{_ORDER}]::text[], {image}.source), {image}.vote_count desc nulls last,
        {image}.vote_average desc nulls last, {image}.width * {image}.height desc nulls last,
        {image}.source_id, {image}.id"""
