"""The data of a full-credits page, and of the part of a reference page that is built alike."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Tag

from flows.sources.imdb.pages.payloads.common import Name, NameId, Node, OptionalText, TitleId, Whole
from flows.sources.imdb.pages.payloads.episodes import CardImage, EntityMetadata
from flows.sources.payload import Many


def _texts(value: Any) -> Any:
    return () if value is None else value


class ImageProps(Node):
    """The picture beside a name; most have none."""

    unused = Node.unused | {"imageType"}
    sometimes = frozenset({"imageModel"})
    imageModel: CardImage | None = None


class EpisodicCredit(Node):
    """In how many episodes of a series, and in which years; the texts say both once more."""

    unused = Node.unused | {"tconst", "nconst", "refTagSuffix", "titleId", "nameId", "yearRange", "category", "onClick"}
    sometimes = frozenset({"episodeCount", "episodesText", "tenureText"})
    episodeCount: Whole = None
    episodesText: OptionalText = None
    tenureText: OptionalText = None


class CreditItem(Node):
    """A person. What they did stands in `attributes`: a job, and words in brackets."""

    unused = Node.unused | {"isSeries", "isCast", "refTagSuffix", "className", "titleId"}
    sometimes = frozenset({"characters", "attributes", "imageProps", "episodicCreditData"})
    id: NameId
    rowTitle: Name
    characters: Annotated[tuple[str, ...], BeforeValidator(_texts)] = ()
    attributes: OptionalText = None
    imageProps: ImageProps | None = None
    episodicCreditData: EpisodicCredit | None = None


class CastItem(CreditItem):
    """Somebody who is seen; what as is always said."""

    sometimes = CreditItem.sometimes - {"characters"}


def _part(item: Any) -> str:
    """Whether somebody is seen or not, as the page says."""
    seen = item.get("isCast") if isinstance(item, dict) else isinstance(item, CastItem)
    return "cast" if seen is True else "crew"


Credited = Annotated[
    Annotated[CastItem, Tag("cast")] | Annotated[CreditItem, Tag("crew")],
    Discriminator(_part),
]


class CreditSection(Node):
    """The first people of a category, and how many there are."""

    unused = Node.unused | {"listItemType", "endCursor", "splitIndex", "subSectionTitle", "userVotingProps"}
    items: Many[Credited] = ()
    total: Whole = None


class CreditCategory(Node):
    """A category: Directors, Cast ..."""

    unused = Node.unused | {
        *("index", "pagination", "description", "plaidHtmlDescription", "writerGroupMemberCounts"),
    }
    id: Name
    name: Name
    section: CreditSection


class CreditsPage(Node):
    """`contentData` of a full-credits page."""

    unused = Node.unused | {"sidebarProps", "contributionData", "data"}
    entityMetadata: EntityMetadata
    categories: Many[CreditCategory]


class ReferenceColumn(Node):
    """`mainColumnData` of a reference page: here only who is credited."""

    id: TitleId
    categories: Many[CreditCategory]
