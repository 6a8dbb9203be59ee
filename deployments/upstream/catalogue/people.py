"""People of invented shows, as TMDb sends them."""

from deployments.upstream.catalogue.artwork import first_path, person_artwork
from deployments.upstream.catalogue.credits import person_fields
from deployments.upstream.catalogue.model import Person
from deployments.upstream.source import Body


def person_body(person: Person) -> Body:
    return {
        "adult": False,
        "also_known_as": list(person.aliases),
        "biography": person.biography,
        "birthday": person.birthday,
        "deathday": person.deathday,
        "gender": person.gender,
        "homepage": None,
        "id": person.id,
        "imdb_id": person.imdb_id,
        "known_for_department": person.department,
        "name": person.name,
        "place_of_birth": person.birthplace,
        "popularity": person_fields(person)["popularity"],
        "profile_path": first_path(person_artwork(person)),
    }


def person_part(person: Person, name: str) -> Body | None:
    """One of the parts `external_ids` and `images`."""
    if name == "images":
        return {"id": person.id, "profiles": [artwork.body for artwork in person_artwork(person)]}
    if name == "external_ids":
        return {
            "id": person.id,
            "freebase_mid": None,
            "freebase_id": None,
            "imdb_id": person.imdb_id,
            "tvrage_id": None,
            "wikidata_id": person.wikidata,
            "facebook_id": None,
            "instagram_id": person.instagram,
            "tiktok_id": None,
            "twitter_id": None,
            "youtube_id": None,
        }
    return None
