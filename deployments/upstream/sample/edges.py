"""Sample shows for the edges: one announced and otherwise empty, and two foreign kitchens that one IMDb id leads to."""

from deployments.upstream.sample.authoring import season, show

SECOND_ACT = show(
    12,
    "Second Act, Please",
    imdb=None,
    status="In Production",
    posters=0,
    backdrops=0,
    logos=0,
    cast="""
        Barnaby Stokes | Self | 1
        Quentin Mabry | | 1
    """,
    seasons=[
        season(
            1,
            None,
            "",
            """
            Episode 1 |
            Episode 2 |
            TBA |
            TBA |
            """,
            posters=0,
        )
    ],
)

KUECHENKRIEG = show(
    13,
    "Küchenkrieg",
    imdb=None,
    country="DE",
    language="de",
    overview="Zwei Küchen, eine Wand dazwischen und ein Gast, der nicht weiß, aus welcher sein Teller kommt.",
    networks=["Kanal Morgen"],
    companies=["Laube Film"],
    keywords=["cooking contest"],
    ratings={"DE": "6"},
    titles=[("AT", "Kuchlkrieg", "")],
    offers={"DE": {"free": ["Freebird TV"]}},
    status="Ended",
    backdrops=1,
    logos=0,
    cast="""
        Jürgen Vogt | Selbst - Moderator
        Heike Brandt | Selbst - Köchin
        Murat Yıldız | Selbst - Koch
    """,
    seasons=[
        season(
            1,
            "2012-02-02",
            "Die Wand steht.",
            """
            Vorspeise | Die Suppe ist kalt, die Stimmung nicht.
            Zwischengang | Murat klopft an die Wand.
            Hauptgericht | Heike antwortet.
            Nachtisch | Die Wand fällt.
            """,
            name="Staffel 1",
        )
    ],
)

KOEKSKRIG = show(
    14,
    "Kökskriget",
    imdb=None,
    country="SE",
    language="sv",
    overview="Sex kvällar i ett kök med två spisar och en diskbänk.",
    networks=["Nordkanalen"],
    keywords=["cooking contest", "competition"],
    titles=[("US", "Kitchen War Nordic", "")],
    offers={"SE": {"flatrate": ["Streamwell"]}},
    status="Canceled",
    backdrops=1,
    logos=0,
    cast="""
        Linnea Ek | Programledare
        Oskar Nyström | Kock
        Maja Björk | Kock
    """,
    seasons=[
        season(
            1,
            "2021-09-20",
            "",
            """
            Förrätt | Någon har flyttat saltet.
            Huvudrätt | Oskar kokar över.
            Efterrätt | Maja bakar i smyg.
            Disken | Ingen vann.
            """,
            name="Säsong 1",
        )
    ],
)

SHOWS = (SECOND_ACT, KUECHENKRIEG, KOEKSKRIG)
