"""Clients of a web process: python-socketio's, with everything that they were sent, each event checked by its schema."""

import threading
import time
from collections.abc import Callable
from typing import Any

import engineio
import socketio
import urllib3
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

PATIENCE = 120
"""Seconds that a test waits for what must come."""


def wait_until(true: Callable[[], Any], what: str = "") -> Any:
    """What a condition answers once it holds."""
    end = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < end, what or "it never came"
        time.sleep(0.01)
    return found


class Contract:
    """The schemas that a web process serves."""

    def __init__(self, address: str) -> None:
        self.document = urllib3.request("GET", f"{address}/realtime/schemas.json").json()
        self.names = sorted(self.document["$defs"])

    def violations(self, name: str, namespace: str, data: Any) -> list[str]:
        """What is wrong with an event."""
        schema = self.document["$defs"].get(name)
        if schema is None or namespace not in schema["x-namespaces"]:
            return [f"{name} is not declared for {namespace}"]
        checker = Draft202012Validator(schema, format_checker=FormatChecker())
        return [error.message for error in checker.iter_errors(data)]


class _OneThread(engineio.Client):
    def _trigger_event(self, event: str, *args: Any, **options: Any) -> Any:
        return super()._trigger_event(event, *args, **(options | {"run_async": False}))


class InOrder(socketio.Client):
    """python-socketio's client, which hears what comes in the order in which it comes. By itself it handles each message on a
    thread of its own, and on a busy machine these overtake one another.
    """

    def _engineio_client_class(self) -> type[engineio.Client]:
        return _OneThread


class Client:
    """A socket in one namespace."""

    def __init__(self, address: str, contract: Contract, namespace: str, token: str | None = None) -> None:
        self.namespace = namespace
        self.events: list[dict[str, Any]] = []
        self.violations: list[str] = []
        self.refused: dict[str, Any] | None = None
        self.gone = threading.Event()
        self._contract = contract
        self._socket = InOrder(reconnection=False)
        for name in contract.names:
            self._socket.on(name, self._note(name), namespace=namespace)
        self._socket.on("disconnect", lambda *_: self.gone.set(), namespace=namespace)
        self._socket.on("connect_error", self._refuse, namespace=namespace)
        auth = {} if token is None else {"token": token}
        self._socket.connect(
            address, auth=auth, namespaces=[namespace], transports=["websocket"], wait_timeout=PATIENCE
        )

    def _note(self, name: str) -> Callable[[Any], None]:
        def note(data: Any) -> None:
            self.violations += self._contract.violations(name, self.namespace, data)
            self.events.append(data)

        return note

    def _refuse(self, data: Any = None) -> None:
        self.refused = data

    def call(self, event: str, data: Any = None) -> dict[str, Any]:
        """Send an event; answers its acknowledgement."""
        answer: dict[str, Any] = self._socket.call(event, data, namespace=self.namespace, timeout=PATIENCE)
        return answer

    def send(self, event: str, data: Any = None) -> None:
        """Send an event without asking for an acknowledgement."""
        self._socket.emit(event, data, namespace=self.namespace)

    def of(self, *types: str) -> list[dict[str, Any]]:
        """The events of some types, in the order of their arrival."""
        return [event for event in self.events if event["type"] in types]

    def wait(self, *types: str, count: int = 1) -> list[dict[str, Any]]:
        """The events of some types, once there are so many."""
        wait_until(lambda: len(self.of(*types)) >= count, f"{types}: {count} were expected, these came: {self.events}")
        return self.of(*types)

    def close(self) -> None:
        """Go away."""
        self._socket.disconnect()
