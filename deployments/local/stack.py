"""The local stack: which parts there are, in which order they start, and what each is told about the others.

A part whose variable is set is somebody else's and is not started: `DATABASE_URL`, `S3_ENDPOINT`, `PREFECT_API_URL`, and
`TMDB_BEARER_TOKEN` or `TMDB_API_KEY` for the sample upstream. PostgreSQL, object store and upstream start side by side; Prefect
comes up while the database is migrated; workers, deployments and web app follow together.
"""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable

from deployments.local.environment import ROOT, Provided, child_environment, surroundings
from deployments.local.example import most_told_of, talked_about
from deployments.local.object_store import ObjectStore
from deployments.local.ports import Ports
from deployments.local.postgres import Postgres
from deployments.local.prefect_server import SILENT, PrefectServer
from deployments.local.process import MARKER, Child, ChildFailed
from deployments.local.secret import kept_secret
from deployments.local.state import State
from deployments.local.supervisor import Supervisor
from deployments.local.upstream import SampleUpstream
from deployments.settings import LocalSettings

BUCKET = "trr-media"
EVERYWHERE = ("0.0.0.0", "::")


class Stack:
    """All parts of one data folder, under one supervisor.

    Args:
        settings: the local settings.
        supervisor: who starts and watches.
        say: takes one line for the user at a time.
    """

    def __init__(self, settings: LocalSettings, supervisor: Supervisor, say: Callable[[str], None]) -> None:
        self.folder = settings.local_dir.absolute()
        self.logs = self.folder / "logs"
        self.settings = settings
        self.supervisor = supervisor
        self.say = say
        self.given = surroundings()
        self.provided = Provided.by(self.given)
        self.ports = Ports(self.folder / "ports.json")
        self.env = {**child_environment(self.given, self.folder), **SILENT, MARKER: str(self.folder)}
        self.env.setdefault("MAIL_URL", "print:")
        self.env.setdefault("WEBHOOK_LOCAL", "true")
        self.env.setdefault("AUTH_SECRET", kept_secret(self.folder / "auth-secret"))
        self.addresses: dict[str, str] = {}
        self._prefect: PrefectServer | None = None
        self._web_port = 0

    def claim_web_port(self) -> None:
        """Choose the web app's port before anything starts, so that a taken one is refused at once."""
        self._web_port = self.ports.take("web", asked=self.settings.web_port, variable="WEB_PORT", preferred=8000)

    def services(self) -> None:
        """Start what our programs need and wait for it: database, object store, upstream. Prefect's server is on its way."""
        postgres = self._start_postgres()
        store = self._start_object_store()
        upstream = self._start_upstream()
        if postgres:
            self.supervisor.wait(postgres.child, self.addresses["Database"])
            postgres.prepare()
        self._prefect = self._start_prefect(postgres)
        self._once("Migrations", "db", "migrate")
        if store:
            self.supervisor.wait(store.child, store.endpoint)
            store.make_public_bucket(BUCKET)
        if upstream:
            self.supervisor.wait(upstream.child, upstream.url)

    def settle(self) -> None:
        """Wait for the Prefect server, the slowest part, if it is ours."""
        if self._prefect:
            self.supervisor.wait(self._prefect.child, self._prefect.page)

    def serve(self, *, reload: bool = False) -> None:
        """Start the web app and its worker, and with our own Prefect server its worker and the deployments of `prefect.yaml`."""
        web = self._start_web(reload=reload)
        worker = self._start_worker()
        self.supervisor.wait(web, self.addresses["API"])
        self.supervisor.wait(worker)
        self.settle()
        collector, deploy = self._start_collecting()
        if collector:
            self.supervisor.wait(collector)
        if deploy and self.supervisor.finish(deploy):
            raise ChildFailed(deploy, "could not be registered")

    def people(self) -> None:
        """Make users to try things as, and tell how to get their tokens."""
        self._once("Sample users", "webapp.token", "--samples")
        self.addresses["Users"] = "ann, ben; mia (moderator); ada (admin): make -s token ARGS='--user ann'"

    def community(self) -> None:
        """Have the sample users talk about a show, where the shows are a sample, too; once for all."""
        if not self.provided.upstream:
            self._once("Sample talk", "deployments.local.community", self.addresses["API"])

    def collect(self) -> int:
        """Run the pipeline once, its output on our terminal; gives its exit code."""
        self.say(f"collecting from {self.addresses['Upstream']}")
        pipeline = Child("Pipeline", [sys.executable, "-m", "flows", "pipeline"], env=self.env, log=None)
        return self.supervisor.finish(pipeline, quiet=True)

    def show_example(self) -> None:
        """Add addresses to look at: the person of whom most sources tell, with each one's word; a show's discussions."""
        if example := most_told_of(self.env["DATABASE_URL"]):
            address = f"{self.addresses['API']}/people/{example.id}/provenance"
            self.addresses["One person"] = f"{address} ({example.name}, told of by {', '.join(example.sources)})"
        if show_id := talked_about(self.env["DATABASE_URL"]):
            self.addresses["Discussions"] = f"{self.addresses['Console']}/shows/{show_id}/discussions"

    def migrate(self) -> None:
        """Bring the database to the newest schema, starting it for that if need be."""
        if postgres := self._start_postgres():
            self.supervisor.wait(postgres.child, self.addresses["Database"])
            postgres.prepare()
        self._once("Migrations", "db", "migrate")

    def exports(self) -> dict[str, str]:
        """What another shell must set to work with this stack: all that differs from the user's own environment."""
        hidden = {MARKER, "PYTHONUNBUFFERED", "PYTHONPATH"}
        return {k: v for k, v in sorted(self.env.items()) if k not in hidden and os.environ.get(k) != v}

    def note(self) -> None:
        """Tell the other commands of this data folder that we are up."""
        State(self.addresses, self.exports()).write(self.folder)

    def _start_postgres(self) -> Postgres | None:
        if self.provided.database:
            self.addresses["Database"] = "as DATABASE_URL says"
            return None
        port = self.ports.take("postgres", asked=self.settings.postgres_port, variable="POSTGRES_PORT")
        postgres = Postgres(
            self.folder / "postgres",
            port,
            self.logs / "postgres.log",
            env=self.env,
            binaries=self.settings.postgres_bin,
        )
        self.addresses["Database"] = postgres.address("trr", "trr_app")
        self.env["DATABASE_URL"] = postgres.address("trr", "trr_app")
        self.env["MIGRATION_DATABASE_URL"] = postgres.address("trr", "trr_owner")
        self.env["SYSTEM_DATABASE_URL"] = postgres.address("trr", "trr_system")
        postgres.start()
        self.supervisor.add(postgres.child)
        return postgres

    def _start_object_store(self) -> ObjectStore | None:
        if self.provided.object_store:
            self.addresses["Object store"] = self.given["S3_ENDPOINT"]
            return None
        store = ObjectStore(
            self.folder / "object-store",
            self.ports,
            self.logs / "object-store.log",
            env=self.env,
            program=self.settings.weed_bin,
            port=self.settings.s3_port,
        )
        self.addresses["Object store"] = store.public_url(BUCKET)
        self.env |= store.environment(BUCKET)
        store.start()
        self.supervisor.add(store.child)
        return store

    def _start_upstream(self) -> SampleUpstream | None:
        if self.provided.upstream:
            self.addresses["Upstream"] = self.given.get("TMDB_API_URL", "the real TMDb")
            return None
        port = self.ports.take("upstream", asked=self.settings.upstream_port, variable="UPSTREAM_PORT")
        upstream = SampleUpstream(port, self.logs / "upstream.log", env=self.env)
        self.addresses["Upstream"] = f"the bundled sample at {upstream.url} (no TMDB_BEARER_TOKEN is set)"
        upstream.start()
        self.supervisor.add(upstream.child)
        self.env |= upstream.environment(self.given)
        return upstream

    def _start_prefect(self, postgres: Postgres | None) -> PrefectServer | None:
        if self.provided.prefect:
            self.addresses["Prefect"] = self.given["PREFECT_API_URL"]
            return None
        port = self.ports.take("prefect", asked=self.settings.prefect_port, variable="PREFECT_PORT", preferred=4200)
        if postgres:
            database = postgres.url("prefect", "prefect", driver="asyncpg")
        else:
            (self.folder / "prefect").mkdir(parents=True, exist_ok=True)
            database = f"sqlite+aiosqlite:///{self.folder / 'prefect' / 'prefect.db'}"
        server = PrefectServer(port, database, self.logs, env=self.env)
        self.addresses["Prefect"] = server.page
        self.env["PREFECT_API_URL"] = server.api_url
        server.start()
        self.supervisor.add(server.child)
        return server

    def _start_collecting(self) -> tuple[Child | None, Child | None]:
        if not self._prefect:
            self.say(
                "  Prefect is yours: register the deployments with `prefect deploy --all`, run workers where you like"
            )
            return None, None
        self._prefect.make_work_pool()
        worker = self._prefect.worker(cwd=ROOT, env=self.env)
        self.supervisor.start(worker)
        prefect_file = ROOT / "prefect.yaml"
        if not prefect_file.exists():
            self.say("  There is no prefect.yaml: no deployments are registered")
            return worker, None
        deploy = self._prefect.deploy(prefect_file, env=self.env)
        self.supervisor.start(deploy, once=True)
        return worker, deploy

    def _start_web(self, *, reload: bool) -> Child:
        port = self._web_port
        host = self.given.get("WEB_HOST", "127.0.0.1")
        page = f"http://{'127.0.0.1' if host in EVERYWHERE else host}:{port}"
        ours = {"Console": f"{page}/console", "API": f"{page}/api/v1", "API docs": f"{page}/docs"}
        self.addresses = ours | self.addresses
        self.env["WEB_PORT"] = str(port)
        web = Child(
            "Web app",
            [sys.executable, "-m", "webapp", *(["--reload"] if reload else [])],
            env=self.env,
            log=self.logs / "webapp.log",
            ready=lambda: _answers(f"{page}/healthz"),
        )
        self.supervisor.start(web)
        return web

    def _start_worker(self) -> Child:
        worker = Child(
            "Worker", [sys.executable, "-m", "webapp.worker"], env=self.env, log=self.logs / "webapp-worker.log"
        )
        self.supervisor.start(worker)
        return worker

    def _once(self, name: str, *command: str) -> None:
        child = Child(name, [sys.executable, "-m", *command], env=self.env, log=self.logs / f"{name.lower()}.log")
        if code := self.supervisor.finish(child):
            raise ChildFailed(child, f"failed (exit code {code})")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return False
