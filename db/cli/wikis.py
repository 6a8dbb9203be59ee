"""Commands about wikis: `wikis list|add|remove`, which to ask for a show's people; `pages list|confirm|reject`, whose a
page is.
"""

import getpass
import sys
from argparse import Namespace
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlmodel import Session

from db.commands import wiki_pages, wikis
from db.commands.wiki_pages import Taken
from db.commands.wikis import NotThere
from db.session import check_reachable, read, unit_of_work
from models.wikis import PageStatus

LIST = "list"
"""The action that both commands have."""


def add_to(commands: Any) -> None:
    """Add the commands to the parser's."""
    _add_wikis(commands.add_parser("wikis", help="which wikis are asked for a show's people"))
    _add_pages(commands.add_parser("pages", help="whose a wiki's page is"))


def _add_wikis(parser: Any) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser(LIST, help="the wikis of all shows, or of one")
    listed.add_argument("show", nargs="?", metavar="SHOW", help="our id, IMDb's (tt...) or TMDb's")
    listed.set_defaults(run=_list_wikis)
    for name, run, what in (
        ("add", _add, "have a wiki asked for a show's people"),
        ("remove", _remove, "switch a wiki off for a show; no list brings it back"),
    ):
        action = actions.add_parser(name, help=what)
        action.add_argument("show", metavar="SHOW", help="our id, IMDb's (tt...) or TMDb's")
        action.add_argument("wiki", metavar="WIKI", help="real-housewives.fandom.com, or real-housewives")
        action.set_defaults(run=run)
        if name == "add":
            action.add_argument("--position", type=int, metavar="N", help="its place; the last one, when left out")


def _add_pages(parser: Any) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser(LIST, help="pages that wait for a decision")
    listed.add_argument("--status", choices=list(PageStatus), default=PageStatus.CANDIDATE, type=PageStatus)
    listed.set_defaults(run=_list_pages)
    for name, decide, what in (
        ("confirm", wiki_pages.confirm_page, "the page is that person's"),
        ("reject", wiki_pages.reject_page, "it is not; what it told is gone"),
    ):
        action = actions.add_parser(name, help=what)
        action.add_argument("page", type=UUID, metavar="PAGE", help="the page's id, as `pages list` gives it")
        action.add_argument("--by", default=None, metavar="NAME", help="who says so; the login, when left out")
        action.set_defaults(run=_decide, decide=decide)


def _list_wikis(arguments: Namespace) -> int:
    def listed() -> None:
        with read() as connection:
            for show_id, name, wiki, position, is_active, origin in wikis.list_wikis(connection, arguments.show):
                print(f"{show_id}  {name}: {position} {wiki} ({origin}){'' if is_active else ', switched off'}")

    return _done(listed)


def _add(arguments: Namespace) -> int:
    return _changed(
        lambda session: wikis.add_wiki(session, arguments.show, arguments.wiki, position=arguments.position)
    )


def _remove(arguments: Namespace) -> int:
    return _changed(lambda session: wikis.remove_wiki(session, arguments.show, arguments.wiki))


def _list_pages(arguments: Namespace) -> int:
    def listed() -> None:
        with read() as connection:
            for page in wiki_pages.list_pages(connection, arguments.status):
                by = f" ({page.status} by {page.decided_by})" if page.decided_by else ""
                print(f"{page.id}  {page.person}, {page.show or 'no show'}: {page.url}\n    {page.reason}{by}")

    return _done(listed)


def _decide(arguments: Namespace) -> int:
    return _changed(lambda session: arguments.decide(session, arguments.page, arguments.by or getpass.getuser()))


def _changed(change: Callable[[Session], object]) -> int:
    def run() -> None:
        with unit_of_work() as session:
            change(session)

    return _done(run)


def _done(run: Callable[[], None]) -> int:
    """0 when it worked, 1 with a sentence when there is no such thing."""
    check_reachable()
    try:
        run()
    except (NotThere, Taken) as error:
        print(error, file=sys.stderr)
        return 1
    return 0
