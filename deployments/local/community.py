"""Sample talk for the local stack: `python -m deployments.local.community API` says it over REST, as the sample users would.

Ann and ben are fans: ann has watched three episodes of a show, ben five. Mia moderates, ada is an admin. What they say is
about no show in particular. Where the show is talked about already, nothing is said again.
"""

import json
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from webapp.token.__main__ import token_for

WATCHED, AHEAD = 3, 5
"""How many episodes ann and ben have seen."""


class Person:
    """A sample user at their client app."""

    def __init__(self, api: str, name: str) -> None:
        self.name = name
        self._api = api
        self._token = token_for(name, None, timedelta(minutes=10))

    def send(self, method: str, path: str, **body: Any) -> Any:
        """Ask the API for something; answers the answer's JSON."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        sent = json.dumps(body).encode() if method != "GET" else None
        request = urllib.request.Request(f"{self._api}{path}", sent, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def opens(self, about: str, title: str, type: str) -> Any:
        """Open a thread."""
        return self.send("POST", f"/{about}/threads", title=title, type=type)

    def says(self, thread: Any, body: str, *, to: Any = None, spoils: Any = None) -> Any:
        """Say something, or answer a post."""
        parent, spoiled = (one["id"] if one else None for one in (to, spoils))
        path = f"/threads/{thread['id']}/posts"
        return self.send("POST", path, body=body, parent_post_id=parent, spoils_id=spoiled)

    def reacts(self, post: Any, *reactions: str) -> None:
        """React to a post."""
        for reaction in reactions:
            self.send("POST", f"/posts/{post['id']}/reactions", reaction=reaction)


def say_all(api: str) -> str:
    """Have the sample users talk about the first show with enough aired episodes; answers what became of it in a sentence."""
    ann, ben, mia, ada = (Person(api, name) for name in ("ann", "ben", "mia", "ada"))
    found = next(_shows(ann), None)
    if found is None:
        return f"no show has {AHEAD + 1} aired episodes, so nothing is said"
    show, episodes = found
    about = f"shows/{show['id']}"
    if ann.send("GET", f"/{about}/threads"):
        return f"{show['name']} is talked about already"
    for fan, seen in ((ann, WATCHED), (ben, AHEAD)):
        fan.send("PUT", f"/me/follows/shows/{show['id']}")
        fan.send("PUT", f"/me/progress/{show['id']}", seen_through=episodes[seen - 1]["id"])
    ada.send("PUT", f"/shows/{show['id']}/air-time", airs_at="20:00", time_zone="America/New_York")
    mia.send("POST", "/moderation/filters", words="buy followers", action="hide")
    _welcome(ann, ben, mia, about, episodes)
    _dinner(ann, ben, f"episodes/{episodes[WATCHED - 1]['id']}")
    _premiere(ann, ben, f"episodes/{episodes[AHEAD - 1]['id']}")
    return f"{show['name']}: {AHEAD} episodes watched by ben, {WATCHED} by ann; /{about}/threads"


def _shows(who: Person) -> Iterator[tuple[Any, list[Any]]]:
    """Shows of whose first season enough episodes have aired, with these."""
    today = datetime.now(UTC).date().isoformat()
    for show in who.send("GET", "/shows?limit=100"):
        listed = who.send("GET", f"/shows/{show['id']}/seasons")
        if any(season["season_number"] == 1 for season in listed):
            aired = [
                episode
                for episode in who.send("GET", f"/shows/{show['id']}/seasons/1/episodes?limit=100")
                if (episode["air_date"] or "9999") <= today
            ]
            if len(aired) > AHEAD:
                yield show, sorted(aired, key=lambda episode: (episode["air_date"], episode["episode_number"]))


def _welcome(ann: Person, ben: Person, mia: Person, about: str, episodes: list[Any]) -> None:
    """A pinned thread about the whole show, with a post that tells of a later episode, one that is held, one reported."""
    thread = mia.opens(about, "Welcome, and how we talk here", "general")
    mia.send("PATCH", f"/moderation/threads/{thread['id']}", is_pinned=True)
    hello = mia.says(
        thread, "Be kind. Put what could spoil between two bars: ||like this||. Say how far you have watched."
    )
    ann.reacts(hello, "heart", "upvote")
    ben.reacts(hello, "upvote")
    ann.says(thread, "Hello everybody! @ben, no word beyond episode three, please.", to=hello)
    ben.says(thread, "I have seen the sixth at a friend's. Not what anybody expects.", spoils=episodes[AHEAD])
    ben.says(thread, "Want to be as loved as they are? Buy followers here!")
    rude = ben.says(thread, "Whoever likes this season has no taste at all.")
    ann.reacts(rude, "downvote", "shade")
    ann.send("POST", "/reports", target_kind="post", target_id=rude["id"], reason="abuse", note="Not the first time.")


def _dinner(ann: Person, ben: Person, about: str) -> None:
    """What both have seen: a tree, with a vote on everything and a post that its author took back."""
    thread = ann.opens(about, "That dinner", "post_episode")
    first = ann.says(thread, "Who invites all of them to *one* table? I had to pause three times.")
    ben.reacts(first, "lol", "upvote")
    answer = ben.says(thread, "Whoever wrote the place cards knew what they were doing.", to=first)
    ann.reacts(answer, "fire", "upvote")
    ann.says(thread, "@ben The place cards! I did not see that.", to=answer)
    ben.says(thread, "I remember it differently. ||It pays off two episodes later.||", to=first)
    regretted = ben.says(thread, "Overrated.")
    ann.says(thread, "Why, though?", to=regretted)
    ben.send("DELETE", f"/posts/{regretted['id']}")


def _premiere(ann: Person, ben: Person, about: str) -> None:
    """A live thread of what ann has not seen yet: she finds it masked."""
    thread = ben.opens(about, "Live: watching along", "episode_live")
    for words in ("It begins.", "They changed the music!", "||He came back.|| I am not ready."):
        ben.says(thread, words)
    ann.send("PUT", f"/threads/{thread['id']}/follow")


if __name__ == "__main__":
    sys.stdout.write(say_all(sys.argv[1]) + "\n")
