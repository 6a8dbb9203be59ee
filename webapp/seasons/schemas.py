"""The shapes of seasons and episodes."""

from marshmallow import fields

from webapp.schemas import Body, external_ids


class SeasonSchema(Body):
    """A season; number 0 holds the specials."""

    id = fields.UUID()
    show_id = fields.UUID()
    season_number = fields.Integer()
    title = fields.String(allow_none=True)
    premiere_date = fields.Date(allow_none=True)
    external_ids = external_ids()
    show_name = fields.String()
    imdb_episode_ids = fields.List(fields.String())
    tmdb_episode_ids = fields.List(fields.Integer())
    overview = fields.String(allow_none=True)
    imdb_id = fields.String(allow_none=True)
    tmdb_id = fields.Integer(allow_none=True)
    episode_total = fields.Integer(allow_none=True)
    tmdb_vote_average = fields.Float(allow_none=True)
    first_air_date = fields.Date(allow_none=True, metadata={"description": "Of its earliest dated episode"})
    last_air_date = fields.Date(allow_none=True, metadata={"description": "Of its latest dated episode"})
    poster_url = fields.String(allow_none=True)
    air_date = fields.Date(allow_none=True, metadata={"description": "The same as premiere_date"})
    episodes = fields.Integer(metadata={"description": "How many are listed; `episode_total` is what a source says"})
    has_dated_episodes = fields.Boolean(metadata={"description": "An episode has aired, or is going to on a known day"})


class NumberSchema(Body):
    """Under which numbers a source lists it."""

    source = fields.String()
    season_number = fields.Integer()
    episode_number = fields.Integer(allow_none=True, metadata={"description": "null of a season"})


class SeasonDetailSchema(SeasonSchema):
    """A season by itself."""

    show_poster_url = fields.String(allow_none=True)
    numbers = fields.List(fields.Nested(NumberSchema))
    previous_season = fields.Integer(
        allow_none=True, metadata={"description": "The number of the listed one before it"}
    )
    next_season = fields.Integer(allow_none=True)


class EpisodeSchema(Body):
    """An episode."""

    id = fields.UUID()
    season_id = fields.UUID()
    episode_number = fields.Integer()
    title = fields.String(allow_none=True)
    air_date = fields.Date(allow_none=True)
    synopsis = fields.String(allow_none=True)
    external_ids = external_ids()
    show_name = fields.String()
    show_id = fields.UUID()
    season_number = fields.Integer()
    overview = fields.String(allow_none=True, metadata={"description": "The same as synopsis"})
    runtime = fields.Integer(allow_none=True, metadata={"description": "Minutes"})
    episode_type = fields.String(allow_none=True)
    production_code = fields.String(allow_none=True)
    tmdb_vote_average = fields.Float(allow_none=True)
    tmdb_vote_count = fields.Integer(allow_none=True)
    imdb_rating = fields.Float(allow_none=True)
    imdb_vote_count = fields.Integer(allow_none=True)
    imdb_id = fields.String(allow_none=True)
    tmdb_id = fields.Integer(allow_none=True)
    still_url = fields.String(allow_none=True)


class CrewOfEpisodeSchema(Body):
    """Who worked on an episode."""

    person_id = fields.UUID()
    full_name = fields.String()
    jobs = fields.List(fields.String())


class PlaceInGroupSchema(Body):
    """An episode's place in another order."""

    group_id = fields.UUID()
    name = fields.String()
    type = fields.String()
    part = fields.Integer()
    part_name = fields.String(allow_none=True)
    position = fields.Integer()


class NeighbourSchema(Body):
    """The listed episode before or after, over the ends of seasons, season 0 by itself."""

    id = fields.UUID()
    season_number = fields.Integer()
    episode_number = fields.Integer()
    title = fields.String(allow_none=True)


class EpisodeDetailSchema(EpisodeSchema):
    """An episode by itself. Who is on screen is a list of its own."""

    season_name = fields.String(allow_none=True)
    show_poster_url = fields.String(allow_none=True)
    numbers = fields.List(fields.Nested(NumberSchema))
    crew = fields.List(fields.Nested(CrewOfEpisodeSchema))
    groups = fields.List(fields.Nested(PlaceInGroupSchema))
    previous_episode = fields.Nested(NeighbourSchema, allow_none=True)
    next_episode = fields.Nested(NeighbourSchema, allow_none=True)


class EpisodeGroupSchema(Body):
    """Another order that a show's episodes can be told in."""

    id = fields.UUID()
    show_id = fields.UUID()
    source = fields.String()
    name = fields.String()
    description = fields.String(allow_none=True)
    type = fields.String(
        metadata={"description": "original_air_date, absolute, dvd, digital, story_arc, production or tv"}
    )
    parts = fields.Integer()
    episodes = fields.Integer()


class EpisodeInGroupSchema(Body):
    """An episode in such an order."""

    part = fields.Integer()
    part_name = fields.String(allow_none=True)
    position = fields.Integer()
    episode_id = fields.UUID()
    season_number = fields.Integer()
    episode_number = fields.Integer()
    title = fields.String(allow_none=True)
    air_date = fields.Date(allow_none=True)
    still_url = fields.String(allow_none=True)
