"""Credits: who is seen, who works behind it, in how many episodes."""

from flows.sources.payload import Many, OptionalFloat, OptionalInt, OptionalText
from flows.sources.tmdb.payloads.parts import TmdbPayload


class Credited(TmdbPayload):
    """The person in a credit; `gender` is 0 unknown, 1 female, 2 male, 3 non-binary."""

    id: int
    name: OptionalText = None
    original_name: OptionalText = None
    gender: OptionalInt = None
    adult: bool | None = None
    known_for_department: OptionalText = None
    popularity: OptionalFloat = None
    profile_path: OptionalText = None


class CastCredit(Credited):
    """A part in a show, season or episode."""

    character: OptionalText = None
    credit_id: OptionalText = None
    order: OptionalInt = None


class CrewCredit(Credited):
    """A job in a show, season or episode."""

    job: OptionalText = None
    department: OptionalText = None
    credit_id: OptionalText = None


class Credits(TmdbPayload):
    """Regular cast and crew; guest stars stand with their episode."""

    cast: Many[CastCredit] = ()
    crew: Many[CrewCredit] = ()


class Role(TmdbPayload):
    credit_id: OptionalText = None
    character: OptionalText = None
    episode_count: OptionalInt = None


class Job(TmdbPayload):
    credit_id: OptionalText = None
    job: OptionalText = None
    episode_count: OptionalInt = None


class AggregateCast(Credited):
    """Everything a person was seen as, with the episodes counted."""

    roles: Many[Role] = ()
    total_episode_count: OptionalInt = None
    order: OptionalInt = None


class AggregateCrew(Credited):
    """Everything a person did in one department, with the episodes counted."""

    jobs: Many[Job] = ()
    department: OptionalText = None
    total_episode_count: OptionalInt = None


class AggregateCredits(TmdbPayload):
    cast: Many[AggregateCast] = ()
    crew: Many[AggregateCrew] = ()
