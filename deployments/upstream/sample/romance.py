"""The sample's dating show."""

from deployments.upstream.catalogue.model import Group
from deployments.upstream.sample.authoring import season, show

ISLA = show(
    5,
    "Isla Corazón",
    imdb=5,
    overview="Ten days, one island and a boat that takes somebody home every other evening. Love is optional; sunscreen is not.",
    tagline="Pack light.",
    homepage="https://isla-corazon.example/",
    networks=["Lantern Network", "Harbour Four"],
    companies=["Second Helping Productions"],
    keywords=["dating", "island"],
    ratings={"US": "TV-14", "GB": "15", "SE": "11"},
    titles=[("US", "Isla Corazon", ""), ("US", "Heart Island", "working title"), ("GB", "Isla Corazón USA", "")],
    offers={
        "US": {"flatrate": ["Lantern Go", "Streamwell"]},
        "GB": {"free": ["Harbour Player"]},
        "AU": {"rent": ["Kiosk Video"], "buy": ["Kiosk Video"]},
    },
    groups=[Group("Nights", "Grouped by night on the island.", 5, "pairs")],
    runtime=51,
    cast="""
        Paloma Reyes-Hart | Self - Host
        Talia Brooke | Self - Islander | 1
        Milo Santangelo | Self - Islander | 1
        Jace Rowan | Self - Islander | 1:6
        Kendra Voss | Self - Islander | 1:5
        Ash Whitlock | Self - Islander | 2
        Noor Haddad | Self - Islander | 2
        Dante Rivers | Self - Islander | 2
        Cassidy Lane | Self - Islander | 2:4
        Lior Ben-Ami | Self - Islander | 2:3
    """,
    crew="Rosalind Ong | Executive Producer",
    directors=["Ellis Marchbanks", "Tobias Fairweather"],
    seasons=[
        season(
            1,
            "2020-07-06",
            "Four islanders and a villa with one bathroom.",
            """
            Arrivals | Everyone dives, nobody swims.
            The First Fire | Paloma explains the boat.
            Tide Pools | Talia names eleven snails and one intention.
            One Bathroom | A timetable is drawn up and ignored.
            Kendra's Boat | She waves first.
            The Climb | Jace goes up a cliff and comes down with a decision.
            Letters from Home | Milo's mother has written to Talia. | Trudy Vance (Self - Reader)
            The Last Fire | Two people leave on one boat.
            """,
            days=2,
        ),
        season(
            2,
            "2021-07-05",
            "Five islanders, still one bathroom.",
            """
            Check | Ash brings a chessboard.
            Prescription | Noor diagnoses the villa.
            Percussion | Dante is told about quiet hours.
            Nashville by Night | Cassidy sings; the boat is early.
            Old Flames | A winner comes back to give advice. | Talia Brooke
            The Bathroom | There is a second one. It was locked.
            Endgame | Somebody resigns.
            Two by Two | The boat has room for two. | Milo Santangelo; Talia Brooke
            """,
            days=2,
        ),
    ],
)

SHOWS = (ISLA,)
