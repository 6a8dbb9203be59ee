"""IMDb's own names: `tt0944947` a title, `nm0227759` a person, `ls058813108` a list, `rm1137352192` an image. Pure."""

import re

_LIST = re.compile(r"(?<![a-z0-9])ls\d+")


def parse_imdb_list_id(reference: str) -> str:
    """The id in a list's id or address; share links work too.

    Raises:
        ValueError: there is none in it.
    """
    if match := _LIST.search(reference):
        return match[0]
    raise ValueError(f"{reference!r} is no IMDb list; give its id (ls058813108) or its address")
