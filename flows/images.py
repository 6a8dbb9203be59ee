"""Images: what TMDb and IMDb offer of each show, its seasons, its episodes and its people.

Logos of networks, companies and providers come with the stages that find those, a wiki's pictures with its pages.
"""

from flows.bundles import store_all
from flows.imdb_images import store_all_person_images, store_title_images
from flows.imdb_storing import store_all_imdb
from flows.report import RunReport
from flows.selection import Selection
from flows.stage import collecting, stage
from flows.tmdb_images import store_tmdb_images
from models.ops import Resource


@collecting("images")
def sync_images(selection: Selection = Selection()) -> RunReport:
    """Bring the images of the selected shows, and of their seasons, episodes and people, up to date."""
    with stage("images", selection) as run:
        store_all(run, Resource.IMAGES, store_tmdb_images)
        store_all_imdb(run, "title_images", Resource.IMDB_IMAGES, store_title_images)
        store_all_person_images(run)
    return run.report
