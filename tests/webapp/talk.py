"""A show with two seasons of three aired episodes each, and people who talk about it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.webapp import factories as make

FIRST_AIRED = datetime.now(UTC).date() - timedelta(days=65)


@dataclass(frozen=True)
class Aired:
    """The ids of a show, its seasons, and its episodes in the order in which they aired."""

    show: UUID
    seasons: list[UUID]
    episodes: list[UUID]


def aired_show(name: str = "Villa Imaginaria") -> Aired:
    """Make that show. Its last episode aired a month ago."""
    with make.catalogue() as session:
        show = make.show(session, name)
        seasons = [make.season(session, show, number) for number in (1, 2)]
        episodes = [
            make.episode(session, season, number, air_date=FIRST_AIRED + timedelta(days=7 * (3 * place + number - 1)))
            for place, season in enumerate(seasons)
            for number in (1, 2, 3)
        ]
        return Aired(show.id, [season.id for season in seasons], [episode.id for episode in episodes])


def open_thread(client: Any, about: UUID, title: str = "Live", type: str = "general", of: str = "episodes") -> Any:
    """Open a thread; answers its JSON."""
    answer = client.post(f"/api/v1/{of}/{about}/threads", json={"title": title, "type": type})
    assert answer.status_code == 200, answer.json
    return answer.json


def say(client: Any, thread: Any, body: str, parent: Any = None, **more: Any) -> Any:
    """Say something in a thread; answers the post's JSON."""
    more |= {"parent_post_id": parent["id"]} if parent else {}
    answer = client.post(f"/api/v1/threads/{thread['id']}/posts", json={"body": body, **more})
    assert answer.status_code == 200, answer.json
    return answer.json


def react(client: Any, post: Any, reaction: str) -> Any:
    """Toggle a reaction; answers the answer."""
    return client.post(f"/api/v1/posts/{post['id']}/reactions", json={"reaction": reaction})
