"""The headings of credits, as the words that IMDb uses of one person: `Produced by` and `Producers` are a Producer. Pure."""

CAST, SELF = "Cast", "Self"

_ONE = {
    "directors": "Director",
    "directed by": "Director",
    "series directed by": "Director",
    "writers": "Writer",
    "writing credits": "Writer",
    "series writing credits": "Writer",
    "series cast": CAST,
    "producers": "Producer",
    "produced by": "Producer",
    "series produced by": "Producer",
    "composers": "Composer",
    "music by": "Composer",
    "cinematographers": "Cinematographer",
    "cinematography by": "Cinematographer",
    "editors": "Editor",
    "film editing by": "Editor",
    "editing by": "Editor",
    "casting": "Casting Director",
    "casting by": "Casting Director",
    "casting directors": "Casting Director",
    "production designers": "Production Designer",
    "production design by": "Production Designer",
    "art directors": "Art Director",
    "art direction by": "Art Director",
    "set decorators": "Set Decorator",
    "set decoration by": "Set Decorator",
    "costume designers": "Costume Designer",
    "costume design by": "Costume Designer",
    "production management": "Production Manager",
    "production managers": "Production Manager",
    "second unit directors or assistant directors": "Assistant Director",
    "second unit director or assistant director": "Assistant Director",
    "second unit directors or assistant director": "Assistant Director",
    "special effects by": "Special Effects",
    "visual effects by": "Visual Effects",
    "makeup department": "Makeup Department",
    "other crew": "Additional Crew",
    "miscellaneous": "Additional Crew",
    "creators": "Creator",
    "created by": "Creator",
}

_OF_ID = {
    "director": "Director",
    "writer": "Writer",
    "cast": CAST,
    "producer": "Producer",
    "composer": "Composer",
    "cinematographer": "Cinematographer",
    "editor": "Editor",
    "casting_director": "Casting Director",
    "production_designer": "Production Designer",
    "art_director": "Art Director",
    "set_decorator": "Set Decorator",
    "costume_designer": "Costume Designer",
    "production_manager": "Production Manager",
    "assistant_director": "Assistant Director",
    "miscellaneous": "Additional Crew",
    "self": SELF,
    "creator": "Creator",
}


def category(heading: str, id: str | None = None) -> str:
    """The words for one person of a category."""
    words = " ".join(heading.split()).removesuffix(":")
    if known := _OF_ID.get(id or ""):
        return known
    folded = words.casefold()
    # `Series Makeup Department` is what a series calls its Makeup Department.
    return _ONE.get(folded) or _ONE.get(folded.removeprefix("series "), words.removeprefix("Series "))
