"""Alternative orders of a show's episodes."""

from flows.sources.payload import Many, OptionalInt, OptionalText
from flows.sources.tmdb.payloads.parts import EpisodeGroup, TmdbPayload
from flows.sources.tmdb.payloads.shows import EpisodePayload


class OrderedEpisode(EpisodePayload):
    """An episode in an alternative order, with its place there."""

    order: OptionalInt = None


class EpisodeGroupPart(TmdbPayload):
    """A part of an alternative order: a season of it, a story arc, the reunions."""

    id: OptionalText = None
    name: OptionalText = None
    order: OptionalInt = None
    locked: bool | None = None
    episodes: Many[OrderedEpisode] = ()


class EpisodeGroupPayload(EpisodeGroup):
    """An alternative order with its parts and their episodes."""

    groups: Many[EpisodeGroupPart] = ()
