"""Networks, production companies, watch providers and keywords of the sample, all invented."""

from deployments.upstream.catalogue.model import Organisation

FIRST_NETWORK, FIRST_COMPANY, FIRST_PROVIDER, FIRST_KEYWORD = 900400001, 900500001, 900600001, 900700001

NETWORKS = {
    name: Organisation(FIRST_NETWORK + place, name, country, has_logo)
    for place, (name, country, has_logo) in enumerate(
        [
            ("Meridian TV", "US", True),
            ("Lantern Network", "US", True),
            ("Harbour Four", "GB", True),
            ("Kanal Morgen", "DE", True),
            ("Nordkanalen", "SE", False),
        ]
    )
}

COMPANIES = {
    name: Organisation(FIRST_COMPANY + place, name, country, has_logo)
    for place, (name, country, has_logo) in enumerate(
        [
            ("Second Helping Productions", "US", True),
            ("Long Driveway Pictures", "US", True),
            ("Pike & Daughters", "US", True),
            ("Tidewater Unscripted", "US", True),
            ("Thimble Street Films", "GB", True),
            ("Laube Film", "DE", False),
        ]
    )
}

PROVIDERS = {
    name: Organisation(FIRST_PROVIDER + place, name)
    for place, name in enumerate(
        ["Streamwell", "Peakview Plus", "Lantern Go", "Kiosk Video", "Freebird TV", "Harbour Player"]
    )
}

KEYWORDS = (
    *("real estate", "friendship", "rivalry", "cooking contest", "dating", "island", "talk show", "home renovation"),
    *("survival", "sewing", "hospitality", "family business", "reunion", "competition", "docusoap"),
)


def keyword(name: str) -> tuple[int, str]:
    """A keyword's id and name.

    Raises:
        ValueError: the sample has no such keyword.
    """
    return FIRST_KEYWORD + KEYWORDS.index(name), name
