"""People who go by IMDb's ids: found by exact ids, made where there is none, never matched by name.

Reads and writes `core.entities` and `core.external_ids`; a namesake in the same show opens a case (`ops.match_cases`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Session

from db.commands.identity import claim, create, ensure, known, open_case, settle_cases
from models.entities import IdSource, Kind
from models.rules.titles import normal

SAME_NAME = "same-name-in-show"

Cast = Mapping[UUID, Mapping[str, str]]
"""The people of shows as IMDb lists them: {show: {nm id: name}}."""


@dataclass
class ImdbPeople:
    """Our person of each nm id, those among them that are new, and how many questions are open about them."""

    ids: dict[str, UUID] = field(default_factory=dict)
    fresh: set[UUID] = field(default_factory=set)
    ambiguous: int = 0


def people_by_imdb(session: Session, cast: Cast, found: Mapping[str, str]) -> ImdbPeople:
    """The people of these shows.

    Who is known by the nm id, else who has the TMDb id that TMDb's find answers for it (`found`, {nm id: TMDb id}), else
    somebody new. A find that contradicts an IMDb id we hold is not believed: the person is new, and the case is opened.
    Whoever has the name of another in the show, of whom no source tells that they are two, is a question for a person.
    """
    names = {nm: name for people in cast.values() for nm, name in people.items()}
    result = ImdbPeople(known(session, Kind.PERSON, IdSource.IMDB, names))
    through = {nm: found[nm] for nm in names if nm in found and nm not in result.ids}
    holders = known(session, Kind.PERSON, IdSource.TMDB, set(through.values()))
    taken = _holding(session, set(holders.values()), IdSource.IMDB)
    claims: dict[UUID, dict[str, str]] = {}
    for nm, tmdb in through.items():
        person = holders.get(tmdb)
        if person is None:
            person = holders[tmdb] = ensure(session, Kind.PERSON, IdSource.TMDB, [tmdb])[tmdb]
            result.fresh.add(person)
        if person not in taken:
            taken.add(person)
            result.ids[nm] = person
            claims[person] = {IdSource.IMDB: nm}
    fresh = {nm: uuid4() for nm in names if nm not in result.ids}
    create(session, Kind.PERSON, fresh.values())
    result.ids |= fresh
    result.fresh |= set(fresh.values())
    for nm, person in fresh.items():
        claims[person] = {str(IdSource.IMDB): nm} | ({str(IdSource.TMDB): through[nm]} if nm in through else {})
    result.ambiguous += len(claim(session, Kind.PERSON, claims))
    result.ambiguous += _ask_about_namesakes(session, cast, result.ids)
    return result


def _holding(session: Session, people: Collection[UUID], source: IdSource) -> set[UUID]:
    held = session.execute(
        text("select distinct entity_id from core.external_ids where source = :source and entity_id = any(:ids)"),
        {"source": source, "ids": list(people)},
    )
    return set(held.scalars())


def _ask_about_namesakes(session: Session, cast: Cast, ids: Mapping[str, UUID]) -> int:
    """Open a case for each person whom the same show has under another id, as far as names go; answers how many."""
    there = _people_in(session, cast)
    sources = _sources(session, {*ids.values(), *(id_ for people in there.values() for id_ in people)})
    asked: dict[str, dict[UUID, str]] = {}
    for show, people in cast.items():
        for nm, name in people.items():
            person = ids[nm]
            for other, names in there.get(show, {}).items():
                is_two = other == person or sources.get(other, set()) & sources.get(person, set())
                if not is_two and normal(name) and normal(name) in names:
                    asked.setdefault(nm, {})[other] = name
    for nm, candidates in asked.items():
        told = [
            {"source": IdSource.IMDB, "value": nm, "name": name, "entity_id": str(other)}
            for other, name in sorted(candidates.items())
        ]
        open_case(session, Kind.PERSON, ids[nm], IdSource.IMDB, SAME_NAME, told)
    answered = [(person, str(IdSource.IMDB)) for nm, person in ids.items() if nm not in asked]
    settle_cases(session, answered, SAME_NAME)
    return len(asked)


def _people_in(session: Session, cast: Cast) -> dict[UUID, dict[UUID, set[str]]]:
    """Who belongs to these shows by now, with all of their names, as {show: {person: names}}."""
    found: dict[UUID, dict[UUID, set[str]]] = {}
    rows = session.execute(
        text(
            "select m.show_id, m.person_id, n.name from ("
            "  select show_id, person_id from core.credits where show_id = any(:shows)"
            "  union select show_id, person_id from core.credit_counts where show_id = any(:shows)"
            "  union select show_id, person_id from core.appearances where show_id = any(:shows)"
            ") m join (select id, name from core.people union all select entity_id, name from core.aliases) n"
            "   on n.id = m.person_id"
        ),
        {"shows": list(cast)},
    )
    for show, person, name in rows:
        found.setdefault(show, {}).setdefault(person, set()).add(normal(name))
    return found


def _sources(session: Session, people: Collection[UUID]) -> dict[UUID, set[str]]:
    """Whose ids each person holds: two who both have one of the same source are two."""
    rows = session.execute(
        text("select entity_id, source from core.external_ids where entity_id = any(:ids)"), {"ids": list(people)}
    )
    held: dict[UUID, set[str]] = {}
    for person, source in rows:
        held.setdefault(person, set()).add(source)
    return held
