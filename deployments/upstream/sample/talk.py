"""The sample's talk show. Its guests are the cast of the other shows, which is what makes a graph of them worth drawing."""

from deployments.upstream.catalogue.model import REALITY, TALK
from deployments.upstream.sample.authoring import season, show

LOUNGE = show(
    6,
    "The Late Lounge with Dex Ferro",
    imdb=6,
    kind="Talk Show",
    overview="Dex Ferro pours, Minnie Okoro listens, and the people of other people's shows say what they could not say there.",
    tagline="One drink. One question.",
    homepage="https://late-lounge.example/",
    genres=(TALK, REALITY),
    networks=["Meridian TV"],
    companies=["Second Helping Productions"],
    creators=["Gordon Pike"],
    keywords=["talk show", "reunion"],
    ratings={"US": "TV-14"},
    titles=[("US", "The Late Lounge", ""), ("US", "TLL", "abbreviation")],
    offers={"US": {"flatrate": ["Streamwell"], "ads": ["Freebird TV"]}},
    runtime=24,
    cast="""
        Dex Ferro | Self - Host
        Minnie Okoro | Self - Bartender
    """,
    crew="Nadia Ferreira-Cole | Executive Producer",
    directors=["Corinne Dubé"],
    seasons=[
        season(
            1,
            "2021-01-11",
            "The Lounge opens with two chairs and a bell.",
            """
            Marla Vance & Delphine Astor-Quist | Broker and heiress name a price. | Marla Vance; Delphine Astor-Quist
            Renata Solis | Which town? | Renata Solis
            Perry Okonkwo & Ruthie Sandoval | Two crowns and one frying pan. | Perry Okonkwo; Ruthie Sandoval
            Talia Brooke & Milo Santangelo | Still together, at the time of recording. | Talia Brooke; Milo Santangelo
            Kit Abernathy & Joy-Anne Pell | The bell rings four times. | Kit Abernathy; Joy-Anne Pell
            Jace Rowan & Kendra Voss | Neither looks at the other. | Jace Rowan; Kendra Voss
            Lucia Brandolini | She sends back the water. | Lucia Brandolini
            Theo Castellane & Coco Delacroix-Reyes | A house tour of the set. | Theo Castellane; Coco Delacroix-Reyes
            Dallas Rae Whitcomb & Inez Turquoise Vega | Horses are not admitted. | Dallas Rae Whitcomb; Inez Turquoise Vega
            The Ladies Return | Five chairs. | Delphine Astor-Quist; Renata Solis; Kit Abernathy; Odette Marchetti; Vivica Strand
            """,
        ),
        season(
            2,
            "2023-01-09",
            "A third chair.",
            """
            Willa Tanaka-Boone & Cyrus Beck | They are offered a lift home. | Willa Tanaka-Boone; Cyrus Beck
            Marla Vance & Sunny Okafor | Partners, they say. | Marla Vance; Sunny Okafor
            Delphine Astor-Quist & Mags Oyelaran | Bay and canyon compare weather. | Delphine Astor-Quist; Mags Oyelaran
            Imran Sethi & Saskia Thorne | Minnie's apron is taken in. | Imran Sethi; Saskia Thorne
            Ash Whitlock & Noor Haddad | Chess, blindfolded. | Ash Whitlock; Noor Haddad
            Hana Mizuno-Clark | From embers to snow. | Hana Mizuno-Clark
            Tamsin Grey | The tables are recorded. | Tamsin Grey
            Étienne Moreau & Kendra Voss | An audition, as it turned out. | Étienne Moreau (Self - Chef); Kendra Voss
            Gus Astor-Quist | The husband speaks. | Gus Astor-Quist; Delphine Astor-Quist (Self (archive footage))
            One Question, Five People | One each. | Marla Vance; Kit Abernathy; Tilda Brask; Dante Rivers; Opal Achterberg-Reed
            """,
        ),
    ],
)

SHOWS = (LOUNGE,)
