"""`python -m deployments.local COMMAND`: the local stack from the command line; `make` calls it."""

import argparse
import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from db.settings import ConfigurationError
from deployments.local.lock import AlreadyRunning, StackLock
from deployments.local.postgres import refuge
from deployments.local.process import ChildFailed, sweep
from deployments.local.stack import Stack
from deployments.local.state import State
from deployments.local.supervisor import StopRequested, Supervisor
from deployments.settings import local_settings

REFUSED = 2
"""What a program of ours exits with when a setting, not the work, is at fault."""


def say(line: str = "") -> None:
    """One line for the user, at once."""
    print(line, flush=True)


@contextmanager
def opened(*, web: bool = False) -> Iterator[Stack]:
    """The stack of this data folder, ours alone, with a port for the web app if asked for, and stopped whatever happens."""
    settings = local_settings()
    folder = _folder()
    lock = StackLock(folder)
    lock.acquire()
    supervisor = Supervisor(folder, say)
    try:
        supervisor.open()
        stack = Stack(settings, supervisor, say)
        if web:
            stack.claim_web_port()
        yield stack
    finally:
        State.remove(folder)
        supervisor.stop()
        lock.release()


def run() -> int:
    """Start everything, collect once, serve until Ctrl-C."""
    with opened(web=True) as stack:
        say("starting the local stack")
        stack.services()
        stack.serve()
        stack.people()
        stack.note()
        code = stack.collect()
        if code == REFUSED:
            return 1
        if code == 0:
            stack.community()
        stack.show_example()
        say()
        say("The Reality Report is running." if code == 0 else "Running, but collecting failed (see above).")
        _stay(stack)
    return 0


def dev() -> int:
    """Start everything with a web app that reloads when code changes; collect nothing."""
    with opened(web=True) as stack:
        say("starting the local stack for development")
        stack.services()
        stack.serve(reload=True)
        stack.people()
        stack.note()
        say()
        say("Running. The web app reloads when a file changes; `make pipeline` in another shell collects.")
        _stay(stack)
    return 0


def up() -> int:
    """Start the servers alone, for other tools: database, object store, upstream, Prefect."""
    with opened() as stack:
        say("starting the servers")
        stack.services()
        stack.settle()
        stack.note()
        say()
        _stay(stack)
    return 0


def pipeline() -> int:
    """Run the pipeline once, in the running stack or in one started for it; exit 1 when collecting failed."""
    _within_running_stack("flows", "pipeline")
    with opened() as stack:
        say("starting what collecting needs")
        stack.services()
        stack.settle()
        stack.note()
        return 1 if stack.collect() else 0


def migrate() -> int:
    """Bring the database to the newest schema."""
    _within_running_stack("db", "migrate")
    with opened() as stack:
        stack.migrate()
    return 0


def stop() -> int:
    """Stop the running stack of this data folder, or what a crashed one left."""
    folder = _folder()
    lock = StackLock(folder)
    if not folder.exists():
        say("nothing is running")
        return 0
    if not lock.is_held():
        left = sweep(folder)
        say(f"stopped {len(left)} leftover processes" if left else "nothing is running")
        return 0
    pid = lock.holder()
    say(f"stopping the stack (pid {pid}) ...")
    if pid:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 60
    while lock.is_held():
        if time.monotonic() > deadline:
            say(f"it has not stopped within a minute; its logs are in {folder / 'logs'}")
            return 1
        time.sleep(0.1)  # the stack is no child of ours, so nothing tells of its end
    say("stopped")
    return 0


def clean() -> int:
    """Stop the stack and remove its data folder."""
    if code := stop():
        return code
    folder = _folder()
    if not folder.exists():
        say(f"there is no {folder}")
        return 0
    if not (folder / "lock").exists():
        raise ConfigurationError("LOCAL_DIR", f"{folder} is no data folder of this stack; it is left alone")
    say(f"removing {folder}: database, objects, caches, logs")
    shutil.rmtree(folder)
    elsewhere = refuge(folder / "postgres")
    if elsewhere.exists():
        say(f"removing {elsewhere}: database")
        shutil.rmtree(elsewhere)
    return 0


def env() -> int:
    """Print the variables of the running stack as shell commands: eval "$(python -m deployments.local env)"."""
    state = State.read(_folder())
    if state is None:
        print("no stack is running here (or it is still starting); `make run` starts one", file=sys.stderr)
        return 1
    for name, value in state.environment.items():
        say(f"export {name}={shlex.quote(value)}")
    return 0


COMMANDS: dict[str, Callable[[], int]] = {
    function.__name__: function for function in (run, dev, pipeline, up, migrate, env, stop, clean)
}


def _stay(stack: Stack) -> None:
    _show(stack.addresses)
    say(f"  {'Logs':<14} {_short(stack.logs)}")
    say("Ctrl-C stops everything; the data stays.")
    try:
        stack.supervisor.watch()
    except StopRequested:
        pass


def _show(addresses: Mapping[str, str]) -> None:
    for name, address in addresses.items():
        say(f"  {name:<14} {address}")


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _folder() -> Path:
    return local_settings().local_dir.absolute()


def _within_running_stack(*module: str) -> None:
    """Become a program of ours that works with the stack that runs here; come back if there is none."""
    if state := State.read(_folder()):
        say(f"using the running stack (pid {StackLock(_folder()).holder()})")
        environment = {**state.environment, **os.environ}
        os.execve(sys.executable, [sys.executable, "-m", *module], environment)


def main() -> int:
    """Run one command; 0 when it worked, 1 with a message when it did not."""
    parser = argparse.ArgumentParser(
        prog="python -m deployments.local", description="The local stack: every server of this project on one machine."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, function in COMMANDS.items():
        commands.add_parser(name, help=(function.__doc__ or "").splitlines()[0])
    command = parser.parse_args().command
    try:
        return COMMANDS[command]()
    except AlreadyRunning as running:
        say(f"the local stack is {running}; `make stop` stops it")
        if state := State.read(_folder()):
            _show(state.addresses)
    except StopRequested:
        return 1 if command == "pipeline" else 0
    except (ConfigurationError, ChildFailed) as error:
        print(error, file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
