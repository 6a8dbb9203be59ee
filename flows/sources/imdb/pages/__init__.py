"""IMDb's pages, its second layer: asked for with `ImdbPages`, read by `read_pages` into what all layers answer."""

from flows.sources.imdb.pages.client import ImdbPages
from flows.sources.imdb.pages.reading import read_pages, read_with_drift

__all__ = ["ImdbPages", "read_pages", "read_with_drift"]
