"""Pages in, answers out: what `ImdbPages` received, as what every layer of IMDb answers."""

from collections.abc import Mapping
from typing import Any

from flows.sources.errors import NotThisPage
from flows.sources.imdb.answers import ImdbCredits, ImdbEpisodes, ImdbImages, ImdbList, ImdbTitle

ImdbAnswer = ImdbList | ImdbTitle | ImdbEpisodes | ImdbCredits | ImdbImages


def read_pages(resource: str, body: Mapping[str, Any]) -> ImdbAnswer:
    """Read the pages of a resource.

    Raises:
        NotThisPage: one of them is of another kind.
        MalformedAnswer: something in it is of another type than ever before; it names the field.
    """
    raise NotThisPage("imdb-pages", "", f"there are no pages of {resource}")
