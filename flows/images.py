"""Images: what TMDb and IMDb offer of each show, its seasons and its episodes.

Portraits come with what TMDb says of each person and from IMDb's galleries of people (`portraits`), logos of networks,
companies and providers with the stages that find those, a wiki's pictures with its pages.
"""

from functools import partial

from flows.bundles import note_refused, shows_on_tmdb, store_or_single_out
from flows.imdb_images import store_title_images
from flows.imdb_storing import store_all_imdb
from flows.report import RunReport
from flows.seasons import fetch_with_seasons
from flows.selection import Selection
from flows.stage import collecting, stage
from flows.tmdb_images import store_tmdb_images
from models.ops import Resource


@collecting("images")
def sync_images(selection: Selection = Selection()) -> RunReport:
    """Bring the images of the selected shows, and of their seasons and episodes, up to date."""
    with stage("images", selection) as run:
        refused = partial(note_refused, Resource.IMAGES)
        for piece, fetched in fetch_with_seasons(run, shows_on_tmdb(run, Resource.IMAGES)):
            run.add(store_or_single_out(store_tmdb_images, piece, fetched, selection, refused))
        store_all_imdb(run, "title_images", Resource.IMDB_IMAGES, store_title_images)
    return run.report
