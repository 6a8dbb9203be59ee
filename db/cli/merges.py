"""Commands about entities that are one: `merge`, `unmerge`, `merges`."""

from argparse import Namespace
from typing import Any
from uuid import UUID

from sqlalchemy import text

from db.commands.duplicates import MERGED_BY_THEMSELVES
from db.commands.merge import merge
from db.commands.merge.undo import unmerge
from db.session import check_reachable, read, unit_of_work
from models.entities import Kind

KINDS = [str(kind) for kind in (*MERGED_BY_THEMSELVES, Kind.NETWORK, Kind.COMPANY, Kind.PROVIDER)]

_LIST = """
    select m.id, m.kind, m.merged_at, m.undone_at, m.merged_by, m.reason, m.winner_id, m.loser_id,
           coalesce(s.name, p.name, '') as name
    from core.merge_log m left join core.shows s on s.id = m.winner_id left join core.people p on p.id = m.winner_id
    order by m.merged_at desc limit :limit
"""


def add_to(commands: Any) -> None:
    """Add the commands to the parser's."""
    one = commands.add_parser("merge", help="make two entities one; the loser leads to the winner from then on")
    one.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    one.add_argument("winner", type=UUID, metavar="WINNER", help="our id of the one that stays")
    one.add_argument("loser", type=UUID, metavar="LOSER", help="our id of the one that goes over")
    one.add_argument("--reason", required=True, help="why they are one")
    one.add_argument("--by", default="operator", help="who says so (operator)")
    one.set_defaults(run=_merge)
    two = commands.add_parser("unmerge", help="undo a merge; the two are not merged again by themselves")
    two.add_argument("id", type=UUID, metavar="ID", help="the merge, as `merges` lists it")
    two.set_defaults(run=_unmerge)
    listed = commands.add_parser("merges", help="list merges, newest first")
    listed.add_argument("--limit", type=int, default=50, help="how many (50)")
    listed.set_defaults(run=_list)


def _merge(arguments: Namespace) -> int:
    check_reachable()
    with unit_of_work() as session:
        made = merge(session, Kind(arguments.kind), arguments.winner, arguments.loser, arguments.reason, arguments.by)
    print(f"{arguments.kind} {arguments.loser} is {arguments.winner} now; undo it with: python -m db unmerge {made}")
    return 0


def _unmerge(arguments: Namespace) -> int:
    check_reachable()
    with unit_of_work() as session:
        unmerge(session, arguments.id)
    print(f"merge {arguments.id} is undone")
    return 0


def _list(arguments: Namespace) -> int:
    check_reachable()
    with read() as connection:
        for row in connection.execute(text(_LIST), {"limit": arguments.limit}):
            undone = f", undone {row.undone_at:%Y-%m-%d %H:%M}" if row.undone_at else ""
            print(f"{row.id}  {row.merged_at:%Y-%m-%d %H:%M}  {row.kind} {row.name} by {row.merged_by}{undone}")
            print(f"    {row.loser_id} -> {row.winner_id}: {row.reason}")
    return 0
