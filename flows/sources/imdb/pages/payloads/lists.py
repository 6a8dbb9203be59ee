"""The data of a list's page."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from flows.sources.imdb.pages.payloads.common import Node, OptionalText, Whole
from flows.sources.imdb.pages.payloads.gallery import PageInfo
from flows.sources.imdb.pages.payloads.title import TitleNode
from flows.sources.payload import Many


def _words(value: Any) -> Any:
    """A text, wherever IMDb put it: plain, or in `originalText`, `plainText` or `plaidHtml`."""
    for _ in range(3):
        if not isinstance(value, dict):
            break
        value = next(
            (value[key] for key in ("originalText", "plainText", "plaidHtml", "text") if value.get(key) is not None),
            None,
        )
    return value


Words = Annotated[OptionalText, BeforeValidator(_words)]


class ListNode(Node):
    """What the list says of an entry: its place, and its author's words."""

    unused = Node.unused | {"itemId", "createdDate", "id"}
    sometimes = frozenset({"absolutePosition", "description", "itemDescription"})
    absolutePosition: Whole = None
    description: Words = None
    itemDescription: Words = None


class ListedTitle(TitleNode):
    """A title on a list: what its own page shows first."""

    sometimes = frozenset(set(TitleNode.model_fields) - {"id", "titleText", "titleType", "releaseYear"})
    unused = TitleNode.unused | {"latestTrailer", "principalCreditsV2", "watchOption", "titleMainImages"}


class ListEdge(Node):
    sometimes = frozenset({"node"})
    listItem: ListedTitle
    node: ListNode | None = None


class ListItems(Node):
    """The entries of this page, and how many the list has."""

    unused = Node.unused | {"genres", "keywords", "watchOptions", "titleTypes"}
    total: Whole = None
    edges: Many[ListEdge] = ()
    pageInfo: PageInfo | None = None


class TitleList(Node):
    """A list."""

    unused = Node.unused | {
        *("author", "createdDate", "lastModifiedDate", "visibility", "primaryImage", "listType", "listClass"),
        *("isInterestedIn", "items", "likes", "isPredefined"),
    }
    sometimes = frozenset({"description", "id"})
    id: str | None = None
    name: Words = None
    description: Words = None
    titleListItemSearch: ListItems
