"""Which of a person's images is the picture: the one rule, as an order of rows of `core.images`.

An editor's choice (the fact `profile_image_id`, which may also say: none) comes before the rule. By the rule only portraits
that a source still lists are looked at: first by source, in the order below, then the one with most votes, then the best
rated, then the largest, then the source's name of it, so that the choice never hangs on chance.
"""

from models.entities import Source

SOURCES: tuple[Source, ...] = (Source.EDITOR, Source.TMDB, Source.IMDB, Source.FANDOM, Source.WIKIDATA)
"""Whose portraits come first: TMDb's are chosen by votes and meant to be shown; a wiki's are often scenes."""

_ORDER = ", ".join(f"'{source}'" for source in SOURCES)

BEST_PORTRAIT_FIRST = f"""
    array_position(array[{_ORDER}]::text[], {{image}}.source), {{image}}.vote_count desc nulls last,
    {{image}}.vote_average desc nulls last, {{image}}.width * {{image}}.height desc nulls last,
    {{image}}.source_id, {{image}}.id"""
"""To be formatted with the name that the query has for `core.images`."""
