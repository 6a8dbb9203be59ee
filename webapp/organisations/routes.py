"""Routes of networks, companies and providers."""

from typing import Any

from flask.views import MethodView

from models.entities import Kind
from webapp.api import Blueprint
from webapp.organisations import service
from webapp.organisations.schemas import (
    CountryDetailSchema,
    CountrySchema,
    ItsShowsQuery,
    OfferedShowsQuery,
    OrganisationSchema,
    OrganisationsQuery,
    ProviderDetailSchema,
)
from webapp.reading import Reading, Ref
from webapp.shows.schemas import ShowSchema

blp = Blueprint("Organisations", __name__, description="Networks, production companies and watch providers")


@blp.route("/networks")
class Networks(MethodView):
    @blp.arguments(OrganisationsQuery, location="query")
    @blp.sends(CountrySchema(many=True))
    def get(self, query: dict[str, Any]) -> Reading:
        """List networks"""
        return service.organisations(Kind.NETWORK, **query)


@blp.route("/networks/<ref:network_id>")
class Network(MethodView):
    @blp.sends(CountryDetailSchema, below="network")
    def get(self, network_id: Ref) -> Reading:
        """Tell about a network"""
        return service.organisation(Kind.NETWORK, network_id)


@blp.route("/networks/<ref:network_id>/shows")
class NetworkShows(MethodView):
    @blp.arguments(ItsShowsQuery, location="query")
    @blp.sends(ShowSchema(many=True), below="network")
    def get(self, query: dict[str, Any], network_id: Ref) -> Reading:
        """List a network's shows"""
        return service.shows_of(Kind.NETWORK, network_id, **query)


@blp.route("/companies")
class Companies(MethodView):
    @blp.arguments(OrganisationsQuery, location="query")
    @blp.sends(CountrySchema(many=True))
    def get(self, query: dict[str, Any]) -> Reading:
        """List production companies"""
        return service.organisations(Kind.COMPANY, **query)


@blp.route("/companies/<ref:company_id>")
class Company(MethodView):
    @blp.sends(CountryDetailSchema, below="company")
    def get(self, company_id: Ref) -> Reading:
        """Tell about a production company"""
        return service.organisation(Kind.COMPANY, company_id)


@blp.route("/companies/<ref:company_id>/shows")
class CompanyShows(MethodView):
    @blp.arguments(ItsShowsQuery, location="query")
    @blp.sends(ShowSchema(many=True), below="company")
    def get(self, query: dict[str, Any], company_id: Ref) -> Reading:
        """List a production company's shows"""
        return service.shows_of(Kind.COMPANY, company_id, **query)


@blp.route("/providers")
class Providers(MethodView):
    @blp.arguments(OrganisationsQuery, location="query")
    @blp.sends(OrganisationSchema(many=True))
    def get(self, query: dict[str, Any]) -> Reading:
        """List watch providers"""
        return service.organisations(Kind.PROVIDER, **query)


@blp.route("/providers/<ref:provider_id>")
class Provider(MethodView):
    @blp.sends(ProviderDetailSchema, below="provider")
    def get(self, provider_id: Ref) -> Reading:
        """Tell about a watch provider"""
        return service.organisation(Kind.PROVIDER, provider_id)


@blp.route("/providers/<ref:provider_id>/shows")
class ProviderShows(MethodView):
    @blp.arguments(OfferedShowsQuery, location="query")
    @blp.sends(ShowSchema(many=True), below="provider")
    def get(self, query: dict[str, Any], provider_id: Ref) -> Reading:
        """List what a watch provider offers"""
        return service.shows_of(Kind.PROVIDER, provider_id, **query)
