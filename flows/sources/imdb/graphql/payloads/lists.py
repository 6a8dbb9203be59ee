"""A list with its entries."""

from flows.sources.imdb.graphql.payloads.common import Described, Object, PageInfo
from flows.sources.imdb.graphql.payloads.titles import Counted, Title
from flows.sources.payload import OptionalInt, OptionalText


class ListedTitle(Title):
    """A title on a list."""

    episodes: Counted | None = None


class ListNode(Object):
    """What belongs to an entry rather than to its title."""

    item_id: OptionalText = None
    absolute_position: OptionalInt = None
    description: Described | None = None


class ListEdge(Object):
    """An entry of a list; one whose title IMDb withholds has none."""

    node: ListNode | None = None
    list_item: ListedTitle | None = None


class ListItems(Object):
    """A page of a list's entries."""

    total: OptionalInt = None
    page_info: PageInfo
    edges: tuple[ListEdge, ...]


class ListName(Object):
    """What a list is called."""

    original_text: OptionalText = None


class TitleList(Object):
    """A list with a page of its entries."""

    id: OptionalText = None
    name: ListName | None = None
    description: Described | None = None
    title_list_item_search: ListItems
