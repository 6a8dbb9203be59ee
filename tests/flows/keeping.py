"""What tests of keeping media share: a few mirrored images in a bucket of their own, and ways to look into it."""

from typing import Any

from db.object_store import object_store
from tests.flows.conftest import Catalogue

SHOW = 900000005
LOST = (
    "select a.key from core.images i join core.assets a on a.id = i.asset_id"
    " where i.is_listed and not (a.key = any(:held)) order by 1"
)


def run(flow: str, **parameters: Any) -> Any:
    """Run a flow; gives its report, also where it failed."""
    from flows.outcome import StageFailed
    from flows.pipeline import FLOWS

    chosen: Any = FLOWS[flow]
    try:
        return chosen(**parameters)
    except StageFailed as failure:
        return failure.report


def mirror(catalogue: Catalogue) -> Any:
    """Mirror the posters and backdrops of one show."""
    from flows.mirror_media import MediaSelection
    from models.images import ImageKind

    media = MediaSelection(kinds=[ImageKind.POSTER, ImageKind.BACKDROP])
    return catalogue.run("mirror-media", further={"media": media}, tmdb_ids=[SHOW])


def lost(catalogue: Catalogue) -> list[str]:
    """Keys of copies that images lead to and that the store does not hold."""
    return catalogue.column(LOST, held=object_store().keys())
