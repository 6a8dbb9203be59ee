"""IMDb's GraphQL endpoint, the first of its layers: asked with `ImdbGraphql`, read by `read_graphql` into what all
layers answer."""

from flows.sources.imdb.graphql.client import ImdbGraphql
from flows.sources.imdb.graphql.reading import read_graphql

__all__ = ["ImdbGraphql", "read_graphql"]
