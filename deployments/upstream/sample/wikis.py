"""The wikis of the sample: three hosts that nobody has, with articles about some of its people and shows.

Told here: a redirect, an article about somebody else of the same name (Lorna Finch), an article that only search finds
(Theo Castellane's, under his nickname), and details that differ from what the other upstreams say.
"""

from collections.abc import Mapping

from deployments.upstream.catalogue.articles import Article, Profile, Seat, Tagline, person_article, show_article
from deployments.upstream.catalogue.wiki_markup import Link, link

LADIES, HILL, ISLA = "fictional-ladies.fandom.com", "fictional-hill.fandom.com", "fictional-isla.fandom.com"
BAY, CANYON = "The Ladies of Larkspur Bay", "The Ladies of Copper Canyon"
REALTY, ISLAND = "Glass Hill Realty", "Isla Corazón"

PROFILES: Mapping[str, tuple[Profile, ...]] = {
    LADIES: (
        Profile(
            "Delphine Astor-Quist",
            BAY,
            f"is an original cast member of <i>{link(BAY)}</i>. She gives parties on boats and forgives nobody on land.",
            full_name="Delphine Marguerite\nAstor-Quist",
            born="February 14, 1967 (Age 59)",
            gender="Female",
            resides="Larkspur Bay, California",
            occupation="Chairwoman",
            romances=(Link("Gus Astor-Quist", "Husband"),),
            family=(Link("Ottoline Quist", "Aunt", linked=False),),
            friends=(Link("Kit Abernathy"), Link("Vivica Strand")),
            enemies=(Link("Renata Solis"), Link("Odette Marchetti")),
            main="1–",
            text="She was asked to the bay's first season because the ferry was hers, and stayed because the feud was too.",
            taglines=(
                Tagline(1, "1/4", "I don't make waves. I own them."),
                Tagline(2, "1/5", "The tide comes in when I say so."),
                Tagline(6, "1/5", "Ten years on deck, and still nobody's crew."),
            ),
            seats=(Seat(1, "Left", "1/2"), Seat(2, "Right", "1/3")),
            trivia=("She is the only Lady who is in every season.", "Her ferry has been christened twice."),
            gallery=2,
        ),
        Profile(
            "Renata Solis",
            BAY,
            f"was a main cast member of <i>{link(BAY)}</i> and moved to <i>{link(CANYON)}</i>.",
            full_name="Renata Solis",
            born="September 30, 1972",
            gender="Female",
            resides="Copper Canyon, Arizona",
            occupation="Hotelier",
            friends=(Link("Kit Abernathy"),),
            enemies=(Link("Delphine Astor-Quist"),),
            main="1–4",
            taglines=(Tagline(1, "2/4", "Check-in is at three. Check yourself before."),),
            trivia=("The only Lady of two towns.",),
            gallery=1,
            categories=(CANYON,),
        ),
        Profile(
            "Kit Abernathy",
            BAY,
            f"is a main cast member of <i>{link(BAY)}</i>, whose garden is better kept than her secrets.",
            full_name="Katherine Abernathy",
            born="April 1980",
            gender="Female",
            resides="Unknown",
            friends=(Link("Delphine Astor-Quist"), Link("Renata Solis")),
            main="1–",
            seats=(Seat(1, "Right", "2/2"),),
        ),
        Profile(
            "Gus Astor-Quist",
            BAY,
            f"is the husband of {link('Delphine Astor-Quist')} and a guest of <i>{link(BAY)}</i>.",
            born="1961",
            gender="Male",
            romances=(Link("Delphine Astor-Quist", "Wife"),),
            guest="1–6",
        ),
        Profile(
            "Lorna Finch",
            "The Harbour Desk",
            f"was a newsreader of <i>{link('The Harbour Desk')}</i>. She is not the Lorna Finch with the spare keys.",
            full_name="Lorna Beatrice Finch",
            born="May 9, 1941",
            gender="Female",
            occupation="Newsreader",
        ),
    ),
    HILL: (
        Profile(
            "Marla Vance",
            REALTY,
            f"founded the brokerage of <i>{link(REALTY)}</i> and is in every season of it.",
            full_name="Marla Josephine Vance",
            born="March 22, 1974 (Age 52)",
            gender="Female",
            resides="Glass Hill",
            occupation="Broker",
            family=(Link("Trudy Vance", "Daughter"),),
            friends=(Link("Priya Anand-Holt"),),
            enemies=(Link("Theodore Castellane"),),
            main="1–",
            trivia=("Her first office was the boot of a car.",),
            gallery=1,
        ),
        Profile(
            "Theodore Castellane",
            REALTY,
            f"is an agent of <i>{link(REALTY)}</i>, better known as Theo Castellane.",
            full_name="Theodore Castellane",
            born="November 4, 1986",
            gender="Male",
            main="1–3",
        ),
        Profile(
            "Alex Kim",
            REALTY,
            f"is a client and later a colleague in <i>{link(REALTY)}</i>.",
            full_name="Alex Kim",
            born="June 16, 1991",
            gender="Male",
            guest="1–3",
        ),
    ),
    ISLA: (
        Profile(
            "Jace Rowan",
            ISLAND,
            f"was an islander of season one of <i>{link(ISLAND)}</i>. He entered first and left alone.",
            born="September 9, 1996",
            gender="Male",
            resides="Boulder, Colorado",
            occupation="Climbing Instructor",
            stay=("Day 1", "Day 11", "Walked"),
        ),
        Profile(
            "Ash Whitlock",
            ISLAND,
            f"was an islander of season two of <i>{link(ISLAND)}</i> and won most games of chess there.",
            born="February 2, 1998",
            gender="Non-binary",
            resides="Bristol, England",
            occupation="Chess Tutor",
            stay=("Day 1", "Day 15", "Finalist"),
        ),
    ),
}
SHOWS: Mapping[str, tuple[tuple[str, str, tuple[str, ...], str], ...]] = {
    LADIES: (
        (
            BAY,
            "is about five women and a ferry.",
            ("Delphine Astor-Quist", "Renata Solis", "Kit Abernathy", "Odette Marchetti"),
            "Meridian TV",
        ),
        (CANYON, "is about neighbours and a well.", ("Renata Solis",), "Meridian TV"),
    ),
    HILL: ((REALTY, "is about people who sell windows.", ("Marla Vance", "Theodore Castellane"), "Meridian TV"),),
    ISLA: ((ISLAND, "is about ten days and one boat.", ("Jace Rowan", "Ash Whitlock"), "Lantern Network"),),
}
REDIRECTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    LADIES: (("Katherine Abernathy", "Kit Abernathy"), ("Delphine", "Delphine Astor-Quist"), ("LLB", BAY)),
    HILL: (("GHR", REALTY),),
    ISLA: (("Isla Corazon", ISLAND),),
}


def articles(wiki: str) -> dict[str, Article]:
    """All articles of a wiki, by title."""
    found = [person_article(wiki, profile) for profile in PROFILES[wiki]]
    found += [show_article(wiki, *show) for show in SHOWS[wiki]]
    found += [Article(title, redirect=target) for title, target in REDIRECTS[wiki]]
    return {article.title: article for article in found}


WIKIS = {wiki: articles(wiki) for wiki in PROFILES}

SHOW_ARTICLES = {
    "tt990000001": f"fictional-hill:{REALTY}",
    "tt990000002": f"fictional-ladies:{BAY}",
    "tt990000003": f"fictional-ladies:{CANYON}",
    "tt990000005": f"fictional-isla:{ISLAND}",
}
"""What Wikidata says are the articles of shows, by IMDb id."""

PERSON_ARTICLES = {
    "Delphine Astor-Quist": "fictional-ladies:Delphine Astor-Quist",
    "Marla Vance": "fictional-hill:Marla Vance",
    "Renata Solis": "fictional-ladies:Renata Solis",
}
"""What Wikidata says are the articles of people, by name."""
