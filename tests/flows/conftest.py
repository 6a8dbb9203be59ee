"""What the tests of the flows share: the sample collected once, and a copy of it for every test that changes something.

| fixture | gives |
|---|---|
| `upstream` | the running sample upstream, which the settings point to; what a test amends is undone after it |
| `collected` | the session's pipeline run over the sample: its reports, and the database that copies are made of |
| `catalogue` | a copy of that database for one test, and ways to run stages, ask the database and ask the API |
| `empty_catalogue` | the same on a database without rows |
| `whole` | a copy of the sample as all sources told it, collected once a session, with those sources still there |
| `everything` | a database without rows and an upstream of its own, where all sources may be asked: IMDb, wikis, Wikidata |
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from deployments.local.object_store import ObjectStore
from deployments.local.postgres import Postgres
from deployments.local.prefect_server import PrefectServer
from deployments.upstream import IMDB_LIST_CSV, Sample, Upstream
from deployments.upstream.sample.lists import IMDB_LISTS

LISTS = "900000001,900000002"
"""The TMDb lists of the sample."""

_numbers = count(1)


def forget_settings() -> None:
    """Let every module read its settings anew."""
    from db import session
    from db.object_store import object_store
    from db.settings import object_store_settings
    from flows import pictures
    from webapp.settings import web_settings

    session.dispose()
    for cached in (object_store, object_store_settings, pictures._settings, web_settings):
        cached.cache_clear()


def settings_for(upstream: Upstream) -> dict[str, str]:
    """The variables of a run against this upstream, patient with nobody."""
    return {
        "TMDB_API_URL": upstream.url,
        "TMDB_IMAGE_URL": f"{upstream.url}/t/p",
        "TMDB_BEARER_TOKEN": upstream.token,
        "TMDB_RATE": "1000",
        "TMDB_BURST": "1000",
        "IMAGE_ORIGINS": upstream.url,
        "IMAGE_RATE": "1000",
        "IMAGE_BURST": "1000",
        "HTTP_BACKOFF": "0.01",
    }


def all_sources(upstream: Upstream) -> dict[str, Any]:
    """The variables that let IMDb, wikis and Wikidata be asked at this upstream, too, without waiting for limits."""
    rates = {f"{source}_RATE": "1000" for source in ("IMDB", "FANDOM", "WIKIDATA")}
    bursts = {f"{source}_BURST": "1000" for source in ("IMDB", "FANDOM", "WIKIDATA")}
    return {
        **rates,
        **bursts,
        "IMDB_LAYERS": "graphql,pages,datasets",
        "IMDB_GRAPHQL_URL": f"{upstream.url}/imdb/graphql",
        "IMDB_PAGES_URL": f"{upstream.url}/imdb",
        "IMDB_DATASETS_URL": f"{upstream.url}/imdb/datasets",
        "FANDOM_ENABLED": "true",
        "FANDOM_URL": f"{upstream.url}/fandom/{{wiki}}",
        "WIKIDATA_ENABLED": "true",
        "WIKIDATA_URL": f"{upstream.url}/wikidata",
        "TMDB_LIST_IDS": LISTS,
        "IMDB_LIST_IDS": ",".join(IMDB_LISTS),
        "IMDB_LIST_CSV": str(IMDB_LIST_CSV),
    }


@contextmanager
def environment(variables: dict[str, str]) -> Iterator[pytest.MonkeyPatch]:
    """These variables, and settings that were read from them."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        forget_settings()
        try:
            yield patch
        finally:
            forget_settings()


@dataclass
class Catalogue:
    """A database, the upstream that fills it, and ways to look at what came of it."""

    name: str
    upstream: Upstream
    bucket: str
    reports: dict[str, Any] = field(default_factory=dict)

    def run(self, stage: str, *, further: dict[str, Any] | None = None, **selection: Any) -> Any:
        """Run a stage as its flow; gives its report, also where it failed."""
        from flows.outcome import StageFailed
        from flows.pipeline import STAGES
        from flows.selection import Selection

        try:
            report = STAGES[stage](Selection(**selection), **(further or {}))
        except StageFailed as failure:
            report = failure.report
        self.reports[stage] = report
        return report

    def rows(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """What the database answers."""
        from db.session import engine

        with engine().begin() as connection:
            return [tuple(row) for row in connection.execute(text(statement), parameters)]

    def records(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        """What the database answers, by column."""
        from db.session import engine

        with engine().begin() as connection:
            return [dict(row) for row in connection.execute(text(statement), parameters).mappings()]

    def one(self, statement: str, **parameters: Any) -> Any:
        """The one value that the database answers."""
        ((value,),) = self.rows(statement, **parameters)
        return value

    def column(self, statement: str, **parameters: Any) -> list[Any]:
        """The first column of what the database answers."""
        return [row[0] for row in self.rows(statement, **parameters)]

    def change(self, statement: str, **parameters: Any) -> None:
        """Change the database."""
        from db.session import engine

        with engine().begin() as connection:
            connection.execute(text(statement), parameters)

    def show(self, tmdb_id: int) -> Any:
        """Our id of a show."""
        return self.one("select id from core.shows where tmdb_id = :tmdb", tmdb=tmdb_id)

    def snapshot(self, *schemas: str) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of these schemas with the transaction that wrote it: equal where nothing was written."""
        tables = self.column(
            "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = any(:schemas)",
            schemas=list(schemas or ("core",)),
        )
        return {table: sorted(self.rows(f"select xmin::text, ctid::text, t::text from {table} t")) for table in tables}

    def counts(self) -> dict[str, int]:
        """Rows per table of `core`."""
        return {table: len(rows) for table, rows in self.snapshot().items()}

    def ask(self, path: str) -> Any:
        """What the API answers."""
        answer = api().get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.json


@cache
def api() -> FlaskClient:
    """The web app; it reads whatever database the settings point to."""
    from webapp.app import create_app

    return create_app().test_client()


class Worlds:
    """Makes databases, buckets and upstreams, and removes them."""

    def __init__(self, postgres: Postgres, object_store: ObjectStore, folder: Path) -> None:
        self.postgres, self.object_store, self.folder = postgres, object_store, folder

    @contextmanager
    def catalogue(
        self,
        template: str,
        upstream: Upstream,
        *,
        bucket: str | None = None,
        keep: bool = False,
        known_to_prefect: bool = False,
        **variables: str,
    ) -> Iterator[Catalogue]:
        """A catalogue in a new database; without the name of a `bucket` in a new bucket.

        `known_to_prefect`: what Prefect remembers of the template counts for its copy.
        """
        made = Catalogue(f"flows_{next(_numbers)}", upstream, bucket or f"flows-{next(_numbers)}")
        self.postgres.create_database(made.name, owner="trr_owner", template=template)
        if bucket is None:
            self.object_store.make_public_bucket(made.bucket)
        with environment(self.variables(made) | variables):
            if not known_to_prefect:
                made.change("update ops.installation set database_id = gen_random_uuid()")
            yield made
        if not keep:
            self.postgres.drop_database(made.name)

    def variables(self, catalogue: Catalogue) -> dict[str, str]:
        """The variables of a run on this catalogue."""
        addresses = {
            "DATABASE_URL": self.postgres.url(catalogue.name, "trr_app"),
            "MIGRATION_DATABASE_URL": self.postgres.url(catalogue.name, "trr_owner"),
            "SYSTEM_DATABASE_URL": self.postgres.url(catalogue.name, "trr_system"),
            "HTTP_CACHE_DIR": str(self.folder / catalogue.name / "cache"),
            "HTTP_STATE_DIR": str(self.folder / catalogue.name / "state"),
        }
        return addresses | self.object_store.environment(catalogue.bucket) | settings_for(catalogue.upstream)


@pytest.fixture(scope="session")
def worlds(
    postgres: Postgres,
    object_store: ObjectStore,
    prefect_server: PrefectServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Worlds]:
    """Without Prefect's heartbeats, which keep every flow run waiting for most of a second."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield Worlds(postgres, object_store, tmp_path_factory.mktemp("flows"))


@pytest.fixture(scope="session")
def sample_upstream() -> Iterator[Upstream]:
    with Upstream(Sample()) as running:
        yield running


@pytest.fixture
def upstream(sample_upstream: Upstream) -> Iterator[Upstream]:
    """The sample upstream with an empty log; what a test changes is undone after it."""
    sample_upstream.requests.clear()
    yield sample_upstream
    sample_upstream.restore()
    sample_upstream.limit_to(None)
    sample_upstream.latency = 0
    sample_upstream.faults.clear()
    sample_upstream.heal()


@pytest.fixture(scope="session")
def collected(worlds: Worlds, sample_upstream: Upstream, database_template: str) -> Catalogue:
    """The whole pipeline over the sample, run once. Its database is a template: tests read copies of it."""
    from flows.pipeline import FLOWS

    run_pipeline: Any = FLOWS["pipeline"]
    lists: dict[str, Any] = {"TMDB_LIST_IDS": LISTS, "IMDB_LIST_CSV": str(IMDB_LIST_CSV)}
    with worlds.catalogue(database_template, sample_upstream, keep=True, **lists) as catalogue:
        catalogue.reports = {report.stage: report for report in run_pipeline().parts}
    return catalogue


@pytest.fixture
def catalogue(worlds: Worlds, collected: Catalogue, upstream: Upstream) -> Iterator[Catalogue]:
    """The collected sample, in a database of the test's own."""
    with worlds.catalogue(collected.name, upstream, bucket=collected.bucket) as copy:
        yield copy


@pytest.fixture
def empty_catalogue(worlds: Worlds, upstream: Upstream, database_template: str) -> Iterator[Catalogue]:
    """A migrated database without rows."""
    with worlds.catalogue(database_template, upstream) as empty:
        yield empty


@pytest.fixture(scope="session")
def collected_whole(worlds: Worlds, database_template: str) -> Iterator[Catalogue]:
    """The whole pipeline over the sample with every source, run once."""
    from flows.pipeline import FLOWS

    run_pipeline: Any = FLOWS["pipeline"]
    with Upstream(Sample()) as upstream:
        with worlds.catalogue(database_template, upstream, keep=True, **all_sources(upstream)) as catalogue:
            catalogue.reports = {report.stage: report for report in run_pipeline().parts}
        yield catalogue


@pytest.fixture
def whole(worlds: Worlds, collected_whole: Catalogue) -> Iterator[Catalogue]:
    """The sample as all sources told it, in a database of the test's own; what it does to the sources is undone."""
    upstream = collected_whole.upstream
    upstream.requests.clear()
    sources = all_sources(upstream)
    with worlds.catalogue(collected_whole.name, upstream, bucket=collected_whole.bucket, **sources) as copy:
        copy.reports = dict(collected_whole.reports)
        yield copy
    upstream.restore()
    upstream.heal()
    upstream.calm()


@pytest.fixture
def everything(worlds: Worlds, database_template: str) -> Iterator[Catalogue]:
    """A migrated database without rows, and a sample upstream of the test's own that speaks for all sources."""
    with (
        Upstream(Sample()) as upstream,
        worlds.catalogue(database_template, upstream, **all_sources(upstream)) as catalogue,
    ):
        yield catalogue


def task_runs(flow_run_id: Any) -> list[Any]:
    """The task runs of a flow run, as Prefect's page shows them."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    with get_client(sync_client=True) as client:
        wanted = FlowRunFilter(id=FlowRunFilterId(any_=[flow_run_id]))
        return client.read_task_runs(flow_run_filter=wanted)


def flow_run(flow_run_id: Any) -> Any:
    """A flow run, as Prefect's page shows it."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        return client.read_flow_run(flow_run_id)


def artifacts(flow_run_id: Any, key: str) -> list[Any]:
    """The tables that a flow run left on Prefect's page under this key."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, ArtifactFilterKey

    wanted = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[flow_run_id]), key=ArtifactFilterKey(any_=[key]))
    with get_client(sync_client=True) as client:
        found = [artifact.data for artifact in client.read_artifacts(artifact_filter=wanted)]
    return [json.loads(data) if isinstance(data, str) else data for data in found]
