"""People who write to each other over HTTP."""

from typing import Any


def opened(one: Any, other: Any) -> str:
    """Open the conversation of two; answers its id."""
    answer = one.post("/api/v1/dms", json={"other_user_id": str(other.user_id)})
    assert answer.status_code == 200, answer.json
    return str(answer.json["id"])


def friends(one: Any, *others: Any) -> list[str]:
    """Open a conversation with each, which they accept; answers their ids."""
    ids = []
    for other in others:
        ids.append(opened(one, other))
        assert other.post(f"/api/v1/dms/{ids[-1]}/accept").status_code == 200
    return ids


def group(one: Any, *others: Any, title: str = "Watch party") -> Any:
    """Make a group; answers its JSON."""
    answer = one.post("/api/v1/dms/groups", json={"title": title, "user_ids": [str(other.user_id) for other in others]})
    assert answer.status_code == 200, answer.json
    return answer.json


def write(client: Any, conversation_id: str, body: str | None = "x", **more: Any) -> Any:
    """Send a message; answers its JSON."""
    answer = client.post(f"/api/v1/dms/{conversation_id}/messages", json={"body": body, **more})
    assert answer.status_code == 200, answer.json
    return answer.json


def read(client: Any, conversation_id: str, message: Any) -> Any:
    """Say that one has read up to a message; answers the receipt."""
    answer = client.post(f"/api/v1/dms/{conversation_id}/read", json={"last_read_message_id": message["id"]})
    assert answer.status_code == 200, answer.json
    return answer.json


def inbox(client: Any, folder: str = "inbox") -> Any:
    """The conversations of a folder."""
    return client.get(f"/api/v1/dms?folder={folder}").json


def refused(answer: Any) -> tuple[int, str]:
    """The status and the sentence of a problem."""
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, answer.json["detail"]
