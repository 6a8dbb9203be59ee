"""Words the generator makes names, titles and sentences of."""

import random
from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


def pick(chance: random.Random, among: Sequence[Thing]) -> Thing:
    """One of these; `random.choice` takes four times as long, and a generated show picks thousands."""
    return among[int(chance.random() * len(among))]


def words(text: str) -> list[str]:
    return text.split()


FIRST_NAMES = words(
    "Ada Alma Amara Anton Arlo Asha Aurel Bella Bruno Carmen Cass Clara Cleo Conrad Dalia Darius Delia Dina Edgar Elena "
    "Elias Esme Ezra Fatima Felix Fern Flora Freddie Gina Greta Hal Hazel Hugo Ida Ines Iris Ivo Jada Jasper Jules Kai "
    "Kamala Karim Lena Leo Linus Lola Lucian Mabel Mara Marco Mina Moses Nell Nico Nora Odin Olga Omar Otis Paz Petra "
    "Quinn Rafe Rhea Rita Roman Rosa Rufus Sami Selma Silas Sol Stella Tariq Tess Theo Uma Vera Viggo Wanda Xenia Yara Zeno "
    "Ángel Bjørn Chloë Dželila Éloïse François Göran Håkon İpek Jürgen Kąja Łucja Māra Noël Öykü Renée Søren Štěpán Thérèse "
    "Zoë"
)
LAST_NAMES = words(
    "Abelard Adair Amberley Arkwright Ashgrove Balfour Barrow Beaumont Bellweather Birch Blackwood Bramley Brook Calder "
    "Carrow Castle Chandler Cordova Crane Dale Darrow Devereaux Drummond Eastlake Elmore Everhart Fairbanks Falk Fenwick "
    "Foxley Galloway Garland Glenn Greaves Hadley Halloran Harker Hartwell Hawthorne Ingram Ivers Jarrow Kestrel Kirkby "
    "Lachlan Lark Linden Lowell Maddox Marlow Merrow Morrow Nash Nightingale Norwood Oakley Orchard Paxton Pemberton "
    "Quill Radley Ravenel Redfern Rivera Sable Santoro Sinclair Sorrel Stone Tallow Thorne Tremont Underhill Vale Vance "
    "Waverly Westlake Whitmore Wilder Winslow Wren Yardley York Zeller "
    "Åkesson Björklund Çelik Đorđević Ferreira-Pão Gómez Håkansson İnan Jørgensen Kovačić Łukasik Müller Núñez Ødegård "
    "Peña Řezníček Şahin Tóth Übelacker Žižek Ångström D’Amico O’Shea Ó-Briain Nguyễn Παππάς Соколова 田中 李 김"
)
STRIDE = 4_999
"""Prime to the number of names there are: neighbours do not share a first name."""
INITIALS = "ABCDEFGHJKLMNOPRSTVWYZ"
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
FOREIGN = {
    "de": ("Küchengeflüster", "Schöner scheitern", "Das große Aufräumen", "Hof über Bord"),
    "sv": ("Köksfrågan", "Vänner på ön", "Husbåt sökes", "Hjärtats öar"),
}
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


def person_name(number: int) -> str:
    """Another name for every number as far as the words go: first each first name with each last name, then with an initial."""
    middle, place = divmod(number, len(FIRST_NAMES) * len(LAST_NAMES))
    first, last = divmod(place * STRIDE % (len(FIRST_NAMES) * len(LAST_NAMES)), len(LAST_NAMES))
    initial = f" {INITIALS[(middle - 1) % len(INITIALS)]}." if middle else ""
    return f"{FIRST_NAMES[first]}{initial} {LAST_NAMES[last]}"


def title(chance: random.Random, number: int) -> str:
    """A show's title; the number keeps it from being another's."""
    shape = pick(chance, ("The {} {}", "{} {}", "{} {} Nights", "My {} {}"))
    return f"{shape.format(pick(chance, MOODS), pick(chance, KINDS))} {number + 1}"


def foreign_title(chance: random.Random, language: str, number: int) -> str:
    """A title in German or Swedish."""
    return f"{pick(chance, FOREIGN[language])} {number + 1}"


def episode_title(chance: random.Random) -> str:
    return f"{pick(chance, MOODS)} {pick(chance, KINDS)}, {pick(chance, THINGS)}"


def tagline(chance: random.Random) -> str:
    return f"Nobody {pick(chance, DEEDS)} {pick(chance, THINGS)} alone."


def sentence(chance: random.Random) -> str:
    """What happens, in one sentence or two."""
    opening = f"{pick(chance, FIRST_NAMES)} {pick(chance, DEEDS)} {pick(chance, THINGS)}"
    first = f"{opening} before the {pick(chance, KINDS).lower()} opens."
    second = f" {pick(chance, FIRST_NAMES)} {pick(chance, DEEDS)} {pick(chance, THINGS)}."
    return first + (second if chance.random() < 0.5 else "")


def numbers_of_name(name: str, limit: int) -> list[int]:
    """The numbers below the limit that `person_name` gives this name for."""
    names = len(FIRST_NAMES) * len(LAST_NAMES)
    first, _, rest = name.partition(" ")
    last = rest[3:] if rest[1:3] == ". " else rest
    if first not in FIRST_NAMES or last not in LAST_NAMES:
        return []
    product = FIRST_NAMES.index(first) * len(LAST_NAMES) + LAST_NAMES.index(last)
    place = product * pow(STRIDE, -1, names) % names
    return [number for number in range(place, limit, names) if person_name(number) == name]


def number_of_title(title: str) -> int:
    """The number at the end of a generated show's title; -1 where there is none."""
    digits = title.rpartition(" ")[2]
    return int(digits) - 1 if digits.isascii() and digits.isdigit() and len(digits) < 10 else -1
