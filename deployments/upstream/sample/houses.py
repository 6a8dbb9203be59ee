"""Sample shows about houses: a brokerage on a hill, a couple of builders, and an oyster house with rooms above it."""

from deployments.upstream.catalogue.model import Group
from deployments.upstream.sample.authoring import season, show

GLASS_HILL = show(
    1,
    "Glass Hill Realty",
    imdb=1,
    overview=(
        "On the steepest street of an invented coast, Marla Vance and her agents sell houses made mostly of windows. "
        "Everybody can see in, and nobody can keep a secret."
    ),
    tagline="Everything is listed.",
    homepage="https://glass-hill.example/",
    networks=["Meridian TV"],
    companies=["Long Driveway Pictures"],
    creators=["Nadia Ferreira-Cole"],
    keywords=["real estate", "rivalry", "docusoap"],
    ratings={"US": "TV-14", "GB": "12", "DE": "12", "AU": "M"},
    titles=[
        ("DE", "Glashügel – Villen mit Aussicht", ""),
        ("US", "GHR", "abbreviation"),
        ("FR", "La Colline de verre", ""),
    ],
    offers={
        "US": {"flatrate": ["Streamwell"], "buy": ["Kiosk Video"], "ads": ["Freebird TV"]},
        "GB": {"flatrate": ["Harbour Player", "Streamwell"]},
        "DE": {"rent": ["Kiosk Video"], "buy": ["Kiosk Video"]},
    },
    groups=[Group("Story order", "The first season as it happened, not as it aired.", 5, "retold")],
    posters=3,
    cast="""
        Marla Vance | Self - Broker | 0-3
        Theo Castellane | Self - Agent | 1 2:4 3
        Priya Anand-Holt | Self - Agent | 1-3
        Coco Delacroix-Reyes | Self - Stager | 1:5 2 3
        Jonah Weatherby | Self - Agent | 1-2
        Bram Holloway | Self - Agent | 1
        Sunny Okafor | Self - Agent | 2:3 3
    """,
    crew="Nadia Ferreira-Cole | Executive Producer | 0-3",
    directors=["Ellis Marchbanks", "Corinne Dubé"],
    seasons=[
        season(
            0,
            "2019-05-28",
            "Reunions and leftovers.",
            """
            Open House: The First Reunion | Bram brings a hammer to a talking show. | Trudy Vance; Bram Holloway
            Lost Keys | Scenes that were left in a drawer.
            """,
            days=400,
        ),
        season(
            1,
            "2019-04-02",
            "Marla opens her brokerage with five agents, one telephone and a view that keeps changing hands.",
            """
            The Keys to the Hill | Marla signs her first listing and loses the keys to it within the hour. | Trudy Vance
            Curb Appeal | Theo insists that a fountain sells a house. Priya insists that it leaks.
            A View of the Neighbours | Two clients discover that their living rooms face each other. | Alex Kim #2 (Self - Client)
            Offer and Counter-Offer | Coco stages a dinner to save a sale; the buyers stay for breakfast.
            Load-Bearing | Priya finds a crack, and not only in the wall.
            Closing Day | Bram makes up his mind. The hill says goodbye. | Trudy Vance
            """,
            posters=2,
        ),
        season(
            2,
            "2020-09-15",
            "Sunny arrives with a list of buyers, and Theo leaves with half of it.",
            """
            New Paint | A new agent, a new office and the same old view.
            Half a Duplex | Jonah sells one half of a house without asking the other.
            The Lady Buys a View | A hotelier from down the coast wants a penthouse by Friday. | Renata Solis (Self - Client)
            Escrow | Nothing happens, loudly.
            Rain Date | An open house under tarpaulin. | Alex Kim #2; Alex Kim (Self - Stylist)
            The Return of Theo | He forgot his umbrella, and his clients.
            """,
        ),
        season(
            3,
            "2022-03-08",
            "The market falls, the fog rises and Glass Hill looks for a second hill.",
            """
            Fog | Six showings in which no buyer saw a house.
            Second Hill | Marla scouts a rival street.
            The Builders | A renovation crew from the east measures everything twice. | Hank Merriweather; Lou Merriweather
            Soft Opening | Sunny opens an office in a boathouse.
            Contingencies | Priya writes the longest clause on the coast.
            Glass Houses | Everyone throws a stone. | Trudy Vance; Delphine Astor-Quist (Self - Client)
            """,
        ),
    ],
)

STUDS = show(
    7,
    "Down to the Studs",
    imdb=7,
    overview=(
        "Hank and Lou Merriweather buy the houses nobody wants, take them apart to the last board and argue about where it goes."
    ),
    tagline="It looked better on the listing.",
    status="Ended",
    homepage="https://studs.example/",
    networks=["Lantern Network"],
    companies=["Long Driveway Pictures"],
    keywords=["home renovation", "family business"],
    ratings={"US": "TV-G", "GB": "U"},
    titles=[("GB", "Back to the Bricks", "")],
    offers={"US": {"flatrate": ["Lantern Go"], "ads": ["Freebird TV"]}, "AU": {"flatrate": ["Peakview Plus"]}},
    runtime=22,
    cast="""
        Hank Merriweather | Self - Builder
        Lou Merriweather | Self - Builder
        Posy Tremaine | Self - Designer | 1 2:4
        Rafael Ortega-Dunn | Self - Foreman | 2
    """,
    crew="Rosalind Ong | Producer",
    directors=["Tobias Fairweather"],
    seasons=[
        season(
            1,
            "2016-01-11",
            "Five wrecks, one truck.",
            """
            The House with No Stairs | Nobody can say how the last owners got up. | Barnaby Stokes (Self - Owner)
            Wet Basement | The basement turns out to be a lake.
            A Kitchen for Two Cooks | Hank and Lou build for a couple who do not speak.
            The Chapel | A church becomes a home and keeps its bell.
            Bulldozer | One house cannot be saved. It is a long afternoon.
            """,
        ),
        season(
            2,
            "2017-01-09",
            "A foreman joins, and the casseroles get bigger.",
            """
            Level | Rafael brings a level nobody believes.
            The Octagon | Eight walls, no right angle.
            Posy's Rule | There will be no grey.
            Load Path | Lou finds out what the chimney was holding up.
            Last Nail | The Merriweathers sell the truck. | Barnaby Stokes
            """,
        ),
    ],
)

PEARL = show(
    11,
    "Mother of Pearl",
    imdb=11,
    overview="Three generations run an oyster house by the water. Only one of them is allowed near the till.",
    networks=["Lantern Network"],
    companies=["Tidewater Unscripted"],
    keywords=["family business", "docusoap"],
    ratings={"US": "TV-PG"},
    titles=[("US", "The Achterbergs", "working title")],
    offers={"US": {"flatrate": ["Lantern Go"]}},
    cast="""
        Pearl Achterberg | Self - Owner
        June Achterberg | Self - Bookkeeper
        Calvin Achterberg | Self - Oysterman | 1:5
        Opal Achterberg-Reed | Self - Manager
        Emmett Reed | Self - Shucker | 1:4
    """,
    crew="Nadia Ferreira-Cole | Executive Producer",
    directors=["Corinne Dubé"],
    seasons=[
        season(
            1,
            "2023-06-04",
            "Opal comes home with a business plan. Pearl uses it to light the stove.",
            """
            Low Tide | The boats come in empty and the daughter comes home.
            The Plan | Opal explains the word franchise.
            Shuck | A contest with knives and cousins. | Ruthie Sandoval
            Calvin's Boat | It is not, strictly, Calvin's. | Katherine Abernathy
            Health Inspection | June has been expecting this for eleven years.
            High Water | A storm, a party, a signature.
            """,
        )
    ],
)

SHOWS = (GLASS_HILL, STUDS, PEARL)
