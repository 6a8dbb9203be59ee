"""Words the generator makes names, titles and sentences of."""

import random


def words(text: str) -> list[str]:
    return text.split()


FIRST_NAMES = words(
    "Ada Alma Amara Anton Arlo Asha Aurel Bella Bruno Carmen Cass Clara Cleo Conrad Dalia Darius Delia Dina Edgar Elena "
    "Elias Esme Ezra Fatima Felix Fern Flora Freddie Gina Greta Hal Hazel Hugo Ida Ines Iris Ivo Jada Jasper Jules Kai "
    "Kamala Karim Lena Leo Linus Lola Lucian Mabel Mara Marco Mina Moses Nell Nico Nora Odin Olga Omar Otis Paz Petra "
    "Quinn Rafe Rhea Rita Roman Rosa Rufus Sami Selma Silas Sol Stella Tariq Tess Theo Uma Vera Viggo Wanda Xenia Yara Zeno"
)
LAST_NAMES = words(
    "Abelard Adair Amberley Arkwright Ashgrove Balfour Barrow Beaumont Bellweather Birch Blackwood Bramley Brook Calder "
    "Carrow Castle Chandler Cordova Crane Dale Darrow Devereaux Drummond Eastlake Elmore Everhart Fairbanks Falk Fenwick "
    "Foxley Galloway Garland Glenn Greaves Hadley Halloran Harker Hartwell Hawthorne Ingram Ivers Jarrow Kestrel Kirkby "
    "Lachlan Lark Linden Lowell Maddox Marlow Merrow Morrow Nash Nightingale Norwood Oakley Orchard Paxton Pemberton "
    "Quill Radley Ravenel Redfern Rivera Sable Santoro Sinclair Sorrel Stone Tallow Thorne Tremont Underhill Vale Vance "
    "Waverly Westlake Whitmore Wilder Winslow Wren Yardley York Zeller"
)
PLACES = ("Port Invention, USA", "New Example, USA", "Fable Springs, USA", "Upper Sample, UK", "Nowhere Bay, Australia")
LIVES = (
    "came to television by way of a bakery.",
    "is known for arriving early and leaving late.",
    "keeps bees, grudges and very good notes.",
    "won a prize once and mentions it twice.",
)
CHARACTERS = ("Self", "Self", "Self", "Self - Host", "Self - Contestant", "Self - Judge", "Self - Agent")
KEYWORDS = (
    *("competition", "cooking", "dating", "docusoap", "family"),
    *("fashion", "friendship", "real estate", "renovation", "survival"),
)
KINDS = (
    "Kitchen",
    "House",
    "Island",
    "Garden",
    "Workshop",
    "Harbour",
    "Ranch",
    "Studio",
    "Hotel",
    "Market",
    "Orchard",
    "Road",
)
MOODS = (
    "Golden",
    "Restless",
    "Hidden",
    "Second",
    "Northern",
    "Painted",
    "Honest",
    "Borrowed",
    "Quiet",
    "Grand",
    "Velvet",
    "Open",
)
DEEDS = ("argues about", "sells", "rebuilds", "loses", "discovers", "inherits", "paints", "burns", "auctions", "hides")
THINGS = (
    "a boat",
    "the last table",
    "a recipe",
    "two keys",
    "the long fence",
    "a wedding cake",
    "the wrong door",
    "a secret",
)


def title(chance: random.Random, number: int) -> str:
    """A show's title; the number keeps it from being another's."""
    shape = chance.choice(("The {} {}", "{} {}", "{} {} Nights", "My {} {}"))
    return f"{shape.format(chance.choice(MOODS), chance.choice(KINDS))} {number + 1}"


def episode_title(chance: random.Random) -> str:
    return f"{chance.choice(MOODS)} {chance.choice(KINDS)}, {chance.choice(THINGS)}"


def tagline(chance: random.Random) -> str:
    return f"Nobody {chance.choice(DEEDS)} {chance.choice(THINGS)} alone."


def sentence(chance: random.Random) -> str:
    """What happens, in one sentence or two."""
    opening = f"{chance.choice(FIRST_NAMES)} {chance.choice(DEEDS)} {chance.choice(THINGS)}"
    first = f"{opening} before the {chance.choice(KINDS).lower()} opens."
    second = f" {chance.choice(FIRST_NAMES)} {chance.choice(DEEDS)} {chance.choice(THINGS)}."
    return first + (second if chance.random() < 0.5 else "")
