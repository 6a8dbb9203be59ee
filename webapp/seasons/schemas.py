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
