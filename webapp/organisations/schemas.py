"""The shapes of networks, companies and providers."""

from marshmallow import fields
from marshmallow.validate import OneOf

from webapp.organisations.service import ORDERS
from webapp.schemas import Line, Page, external_ids
from webapp.shows.schemas import LogoFields, region


class OrganisationsQuery(Page):
    """Which of them, and in which order."""

    q = Line(metadata={"description": "Only those that have this in their name"})
    order = fields.String(
        load_default="name",
        validate=OneOf(list(ORDERS)),
        metadata={"description": "By name, or by shows: who has most first"},
    )


class ItsShowsQuery(Page):
    """Which of its shows, and in which order."""

    order = fields.String(
        load_default="name",
        validate=OneOf(("name", "premiere", "latest_episode", "popularity")),
        metadata={"description": "By name, or by premiere, latest_episode or popularity, the newest or greatest first"},
    )


class OfferedShowsQuery(ItsShowsQuery):
    """Which of a provider's shows."""

    region = region("Only what it offers in this region (ISO 3166-1)")


class OrganisationSchema(LogoFields):
    """A network, company or provider; `id` is TMDb's, `uuid` ours."""

    id = fields.Integer(allow_none=True)
    uuid = fields.UUID()
    name = fields.String()
    shows = fields.Integer(metadata={"description": "How many shows it has"})


class CountrySchema(OrganisationSchema):
    """A network or company."""

    origin_country = fields.String(allow_none=True)


class ProviderDetailSchema(OrganisationSchema):
    """A watch provider. Data by JustWatch."""

    external_ids = external_ids()
    regions = fields.List(fields.String(), metadata={"description": "Where it offers something"})


class CountryDetailSchema(CountrySchema):
    """A network or company with its ids elsewhere."""

    external_ids = external_ids()
