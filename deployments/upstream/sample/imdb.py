"""What IMDb says of the sample: its lists, titles that only it has, and where it differs from TMDb.

Told here: eleven episodes where TMDb has ten, the first of them number 0; an episode and a season that only IMDb has; one
of no known season; other titles, words and dates; old footage, a credit without a name, two of one name in a show.
"""

from collections.abc import Mapping

from deployments.upstream.catalogue import imdb_facts as facts
from deployments.upstream.catalogue.imdb_facts import ARCHIVE, CATEGORIES, SELF, Part
from deployments.upstream.catalogue.imdb_model import Differs, ImdbList, More, MoreCredit
from deployments.upstream.catalogue.model import Person, Show
from deployments.upstream.sample.authoring import season, show
from deployments.upstream.sample.people import named
from deployments.upstream.source import Body

FILM, PILOT_LIGHT, KITCHEN_WARS = "tt990000016", "tt990000015", "tt990000013"
FIRST_EPISODE, FIRST_MORE = 9901_00000, 9902_00000
"""Episodes' ids are `tt9901…` and what stands in TMDb's after 9003; those only IMDb has are `tt9902…`."""

LISTS = {
    found.id: found
    for found in (
        ImdbList(
            "ls990000001",
            "Reality on IMDb",
            "Invented shows, and a film.",
            (
                ("tt990000002", "The ferry first."),
                ("tt990000001", None),
                ("tt990000005", "Chess and cliffs."),
                (FILM, "The ferry film."),
                (PILOT_LIGHT, "TMDb has not heard of it."),
                ("tt990000006", None),
                ("tt990000009", None),
            ),
        ),
        ImdbList("ls990000002", "A short list", "", (("tt990000004", None), ("tt990000001", "Again."))),
        ImdbList("ls990000003", "An empty list", "Nothing yet.", ()),
    )
}

ONLY_IMDB = {
    PILOT_LIGHT: show(
        98,
        "Pilot Light",
        imdb=15,
        overview="Four tenants share one stove and a meter that takes coins.",
        cast="""
            Barnaby Stokes | Self - Tenant
            Emmett Reed | Self - Tenant | 1:2
        """,
        seasons=[
            season(
                1,
                "2025-02-02",
                "",
                """
                Coins | The meter stops.
                Blue Flame | The meter starts.
                Soup | Enough for three.
                Landlord | He smells it. | Ozzie Kaplan
                """,
            )
        ],
    ),
    KITCHEN_WARS: show(
        99,
        "Kitchen Wars",
        imdb=13,
        overview="Two kitchens, one pass, and a bell that nobody obeys.",
        seasons=[season(1, "2016-05-09", "", "Starters |\nMains |\nPudding |")],
        status="Ended",
    ),
}
"""Shows that TMDb does not have, or not under this name."""


def more(number: int, season: int | None, episode: int | None, name: str, **facts: str) -> More:
    return More(f"tt{FIRST_MORE + number}", season, episode, name, facts.get("overview", ""), facts.get("air_date"))


DIFFERS: Mapping[str, Differs] = {
    "tt990000001": Differs(
        name="Glass Hill Realty: The Steepest Street",
        plot="Marla Vance's agents sell windows with houses behind them.",
        rating=(7.4, 2210),
        words={
            (1, 1): {"name": "Keys", "overview": "A listing is signed and its keys are gone."},
            (1, 3): {"air_date": "2019-04-17"},
        },
        credits=(
            MoreCredit(named("Marla Vance").id, Part(ARCHIVE, ("Self",), attributes=("archive footage",)), ((2, 2),)),
            MoreCredit(
                named("Marla Vance").id, Part(CATEGORIES["producer"], job="co-executive producer"), ((3, 1), (3, 2))
            ),
            MoreCredit(named("Trudy Vance").id, Part(SELF, ("Self",), attributes=("uncredited",)), ((2, 1),)),
        ),
        without=(0,),
        images=60,
    ),
    "tt990000002": Differs(rating=(6.9, 5120)),
    "tt990000003": Differs(rating=(6.6, 1410)),
    "tt990000004": Differs(
        words={(1, 2): {"name": '"Smoke"'}},
        more=(more(41, 3, 6, "Embers of the Embers", overview="What fell off the plate.", air_date="2021-07-08"),),
    ),
    "tt990000006": Differs(
        rating=(7.0, 880),
        more=(more(61, 1, 0, "Unaired Pilot", overview="One chair, no bell & no guests."),),
    ),
    "tt990000007": Differs(
        more=(
            more(71, 3, 1, "The Shed", overview="Nobody asked for it.", air_date="2018-01-08"),
            more(72, 3, 2, "The Other Shed", air_date="2018-01-15"),
        )
    ),
    "tt990000009": Differs(more=(more(91, None, None, "A Christmas Hem", air_date="2021-12-24"),)),
    "tt990000010": Differs(rating=(7.2, 640), without=(3,)),
    "tt990000011": Differs(kind="tvMiniSeries", rating=(8.1, 390)),
    KITCHEN_WARS: Differs(rating=(5.8, 75)),
}

NAMES = {"Coco Delacroix-Reyes": "Colette Delacroix-Reyes", "Mags Oyelaran": "Marguerite Oyelaran"}
"""Whom IMDb calls otherwise."""

FILMS: Mapping[str, Body] = {
    FILM: {
        "id": FILM,
        "titleText": {"text": "The Ferry That Stayed"},
        "originalTitleText": {"text": "The Ferry That Stayed"},
        "titleType": facts.title_type("movie"),
        "releaseYear": {"year": 2019, "endYear": None},
        "releaseDate": facts.date_parts("2019-11-01"),
        "runtime": {"seconds": 88 * 60},
        "plot": facts.plot("A documentary about the last boat of an invented bay."),
        "ratingsSummary": {"aggregateRating": 6.5, "voteCount": 12},
        "certificate": None,
        "titleGenres": {"genres": [{"genre": {"text": "Documentary"}}]},
        "primaryImage": None,
        "series": None,
        "countriesOfOrigin": {"countries": [{"id": "US"}]},
        "keywords": ["ferry"],
        "interests": ["Documentary"],
        "isOngoing": False,
    }
}


def episode_id(show: Show, season: int, number: int, tmdb_id: int) -> str:
    """An episode's id: as its TMDb id is counted, which stays below a hundred thousand."""
    return f"tt{FIRST_EPISODE + tmdb_id - 900300001}"


def series_of(imdb_id: str) -> str | None:
    """The series that an episode's id belongs to."""
    number = int(imdb_id[2:])
    if FIRST_MORE <= number < FIRST_MORE + 1000:
        return f"tt99000{(number - FIRST_MORE) // 10:04}"
    shows = {98: PILOT_LIGHT, 99: KITCHEN_WARS}
    place = (number - FIRST_EPISODE) // 1000
    return shows.get(place) or (f"tt9900{place:05}" if 0 < place < 98 else None)


def name_of(person: Person) -> str:
    return NAMES.get(person.name, person.name)
