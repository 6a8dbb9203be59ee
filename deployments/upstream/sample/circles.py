"""Sample shows about circles of friends: two towns of Ladies, and the staff of a chalet."""

from deployments.upstream.catalogue.model import Group
from deployments.upstream.sample.authoring import season, show

LARKSPUR = show(
    2,
    "The Ladies of Larkspur Bay",
    imdb=2,
    overview=(
        "Five women of an invented bay share a ferry, a florist and a memory for slights. Friendship is the only thing "
        "in Larkspur Bay that nobody can buy, though several have tried."
    ),
    tagline="The tide always tells.",
    homepage="https://larkspur.example/",
    networks=["Meridian TV"],
    companies=["Pike & Daughters"],
    creators=["Gordon Pike"],
    keywords=["friendship", "rivalry", "reunion", "docusoap"],
    ratings={"US": "TV-14", "GB": "15", "AU": "MA15+"},
    titles=[("US", "LLB", "abbreviation"), ("US", "Ladies of Larkspur", ""), ("SE", "Damerna i Larkspur Bay", "")],
    offers={
        "US": {"flatrate": ["Streamwell", "Peakview Plus"], "buy": ["Kiosk Video"]},
        "GB": {"flatrate": ["Harbour Player"]},
        "AU": {"flatrate": ["Peakview Plus"]},
    },
    groups=[
        Group("By reunion", "Each season with its reunion.", 6, "with specials"),
        Group("Absolute", "All episodes in one row.", 2, "air date"),
    ],
    posters=4,
    cast="""
        Delphine Astor-Quist | Self | 0-6
        Renata Solis | Self | 0-4
        Kit Abernathy | Self | 1-6
        Joy-Anne Pell | Self | 1-2 3:2
        Vivica Strand | Self | 3-6
        Odette Marchetti | Self | 2-3
        Tamsin Grey | Self | 5-6
        Lorna Finch | Self - Friend | 1:2 2:1 4:3 6:2
    """,
    crew="""
        Gordon Pike | Executive Producer | 0-6
        Nadia Ferreira-Cole | Executive Producer | 3-6
    """,
    directors=["Ellis Marchbanks"],
    seasons=[
        season(
            0,
            "2016-12-20",
            "Reunions.",
            """
            Reunion: High Water Mark | Four women, one sofa, no florist. | Dex Ferro (Self - Host)
            Reunion: The Ferry Ledger | Gus reads from the ferry's log. | Dex Ferro (Self - Host); Gus Astor-Quist
            """,
            days=365,
        ),
        season(
            1,
            "2016-10-05",
            "A ferry christening goes wrong, and a bay takes sides.",
            """
            Champagne on the Bow | Delphine christens a ferry that was already named. | Gus Astor-Quist
            Peonies | Two centrepieces are exactly alike.
            The Guest List | Kit is on it twice, and Joy-Anne not at all.
            Man Overboard | Nobody fell. Somebody was pushed. | Gus Astor-Quist
            """,
        ),
        season(
            2,
            "2017-10-04",
            "Odette rents the house across the water.",
            """
            Across the Water | A new neighbour brings a telescope.
            Trieste | A trip that one of them planned and another paid for.
            The Telescope | What Odette saw. | Gus Astor-Quist
            Low Season | The bay empties and the talk gets louder.
            """,
        ),
        season(
            3,
            "2018-10-03",
            "Vivica opens a gallery, and Joy-Anne closes a door.",
            """
            Glass | Vivica unveils a portrait nobody sat for.
            Exit, Pursued | Joy-Anne leaves a lunch and then the bay.
            Two Galas, One Date | Every florist is booked.
            The Apology Tour | It calls at four houses and sinks at the fifth. | Gus Astor-Quist
            """,
        ),
        season(
            4,
            "2020-02-05",
            "Renata looks for a town without a ferry.",
            """
            For Sale | Renata's house is listed by a woman with a view.| Marla Vance (Self - Broker)
            Spare Keys | Lorna has one for every door.
            Sand | A beach day and an estate lawyer.
            Farewell, Renata | The ferry leaves on time for once. | Gus Astor-Quist
            """,
        ),
        season(
            5,
            "2022-10-05",
            "Tamsin comes to the bay with a microphone.",
            """
            Testing, Testing | Tamsin asks everyone the same question.
            Off the Record | It was on. | Alex Kim (Self - Stylist)
            Episode One | The bay listens to itself. | Minnie Okoro
            Corrections | Kit prints one.
            """,
        ),
        season(
            6,
            "2025-10-01",
            "Ten years of Larkspur Bay, and the ferry is for sale.",
            """
            Anniversary | A party on a boat with a price tag.
            Bidders | Three friends bid without telling each other. | Renata Solis
            The Old Photograph | Somebody has been cut out of it. | Joy-Anne Pell
            All Ashore | Delphine lowers the flag, then raises it. | Gus Astor-Quist
            """,
        ),
    ],
)

COPPER = show(
    3,
    "The Ladies of Copper Canyon",
    imdb=3,
    overview="The desert answer to the bay: more horses, less water and a book club that nobody finishes the book for.",
    tagline="Dry heat. No mercy.",
    networks=["Meridian TV"],
    companies=["Pike & Daughters"],
    creators=["Gordon Pike"],
    keywords=["friendship", "rivalry", "docusoap"],
    ratings={"US": "TV-14"},
    titles=[("US", "LCC", "abbreviation")],
    offers={"US": {"flatrate": ["Streamwell"]}, "GB": {"flatrate": ["Harbour Player"]}},
    cast="""
        Dallas Rae Whitcomb | Self
        Inez Turquoise Vega | Self
        Mags Oyelaran | Self
        Faye Lindqvist | Self | 1:5 2
        Shelby Pruitt | Self | 1
        Renata Solis | Self | 2
    """,
    crew="Gordon Pike | Executive Producer",
    directors=["Corinne Dubé", "Ellis Marchbanks"],
    seasons=[
        season(
            1,
            "2021-03-10",
            "Four neighbours, forty horses and one well.",
            """
            Saddle Up | Dallas Rae invites the canyon to a rodeo with a seating plan.
            Chapter One | Mags chooses the longest book in the shop. | Pastor Lyle Whitcomb
            Turquoise | Inez makes a necklace for the wrong neck.
            Thermals | Faye takes Shelby up, and the friendship down.
            The Well | Who owns the water?
            Dust | The party is moved indoors. It should not have been. | Pastor Lyle Whitcomb
            """,
        ),
        season(
            2,
            "2023-03-08",
            "A hotelier from the coast unpacks her opinions.",
            """
            The Lady from the Bay | Renata opens a hotel beside the well.
            Room Service | Dallas Rae checks in to check.
            Chapter Two | The book club loses a member and gains a plot.
            The Bay Comes to the Canyon | An old friend arrives without a hat. | Delphine Astor-Quist
            Ghost Town | A night among ruins and accusations.
            Checkout | The bill is read aloud. | Pastor Lyle Whitcomb; Kit Abernathy
            """,
        ),
    ],
)

ALTITUDE = show(
    10,
    "Altitude Crew",
    imdb=10,
    overview="Six people keep a chalet running at two thousand metres for guests who would like the mountain moved.",
    tagline="Service peaks here.",
    networks=["Meridian TV"],
    companies=["Tidewater Unscripted"],
    keywords=["hospitality", "docusoap"],
    ratings={"US": "TV-14", "DE": "12"},
    titles=[("DE", "Hoch oben – Die Hüttencrew", "")],
    offers={"US": {"flatrate": ["Streamwell"]}, "DE": {"flatrate": ["Peakview Plus"]}, "SE": {"free": ["Freebird TV"]}},
    cast="""
        Anneliese Kofler | Self - Owner | 1-2
        Étienne Moreau | Self - Chef | 1-2
        Freja Holm | Self - Chief Host | 1 2:3
        Callum Reid | Self - Ski Guide | 1-2
        Dev Malhotra | Self - Night Porter | 1-2
        Kendra Voss | Self - Manager | 2
        Sofia Lindahl | Self - Host | 2:5
    """,
    crew="Nadia Ferreira-Cole | Executive Producer | 1-2",
    directors=["Corinne Dubé"],
    seasons=[
        season(
            1,
            "2024-01-16",
            "The first winter.",
            """
            First Lift | The guests arrive before the beds.
            Fondue | Étienne refuses on principle.
            White-Out | Nobody leaves, and everybody would like to.
            Party of Twelve | Eleven were booked. | Delphine Astor-Quist (Self - Guest)
            The Sauna Incident | Dev was there. Dev says nothing.
            Last Lift | Tips are counted, and scores settled.
            """,
        ),
        season(
            2,
            "2025-11-04",
            "A new manager comes up from the beach.",
            """
            Sea Level | Kendra has never seen this much snow, or this few towels.
            House Rules | There are now nine.
            The Critic | A judge from a kitchen far away comes to dinner. | Lucia Brandolini (Self - Guest)
            Avalanche Drill | It was not a drill.
            Two Kitchens | Étienne draws a line in flour.
            Spring | The snow goes, and so does Freja.
            """,
        ),
        season(
            3,
            "2031-01-07",
            "A third winter is announced.",
            """
            Fresh Snow | The chalet opens again.
            Episode 2 |
            Episode 3 |
            Episode 4 |
            """,
            posters=0,
        ),
    ],
)

SHOWS = (LARKSPUR, COPPER, ALTITUDE)
