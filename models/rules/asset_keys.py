"""Where in the bucket an image lies: by its first owner and its content, with ids of ours, never an upstream's."""

from uuid import UUID

from models.entities import Kind

FOLDERS: dict[Kind, str] = {
    Kind.SHOW: "show_images",
    Kind.SEASON: "season_images",
    Kind.EPISODE: "episode_images",
    Kind.PERSON: "cast_photos",
    Kind.NETWORK: "logos/networks",
    Kind.COMPANY: "logos/production_companies",
    Kind.PROVIDER: "logos/watch_providers",
}


def asset_key(kind: Kind, entity_id: UUID, sha256: str, extension: str) -> str:
    """The key of an object: `images/show_images/<show>/<sha256>.jpg`, and so on for each kind of owner."""
    return f"images/{FOLDERS[kind]}/{entity_id}/{sha256}.{extension}"
