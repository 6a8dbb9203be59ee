"""Where in the bucket an image lies."""

from uuid import UUID

import pytest

from models.entities import Kind
from models.rules.asset_keys import asset_key

ID = UUID(int=7)


@pytest.mark.parametrize(
    ("kind", "folder"),
    [
        (Kind.SHOW, "show_images"),
        (Kind.SEASON, "season_images"),
        (Kind.EPISODE, "episode_images"),
        (Kind.PERSON, "cast_photos"),
        (Kind.NETWORK, "logos/networks"),
        (Kind.COMPANY, "logos/production_companies"),
        (Kind.PROVIDER, "logos/watch_providers"),
    ],
)
def test_a_key_says_what_kind_of_owner_which_one_and_which_content(kind, folder):
    assert asset_key(kind, ID, "abc", "jpg") == f"images/{folder}/{ID}/abc.jpg"


def test_every_kind_has_a_folder_of_its_own():
    assert len({asset_key(kind, ID, "abc", "jpg") for kind in Kind}) == len(Kind)
