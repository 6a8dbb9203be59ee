"""The contract's commands for python-socketio's client: `python -m tests.realtime.drivers.python ORIGIN [TOKEN]`.

What it does beyond the library's own is what docs/realtime.md tells every client to do: keep the last number, send it with
each subscription, drop what it has had.
"""

import json
import sys
from threading import Lock
from typing import Any

import socketio

ORIGIN, TOKEN = (*sys.argv[1:], None)[:2]
_turn = Lock()


def tell(**what: Any) -> None:
    with _turn:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


class Room:
    """A room with a socket of its own."""

    def __init__(self, name: str, since: int | None) -> None:
        self.name, self.last = name, since
        self.namespace = f"/{name.split(':')[0]}"
        self.client = socketio.Client(reconnection_delay=0.1, handle_sigint=False)
        self.client.on("connect", self.subscribe, namespace=self.namespace)
        self.client.on("connect_error", self.refused, namespace=self.namespace)
        self.client.on("*", self.heard, namespace=self.namespace)
        auth = {"token": TOKEN} if TOKEN else {}
        try:
            self.client.connect(ORIGIN, transports=["websocket"], namespaces=[self.namespace], auth=auth, retry=False)
        except socketio.exceptions.ConnectionError:
            pass  # `refused` has told why

    def subscribe(self) -> None:
        wish = {"room": self.name} if self.last is None else {"room": self.name, "since": self.last}
        self.client.emit("subscribe", wish, namespace=self.namespace, callback=self.subscribed)

    def subscribed(self, answer: dict[str, Any]) -> None:
        if answer["ok"]:
            tell(subscribed={"seq": self.last, "present": answer["present"], "typing": answer["typing"]})
        else:
            tell(problem=answer)

    def refused(self, error: Any) -> None:
        if isinstance(error, dict) and "data" in error:
            tell(problem=error["data"])

    def heard(self, _name: str, event: dict[str, Any]) -> None:
        if event["type"] == "error":
            tell(problem=event["payload"])
        elif event["type"] == "unsubscribed":
            tell(ended=self.name)
        elif event["type"] == "subscribed":
            if event["payload"]["resync"]:
                tell(reset=event["payload"]["seq"])
            if event["payload"]["resync"] or self.last is None:
                self.last = event["payload"]["seq"]
        elif event["seq"] is None:
            tell(event=event)
        elif event["seq"] > (self.last or 0):
            self.last = event["seq"]
            tell(event=event)

    def send(self, number: int, event: str, data: dict[str, Any]) -> None:
        def answered(answer: dict[str, Any]) -> None:
            tell(number=number, **{"answer" if answer["ok"] else "problem": answer})

        self.client.emit(event, {"room": self.name, **data}, namespace=self.namespace, callback=answered)


def main() -> None:
    """Do what the lines say, until there are no more."""
    rooms: dict[str, Room] = {}
    for line in sys.stdin:
        command = json.loads(line)
        name, event = command["room"], command["event"]
        if event == "subscribe":
            rooms[name] = Room(name, command.get("since"))
        elif event == "unsubscribe":
            rooms[name].client.emit("unsubscribe", {"room": name}, namespace=rooms[name].namespace)
        else:
            rooms[name].send(command["number"], event, command.get("data", {}))
    for room in rooms.values():
        room.client.disconnect()


if __name__ == "__main__":
    main()
