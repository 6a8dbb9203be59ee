"""IMDb's GraphQL endpoint: `POST /imdb/graphql` over the schema in `imdb.graphql`, answered from a source's facts.

As at the original, a connection wants `first`, cursors are opaque, a field that the schema does not have is a validation
error, and 400 is the status of what could not be run at all.
"""

from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    validate,
)
from graphql.language import FieldNode, Visitor, visit

from deployments.upstream.answers import answer_as_it_is
from deployments.upstream.catalogue.imdb_facts import IMAGES
from deployments.upstream.imdb_resolvers import Root
from deployments.upstream.service import service
from deployments.upstream.source import Body

blueprint = Blueprint("imdb-graphql", __name__)

DISCLAIMER = "Invented data of a sample upstream; IMDb has nothing to do with it."


@blueprint.route("/imdb/graphql", methods=["POST"])
@blueprint.route("/imdb/graphql/", methods=["POST"])
def query() -> Response:
    """The answer to one query."""
    failing = service().conditions.failing(blueprint.name)
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
        return refused("BAD_REQUEST", "Must provide a query.")
    try:
        document = parsed(asked["query"])
    except GraphQLError as error:
        return refused("GRAPHQL_PARSE_FAILED", error.message)
    if failing.rotated_schema:
        name, of = first_field(document)
        return refused("GRAPHQL_VALIDATION_FAILED", f'Cannot query field "{name}" on type "{of}".')
    if wrong := checked(asked["query"]):
        return refused("GRAPHQL_VALIDATION_FAILED", *wrong)
    variables = asked.get("variables") or {}
    if failing.largest_page is not None and largest_asked(document, variables) > failing.largest_page:
        return Response("<html><body><h1>504 Gateway Time-out</h1></body></html>", 504, mimetype="text/html")
    done = execute_sync(
        schema(), document, Root(failing), variable_values=variables, operation_name=asked.get("operationName")
    )
    body: Body = {"data": done.data}
    errors: list[Any] = [error.formatted for error in done.errors or ()]
    if failing.partial_errors:
        errors.append(told("INTERNAL_SERVER_ERROR", "The service that answers this field has failed."))
    if errors:
        body = {"errors": errors, **body}
    body["extensions"] = {"disclaimer": DISCLAIMER, "experimentalFields": {"janet": [], "markdown": []}}
    return answer_as_it_is(body, {IMAGES: f"{request.host_url}imdb-images"})


@cache
def schema() -> GraphQLSchema:
    built = build_schema(Path(__file__).with_name("imdb.graphql").read_text(encoding="utf-8"))
    built.get_type("Credit").resolve_type = lambda value, info, of: value["__typename"]  # type: ignore[union-attr]
    return built


@cache
def parsed(text: str) -> DocumentNode:
    return parse(text)


@cache
def checked(text: str) -> tuple[str, ...]:
    """What is wrong with a query, by the schema, in the quotation marks of IMDb's."""
    return tuple(error.message.replace("'", '"') for error in validate(schema(), parsed(text)))


def told(code: str, message: str) -> Body:
    return {"message": message, "extensions": {"code": code}}


def refused(code: str, *messages: str) -> Response:
    """The answer to what is not run."""
    return answer_as_it_is({"errors": [told(code, message) for message in messages]}, status=400)


def first_field(document: DocumentNode) -> tuple[str, str]:
    """The first field below the root that a query asks for, and on what."""
    path: list[FieldNode] = []

    class First(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            path.append(node)

    visit(document, First())
    below = path[1] if len(path) > 1 else path[0]
    return below.name.value, path[0].name.value.capitalize() if len(path) > 1 else "Query"


def largest_asked(document: DocumentNode, variables: Body) -> int:
    """The largest `first` of a query."""
    found = [0]

    class Firsts(Visitor):
        def enter_argument(self, node: Any, *_: Any) -> None:
            if node.name.value == "first":
                value = node.value
                literal = getattr(value, "value", None)
                number = variables.get(value.name.value) if hasattr(value, "name") else literal
                found.append(int(number or 0))

    visit(document, Firsts())
    return max(found)
