"""A catalogue as IMDb has it: which episodes it lists and how it numbers them, who is in which, lists and pictures.

All follows from the facts TMDb's side has, and from `Differs`: what IMDb says differently. Specials (season 0) stand on
IMDb under no known season.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from deployments.upstream.catalogue import imdb_facts as facts
from deployments.upstream.catalogue.imdb_facts import Part
from deployments.upstream.catalogue.imdb_model import Differs, Entry, ImdbList, Known
from deployments.upstream.catalogue.imdb_titles import episode_title, principal, series_title, still, work, work_part
from deployments.upstream.catalogue.model import Person, Show
from deployments.upstream.source import Body

SERIES_KEPT = 8192
"""Series that are kept as lists show them: to make one takes all its episodes."""
PRINCIPALS = 10
"""People that the datasets name for a title."""


class Imdb:
    """Answers `imdb/…`. `shows` and `names` give all ids there are, for the datasets."""

    def __init__(
        self,
        *,
        show_of: Callable[[str], Show | None],
        person: Callable[[int], Person | None],
        person_of: Callable[[str], Person | None],
        episode_id: Callable[[Show, int, int, int], str],
        series_of: Callable[[str], str | None],
        differs: Callable[[Show], Differs],
        list_of: Callable[[str], ImdbList | None],
        titles: Callable[[], Iterable[str]],
        names: Callable[[], Iterable[str]],
        name_of: Callable[[Person], str] = lambda person: person.name,
        films: Mapping[str, Body] | None = None,
        kept: int = 64,
    ) -> None:
        """`episode_id` makes an id of a show's season, number and TMDb id; `series_of` finds an episode's series."""
        self._show_of, self._person, self._person_of = show_of, person, person_of
        self._episode_id, self._series_of, self._differs = episode_id, series_of, differs
        self._list_of, self._titles, self._names, self._name_of = list_of, titles, names, name_of
        self._films = films or {}
        self._known = lru_cache(kept)(self._read)
        self._parts = lru_cache(kept)(self._collect)
        self._shown = lru_cache(SERIES_KEPT)(self._summary)

    def fact(self, path: str) -> Any | None:
        """What follows `imdb/` in the paths of `Source.fact`."""
        if path == "titles":
            return self._titles()
        if path == "names":
            return self._names()
        identity, _, part = path.partition("/")
        if re.fullmatch(r"ls\d+", identity):
            return self._list(identity) if not part else None
        if re.fullmatch(r"nm\d+", identity):
            return self._name(identity, part)
        if not re.fullmatch(r"tt\d+", identity):
            return None
        return self._title(identity, part)

    def _summary(self, identity: str) -> Body | None:
        known = self._known(identity)
        return series_title(known) if known else None

    def _list(self, identity: str) -> Body | None:
        found = self._list_of(identity)
        if found is None:
            return None
        items = [{"id": imdb_id, "note": note} for imdb_id, note in found.items]
        return {"id": found.id, "name": found.name, "description": found.description, "items": items}

    def _name(self, identity: str, part: str) -> Any | None:
        if (person := self._person_of(identity)) is None or part not in ("", "images"):
            return None
        if part == "images":
            return facts.person_images(person)
        professions = {"Directing": "director", "Production": "producer", "Creator": "writer", "Editing": "editor"}
        found = professions.get(person.department, "actor" if person.department == "Acting" else "miscellaneous")
        return facts.person_body(person, self._name_of(person), [found])

    def _title(self, identity: str, part: str) -> Any | None:
        if identity in self._films:
            return {"": self._films[identity], "episodes": [], "credits": [], "images": []}.get(part)
        if not part and (shown := self._shown(identity)):
            return shown
        if known := self._known(identity):
            match part:
                case "episodes":
                    return [episode_title(known, entry) for entry in known.entries]
                case "credits":
                    return self._credits(known)
                case "images":
                    return self._images(known)
                case "principals":
                    return self._principals(known)
            return self._appearances(known, part) if re.fullmatch(r"nm\d+", part) else None
        series = self._series_of(identity)
        known = self._known(series) if series else None
        entry = next((entry for entry in known.entries if entry.imdb_id == identity), None) if known else None
        if known is None or entry is None:
            return None
        match part:
            case "":
                return episode_title(known, entry)
            case "credits":
                return self._credits(known, entry)
            case "images":
                return [found] if (found := still(known, entry)) else []
            case "episodes":
                return []
        return None

    def _read(self, identity: str) -> Known | None:
        show = self._show_of(identity)
        if show is None:
            return None
        differs = self._differs(show)
        entries = []
        for season in show.seasons:
            if season.number in differs.without:
                continue
            for episode in season.episodes:
                words = differs.words.get((season.number, episode.number), {})
                entries.append(
                    Entry(
                        self._episode_id(show, season.number, episode.number, episode.id),
                        season.number or None,
                        episode.number if season.number else None,
                        words.get("name", episode.name),
                        words.get("overview", episode.overview),
                        words.get("air_date", episode.air_date),
                        episode.runtime,
                        episode.has_still,
                        episode.guests,
                        episode.crew,
                        (season.number, episode.number),
                    )
                )
        entries += [
            Entry(
                more.imdb_id, more.season, more.number, more.name, more.overview, more.air_date, None, False,
                more.guests, (), None,
            )
            for more in differs.more
        ]  # fmt: skip
        entries.sort(
            key=lambda entry: (entry.season is None, entry.season or 0, entry.number or 0, entry.air_date or "9")
        )
        return Known(show, differs, entries)

    def _collect(self, identity: str) -> dict[str, list[tuple[Entry, Part]]]:
        """Who is in which episode: a regular in as many of a season's as they are credited for, the first ones."""
        known = self._known(identity)
        if known is None:
            return {}
        show, differs, entries = known
        by_season: dict[int, list[Entry]] = {}
        for entry in entries:
            if entry.place:
                by_season.setdefault(entry.place[0], []).append(entry)
        found: dict[str, list[tuple[Entry, Part]]] = {}

        def add(person_id: int, part: Part, of: Iterable[Entry]) -> None:
            person = self._person(person_id)
            if person and person.imdb_id:
                found.setdefault(person.imdb_id, []).extend((entry, part) for entry in of)

        for role in show.roles:
            person = self._person(role.person)
            part = facts.part_of(role.character, person.gender if person else 0)
            for season, count in role.episodes.items():
                add(role.person, part, by_season.get(season, [])[:count])
        for entry in entries:
            for guest in entry.guests:
                add(guest.person, facts.part_of(guest.character), [entry])
            for worker in entry.crew:
                add(worker.person, work_part(worker.job), [entry])
        for job in show.jobs:
            for season, count in job.episodes.items():
                add(job.person, work_part(job.job), by_season.get(season, [])[:count])
        for creator in show.creators:
            add(creator, work_part("Creator"), [entry for entry in entries if entry.season])
        at = {entry.place or (entry.season, entry.number): entry for entry in entries}
        for more in differs.credits:
            add(more.person, more.part, [at[place] for place in more.episodes])
        return found

    def _credits(self, known: Known, only: Entry | None = None) -> list[Body]:
        """Cast and crew, those in most episodes first, one credit for each category; of one episode, its own."""
        found = []
        for person_id, parts in self._parts(str(known.show.imdb_id)).items():
            person = self._person_of(person_id)
            if person is None:
                continue
            by_category: dict[str, list[tuple[Entry, Part]]] = {}
            for entry, part in parts:
                if only in (None, entry):
                    by_category.setdefault(part.category.id, []).append((entry, part))
            found += [self._credit(person, of, only is None) for of in by_category.values()]
        return sorted(found, key=lambda credit: (not credit["isCast"], -credit["episodes"]))

    def _credit(self, person: Person, parts: Sequence[tuple[Entry, Part]], of_series: bool) -> Body:
        entries = {entry.imdb_id: entry for entry, _ in parts}
        years = sorted(int(entry.air_date[:4]) for entry in entries.values() if entry.air_date)
        return {
            "name": facts.person_name(person, self._name_of(person)),
            **work(parts),
            "episodes": len(entries) if of_series else 0,
            "years": {"year": years[0], "endYear": years[-1] if years[-1] > years[0] else None} if years else None,
        }

    def _principals(self, known: Known) -> list[Body]:
        """The first people of the series, then those of every episode, ten each."""
        found = [
            principal(str(known.show.imdb_id), ordering, credit["name"]["id"], credit)
            for ordering, credit in enumerate(self._credits(known)[:PRINCIPALS], 1)
        ]
        of_episode: dict[str, list[tuple[str, Part]]] = {}
        for person_id, parts in self._parts(str(known.show.imdb_id)).items():
            for entry, part in parts:
                of_episode.setdefault(entry.imdb_id, []).append((person_id, part))
        for entry in known.entries:
            for ordering, (person_id, part) in enumerate(of_episode.get(entry.imdb_id, [])[:PRINCIPALS], 1):
                found.append(principal(entry.imdb_id, ordering, person_id, work([(entry, part)])))
        return found

    def _appearances(self, known: Known, person_id: str) -> list[Body] | None:
        """The parts of a person, one for each category and episode."""
        if self._person_of(person_id) is None:
            return None
        found: dict[tuple[str, str], list[tuple[Entry, Part]]] = {}
        for entry, part in self._parts(str(known.show.imdb_id)).get(person_id, ()):
            found.setdefault((part.category.id, entry.imdb_id), []).append((entry, part))
        return [{**work(of), "title": episode_title(known, of[0][0])} for of in found.values()]

    def _images(self, known: Known) -> list[Body]:
        """Poster first, then stills, each with two of the regulars."""
        owner, name = str(known.show.imdb_id), known.differs.name or known.show.name
        people = [person for role in known.show.roles if (person := self._person(role.person)) and person.imdb_id]
        found = []
        for place in range(1, known.differs.images + 1 if known.show.posters else 1):
            kind, width, height = ("poster", 1000, 1500) if place == 1 else ("still_frame", 1280, 720)
            shown = [] if place == 1 or not people else [people[place % len(people)], people[(place + 1) % len(people)]]
            names = [{"id": one.imdb_id, "nameText": {"text": self._name_of(one)}} for one in dict.fromkeys(shown)]
            of = facts.image(owner, place, f"{name}, picture {place}", kind, width, height)
            found.append(of | {"names": names, "titles": [{"id": owner, "titleText": {"text": name}}]})
        return found
