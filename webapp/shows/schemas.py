"""The shapes of shows."""

from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Range

from webapp.schemas import AliasSchema, Body, Line, Page, RefField, Written, external_ids, slug
from webapp.shows.listing import ORDERS


def region(description: str) -> fields.String:
    """A region in a query."""
    return fields.String(
        validate=Written(r"[A-Za-z]{2}", error="Not an ISO 3166-1 code."), metadata={"description": description}
    )


class ShowQuery(Schema):
    """What to tell about a show."""

    region = region("Only the watch providers of this region (ISO 3166-1)")


class ShowsQuery(Page):
    """Which shows, and in which order."""

    q = Line(metadata={"description": "Only shows that have this in their name, or in another name of theirs"})
    genre = Line(metadata={"description": "Only of this genre, as `/genres` names it, in whatever case"})
    network = RefField(description="Only of this network: TMDb's number or our id")
    provider = RefField(description="Only what this watch provider offers: TMDb's number or our id")
    region = region("Only what is offered in this region (ISO 3166-1); with `provider`, by it")
    year = fields.Integer(validate=Range(1900, 2200), metadata={"description": "Only what premiered in this year"})
    status = Line(metadata={"description": "Only of this status, in whatever case: Returning Series, Ended …"})
    list = Line(metadata={"description": "Only what is on this list: its `id` or `source_id` as `/lists` tells it"})
    order = fields.String(
        load_default="name",
        validate=OneOf(tuple(ORDERS)),
        metadata={"description": "By name, or by premiere, latest_episode or popularity, the newest or greatest first"},
    )


class PickedShowSchema(Body):
    """A show to pick."""

    id = fields.UUID()
    name = fields.String()
    slug = slug()
    alternative_names = fields.List(
        fields.String(), allow_none=True, metadata={"description": "null where it has none"}
    )


class GenreSchema(Body):
    """A genre."""

    name = fields.String()
    shows = fields.Integer(metadata={"description": "How many shows it has"})


class ShowListSchema(Body):
    """A curated list of shows."""

    id = fields.UUID()
    source = fields.String(metadata={"description": "tmdb, imdb or manual"})
    source_id = fields.String()
    name = fields.String(allow_none=True)
    description = fields.String(allow_none=True)
    shows = fields.Integer(metadata={"description": "How many shows are on it"})


class ShowSchema(Body):
    """A show in a list."""

    id = fields.UUID()
    name = fields.String()
    slug = slug()
    description = fields.String(allow_none=True)
    premiere_date = fields.Date(allow_none=True)
    external_ids = external_ids()
    original_name = fields.String(allow_none=True)
    tagline = fields.String(allow_none=True)
    homepage = fields.String(allow_none=True)
    status = fields.String(allow_none=True)
    type = fields.String(allow_none=True)
    in_production = fields.Boolean(allow_none=True)
    adult = fields.Boolean(allow_none=True)
    last_air_date = fields.Date(allow_none=True)
    content_rating = fields.String(allow_none=True)
    original_language = fields.String(allow_none=True)
    origin_countries = fields.List(fields.String())
    runtimes = fields.List(fields.Integer())
    season_total = fields.Integer(allow_none=True)
    episode_total = fields.Integer(allow_none=True)
    totals_counted = fields.Boolean()
    tmdb_vote_average = fields.Float(allow_none=True)
    tmdb_vote_count = fields.Integer(allow_none=True)
    tmdb_popularity = fields.Float(allow_none=True)
    imdb_rating = fields.Float(allow_none=True)
    imdb_vote_count = fields.Integer(allow_none=True)
    imdb_id = fields.String(allow_none=True)
    tmdb_id = fields.Integer(allow_none=True)
    genres = fields.List(fields.String())
    networks = fields.List(fields.String())
    poster_url = fields.String(allow_none=True)
    backdrop_url = fields.String(allow_none=True)
    logo_url = fields.String(allow_none=True)


class LogoFields(Body):
    """What a network, company or provider has about its logo."""

    tmdb_logo_path = fields.String(allow_none=True)
    logo_path = fields.String(allow_none=True)
    hosted_logo_key = fields.String(allow_none=True)
    hosted_logo_url = fields.String(allow_none=True)
    hosted_logo_sha256 = fields.String(allow_none=True)
    hosted_logo_content_type = fields.String(allow_none=True)
    hosted_logo_bytes = fields.Integer(allow_none=True)
    hosted_logo_etag = fields.String(allow_none=True)
    hosted_logo_at = fields.DateTime(allow_none=True)
    logo_url = fields.String(allow_none=True)


class CompanySchema(LogoFields):
    """A network or a production company; `id` is TMDb's, `uuid` ours."""

    id = fields.Integer()
    uuid = fields.UUID()
    name = fields.String()
    origin_country = fields.String(allow_none=True)


class ProviderSchema(LogoFields):
    """A watch provider's place in an offer; `provider_id` is TMDb's, `uuid` ours."""

    provider_id = fields.Integer()
    uuid = fields.UUID()
    provider_name = fields.String()
    display_priority = fields.Integer(allow_none=True)


class OfferSchema(Body):
    """Who offers a show in a region in one way. Data by JustWatch."""

    region = fields.String()
    offer_type = fields.String()
    link = fields.String(allow_none=True)
    providers = fields.List(fields.Nested(ProviderSchema))


class ContentRatingSchema(Body):
    """The audience rating in a country."""

    country = fields.String()
    rating = fields.String()
    descriptors = fields.List(fields.String())


class EpisodeNumberSchema(Body):
    """An episode as a show's latest or next one."""

    season_number = fields.Integer(allow_none=True)
    episode_number = fields.Integer(allow_none=True)
    name = fields.String(allow_none=True)
    air_date = fields.Date(allow_none=True)
    tmdb_id = fields.Integer(allow_none=True)


class ShowDetailSchema(ShowSchema):
    """A show with everything about it that is not a list of its own."""

    keywords = fields.List(fields.String())
    tags = fields.List(fields.String())
    streaming_providers = fields.List(fields.String())
    listed_on = fields.List(fields.String())
    tmdb_network_ids = fields.List(fields.Integer())
    tmdb_production_company_ids = fields.List(fields.Integer())
    tmdb_networks = fields.List(fields.Nested(CompanySchema))
    tmdb_production_companies = fields.List(fields.Nested(CompanySchema))
    watch_providers = fields.List(fields.Nested(OfferSchema))
    languages = fields.List(fields.String())
    spoken_languages = fields.List(fields.String())
    production_countries = fields.List(fields.String())
    production_companies = fields.List(fields.String())
    most_recent_episode = fields.Nested(EpisodeNumberSchema, allow_none=True)
    next_episode = fields.Nested(EpisodeNumberSchema, allow_none=True)
    content_ratings = fields.List(fields.Nested(ContentRatingSchema))
    aliases = fields.List(fields.Nested(AliasSchema))
