"""Words that the seeded catalogue's names, titles and sentences are made of. All of them invented."""

import random


def _words(text: str) -> list[str]:
    return text.split()


FIRST_NAMES = _words("""
    Ada Alma Amara Anton Arlo Asha Bella Bruno Carmen Clara Cleo Dalia Darius Dina Edgar Elena Elias Ezra Fatima
    Felix Flora Gina Greta Hazel Hugo Ines Iris Jada Jasper Kai Kamala Lena Leo Lola Mabel Marco Mina Nell Nico
    Nora Olga Otis Petra Quinn Rhea Rita Rosa Rufus Selma Silas Stella Tariq Tess Theo Vera Viggo Wanda Yara
    Zeno
""")
LAST_NAMES = _words("""
    Abelard Adair Arkwright Ashgrove Balfour Barrow Birch Blackwood Bramley Calder Castle Chandler Cordova Crane
    Darrow Drummond Eastlake Elmore Everhart Falk Fenwick Foxley Galloway Garland Greaves Hadley Halloran Harker
    Ingram Ivers Jarrow Kestrel Kirkby Lachlan Linden Lowell Maddox Marlow Merrow Nash Norwood Oakley Orchard
    Paxton Quill Radley Redfern Rivera Sable Santoro Sinclair Sorrel Tallow Thorne Tremont Vale Vance Waverly
    Wilder Wren Zeller
""")
ACCENTED = ("Zoë", "José", "Renée", "Søren", "Chloé", "Núria", "Jürgen", "Françoise")
PLACES = ("Port Invention, USA", "Fable Springs, USA", "Upper Sample, UK", "Nowhere Bay, Australia")
LIVES = ("came to television by accident.", "keeps bees and grudges.", "won a prize once.", "leaves every party last.")
CHARACTERS = ("Self", "Self", "Self", "Self - Host", "Self - Contestant", "Self - Judge")
KEYWORDS = ("competition", "cooking", "dating", "docusoap", "fashion", "friendship", "real estate", "survival")
GENRES = ("Reality", "Talk", "Documentary", "Comedy", "Family")
KINDS = ("Kitchen", "House", "Island", "Garden", "Workshop", "Harbour", "Ranch", "Studio", "Hotel", "Market")
MOODS = ("Golden", "Restless", "Hidden", "Second", "Northern", "Painted", "Honest", "Borrowed", "Velvet", "Open")
DEEDS = ("argues about", "sells", "rebuilds", "loses", "discovers", "inherits", "paints", "auctions", "hides")
THINGS = ("a boat", "the last table", "two keys", "the long fence", "a wedding cake", "the wrong door", "a secret")


def title(chance: random.Random, number: int) -> str:
    """A show's title; the number keeps it from being another's."""
    shape = chance.choice(("The {} {}", "{} {}", "{} {} Nights", "My {} {}"))
    return f"{shape.format(chance.choice(MOODS), chance.choice(KINDS))} {number + 1}"


def episode_title(chance: random.Random) -> str:
    """An episode's title; many are alike."""
    return f"{chance.choice(MOODS)} {chance.choice(KINDS)}, {chance.choice(THINGS)}"


def sentence(chance: random.Random) -> str:
    """What happens, in a sentence or two."""
    told = [f"{chance.choice(FIRST_NAMES)} {chance.choice(DEEDS)} {chance.choice(THINGS)}." for _ in range(2)]
    return " ".join(told[: chance.randint(1, 2)])
