"""Sample shows that somebody wins: a kitchen, a wilderness and a sewing room."""

from deployments.upstream.sample.authoring import season, show

SALT = show(
    4,
    "Salt & Ember",
    imdb=4,
    overview="Cooks from everywhere meet over an open fire. Every week one of them is handed a bucket of water and goes home.",
    tagline="Mind the flame.",
    homepage="https://salt-and-ember.example/",
    networks=["Lantern Network"],
    companies=["Second Helping Productions"],
    keywords=["cooking contest", "competition"],
    ratings={"US": "TV-PG", "GB": "PG"},
    titles=[("DE", "Salz & Glut", ""), ("US", "Salt and Ember", "")],
    offers={
        "US": {"flatrate": ["Lantern Go"], "buy": ["Kiosk Video"]},
        "GB": {"ads": ["Freebird TV"]},
        "SE": {"flatrate": ["Streamwell"]},
    },
    cast="""
        Ambrose Keel | Self - Host
        Lucia Brandolini | Self - Judge
        Nils Harrow | Self - Judge | 1-2 3:3
        Perry Okonkwo | Self - Contestant | 1
        Dot McAllister | Self - Contestant | 1
        Hana Mizuno-Clark | Self - Contestant | 1:4
        Wes Tran | Self - Contestant | 1:2
        Ruthie Sandoval | Self - Contestant | 2
        Gio Fontaine | Self - Contestant | 2
        Constance Yu | Self - Contestant | 2:3
        Albie Strong | Self - Contestant | 2:1
        Tilda Brask | Self - Contestant | 3
        Marlon Petit | Self - Contestant | 3
        Ozzie Kaplan | Self - Contestant | 3:4
        Bea Farrow | Self - Contestant | 3:2
    """,
    crew="Rosalind Ong | Producer",
    directors=["Tobias Fairweather", "Ellis Marchbanks"],
    seasons=[
        season(
            1,
            "2018-06-07",
            "Four cooks, one fire.",
            """
            First Spark | Everybody burns something.
            Smoke | Wes is sent home for an onion.
            Leftovers | Dot makes a feast of yesterday.
            Fish Day | Hana catches it, cooks it and loses by a bone.
            The Last Log | Perry and Dot cook one dish from two recipes.
            """,
            posters=2,
        ),
        season(
            2,
            "2019-06-06",
            "Sugar comes to the fire.",
            """
            Butter | Gio weeps. Albie goes.
            The Truck | Ruthie parks in the kitchen.
            Reaction Time | Constance measures, and is measured.
            Blindfold | Judges eat in the dark, and like it. | Perry Okonkwo (Self - Guest Judge)
            Embers | The second crown is made of salt.
            """,
        ),
        season(
            3,
            "2021-06-03",
            "Everything must be found within a mile.",
            """
            One Mile | Tilda finds nine kinds of leaf, Ozzie a pickle.
            Roots | Bea digs in the wrong field.
            Tide Table | Dinner at the water's edge, at the water's pace. | Pearl Achterberg (Self - Guest Judge)
            Deli Rules | Ozzie is right and closes.
            Wild | A forager and a fisherman's son meet at the coals. | Ruthie Sandoval (Self - Guest Judge)
            """,
        ),
    ],
)

NORTHBOUND = show(
    8,
    "Northbound: Thirty Days",
    imdb=8,
    overview="Six people walk north for thirty days with what they can carry. Whoever turns round is taken home for dinner.",
    tagline="Keep walking.",
    networks=["Lantern Network"],
    companies=["Tidewater Unscripted"],
    keywords=["survival", "competition"],
    ratings={"US": "TV-PG", "SE": "11"},
    titles=[("US", "Northbound", ""), ("SE", "Norrut", "")],
    offers={"US": {"flatrate": ["Lantern Go"]}, "SE": {"free": ["Freebird TV"]}},
    cast="""
        Ida Frost | Self - Guide
        Willa Tanaka-Boone | Self - Walker
        Cyrus Beck | Self - Walker
        Bo Lindgren | Self - Walker | 1:6
        Hana Mizuno-Clark | Self - Walker | 1:6
        Jace Rowan | Self - Walker | 1:5
        Quentin Mabry | Self - Walker | 1:2
    """,
    crew="Rosalind Ong | Producer",
    directors=["Corinne Dubé"],
    seasons=[
        season(
            1,
            "2022-09-01",
            "",
            """
            Day One: What We Carry | Bo leaves his tent behind on purpose.
            Day Four: Quentin | He turns round.
            Day Eight: The River | It was a stream on the map.
            Day Twelve: Smoke | Hana cooks what Bo will not name.
            Day Sixteen: A View | Jace climbs for a signal and finds a reason.
            Day Twenty: Three Blisters | Cyrus delivers a letter.
            Day Twenty-Six: The Bear's Side | They take the other one.
            Day Thirty: North | A hut, a stove and a winner.
            """,
            name="Thirty Days",
            days=3,
        )
    ],
)

SEAM = show(
    9,
    "The Seam Room",
    imdb=9,
    country="GB",
    overview="Amateur sewers make the impossible from the unlikely, under the eyes of a kind judge and another one.",
    tagline="Measure twice.",
    networks=["Harbour Four"],
    companies=["Thimble Street Films"],
    creators=["Simone Achebe-Lund"],
    keywords=["sewing", "competition"],
    ratings={"GB": "U", "US": "TV-G"},
    titles=[("US", "The Great Seam Room", "")],
    offers={"GB": {"free": ["Harbour Player"]}, "US": {"flatrate": ["Peakview Plus"]}},
    runtime=58,
    cast="""
        Beatrix Lowe | Self - Presenter
        Cornelius Ashby | Self - Judge
        Fenella Grant | Self - Judge
        Imran Sethi | Self - Sewer | 1
        Gwen Pritchard | Self - Sewer | 1:4
        Margot Bell | Self - Sewer | 1:2
        Saskia Thorne | Self - Sewer | 2
        Tobi Adeyemi | Self - Sewer | 2
        Rowan Petty | Self - Sewer | 2:3
    """,
    crew="Simone Achebe-Lund | Executive Producer",
    directors=["Tobias Fairweather"],
    seasons=[
        season(
            1,
            "2020-01-08",
            "A bus driver, a grandmother and a barrister thread up.",
            """
            Straight Lines | Nobody's are.
            Zips | Margot is undone.
            Something from Nothing | A coat is made of curtains.
            Bias | Gwen argues, and is cut.
            Black Tie | Imran drives it home.
            """,
        ),
        season(
            2,
            "2021-01-06",
            "Sailcloth, silk and a tent.",
            """
            Canvas | Tobi is at sea. It helps.
            The Tent | Rowan cuts a coat from theirs.
            Pattern Day | There is no pattern.
            Haste | A gown in four hours. | Imran Sethi (Self - Guest Judge)
            The Last Stitch | Saskia finishes with a needle to spare.
            """,
        ),
    ],
)

SHOWS = (SALT, NORTHBOUND, SEAM)
