"""People."""

from flows.sources.payload import OptionalDate, OptionalFloat, OptionalInt, OptionalText
from flows.sources.tmdb.payloads.parts import ExternalIds, Images, Texts, TmdbPayload


class PersonPayload(TmdbPayload):
    """A person; the appended parts are None when they were not asked for."""

    id: int
    name: OptionalText = None
    imdb_id: OptionalText = None
    also_known_as: Texts = ()
    biography: OptionalText = None
    birthday: OptionalDate = None
    deathday: OptionalDate = None
    gender: OptionalInt = None
    adult: bool | None = None
    homepage: OptionalText = None
    known_for_department: OptionalText = None
    place_of_birth: OptionalText = None
    popularity: OptionalFloat = None
    profile_path: OptionalText = None
    external_ids: ExternalIds | None = None
    images: Images | None = None
