"""Cast and crew of a title, and a person's credits in its episodes."""

from typing import Annotated, Any

from pydantic import Discriminator, Tag

from flows.sources.imdb.graphql.payloads.common import (
    Connection,
    Named,
    Object,
    Picture,
    Place,
    Text,
    TitleId,
    Total,
    Year,
    YearRange,
)
from flows.sources.payload import Many, OptionalText


class Person(Named):
    """A person with a picture."""

    name_text: Text | None = None
    primary_image: Picture | None = None


class Category(Object):
    """As what somebody is credited: `self`, `actor`, `producer` ..."""

    id: OptionalText = None
    text: OptionalText = None


class Character(Object):
    """Who is played."""

    name: OptionalText = None


class Job(Object):
    """What somebody did."""

    job: Text | None = None
    attributes: Many[Text] = ()


class EpisodeTotals(Total):
    """In how many episodes, and when."""

    year_range: YearRange | None = None


class Cast(Object):
    """Somebody on screen."""

    name: Person
    category: Category
    characters: Many[Character] = ()
    attributes: Many[Text] = ()
    episode_credits: EpisodeTotals | None = None


class Crew(Object):
    """Somebody behind it."""

    name: Person
    category: Category
    job_details: Many[Job] = ()
    episode_credits: EpisodeTotals | None = None


def _side(credit: Any) -> str:
    return "crew" if isinstance(credit, dict) and credit.get("__typename") == "Crew" else "cast"


Credit = Annotated[Annotated[Cast, Tag("cast")] | Annotated[Crew, Tag("crew")], Discriminator(_side)]


class TitleCredits(Object):
    """A title with a page of its cast and crew."""

    id: TitleId
    credits: Connection[Credit]


class EpisodeTitle(Object):
    """An episode that somebody is credited in."""

    id: TitleId
    title_text: Text | None = None
    release_year: Year | None = None
    series: Place | None = None


class EpisodeCast(Object):
    """Somebody on screen in an episode."""

    title: EpisodeTitle
    characters: Many[Character] = ()
    attributes: Many[Text] = ()


class EpisodeCrew(Object):
    """Somebody behind an episode."""

    title: EpisodeTitle


class CastInEpisodes(Object):
    """Somebody on screen, with a page of the episodes."""

    name: Named
    category: Category
    characters: Many[Character] = ()
    attributes: Many[Text] = ()
    episode_credits: Connection[EpisodeCast]


class CrewOfEpisodes(Object):
    """Somebody behind it, with a page of the episodes."""

    name: Named
    category: Category
    job_details: Many[Job] = ()
    episode_credits: Connection[EpisodeCrew]


InEpisodes = Annotated[
    Annotated[CastInEpisodes, Tag("cast")] | Annotated[CrewOfEpisodes, Tag("crew")], Discriminator(_side)
]


class TitleAppearances(Object):
    """A title with a person's credits in its episodes."""

    id: TitleId
    credits: Connection[InEpisodes]
