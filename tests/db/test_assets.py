"""Assets: which images wait to be mirrored, and what became of them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlmodel import select

from db.bulk import Counts, write
from db.commands.assets import (
    MOST_ATTEMPTS,
    Failure,
    Known,
    Stored,
    forget_failures,
    kind_of,
    known_contents,
    put_assets,
    record_failures,
    unmirrored,
)
from models.companies import Network, ShowNetwork
from models.entities import Entity, Kind
from models.images import Asset, Image, ImageKind
from models.ops import MediaFailure
from models.people import Credit
from models.rules.image_problems import PASSING, Problem
from tests.db import rows as make
from tests.db.rows import touched

NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
GONE = Failure(Problem.NOT_FOUND, "images.invalid", "404")
ALL = list(ImageKind)


def image(session, entity_id, name="a", kind=ImageKind.POSTER, **columns):
    id_ = uuid4()
    row = {
        "id": id_, "entity_id": entity_id, "source": "tmdb", "kind": kind, "source_id": f"/{name}.jpg",
        "url": f"https://images.invalid/{name}.jpg", **columns,
    }  # fmt: skip
    write(session, Image, [row])
    return id_


def stored(number, key=None):
    digest = f"{number:064x}"
    return Stored(digest, key or f"images/test/{digest}.jpg", "image/jpeg", 1000 + number)


def waiting(session, shows=None, kinds=ALL, **chosen):
    return {image.id for image in unmirrored(session.connection(), shows=shows, kinds=kinds, **chosen)}


def test_a_listed_image_without_an_asset_waits_and_says_whose_it_is(session):
    show = make.show(session)
    id_ = image(session, show)
    (found,) = unmirrored(session.connection(), shows=None, kinds=ALL)
    assert (found.id, found.url, found.entity_id) == (id_, "https://images.invalid/a.jpg", show)
    assert kind_of(found) is Kind.SHOW


def test_mirrored_unlisted_and_other_kinds_of_images_do_not_wait(session):
    show = make.show(session)
    wanted, mirrored = image(session, show, "wanted"), image(session, show, "mirrored")
    image(session, show, "unlisted", is_listed=False)
    image(session, show, "backdrop", kind=ImageKind.BACKDROP)
    put_assets(session, {mirrored: stored(1)})
    assert waiting(session, kinds=[ImageKind.POSTER, ImageKind.STILL]) == {wanted}


def test_images_of_what_was_removed_do_not_wait(session):
    show = make.show(session)
    image(session, show)
    session.execute(text("update core.entities set removed_at = now()"))
    assert waiting(session) == set()


def test_images_of_shows_are_those_of_all_that_belongs_to_them(session):
    show, other = make.show(session), make.show(session)
    season = make.season(session, show, 1)
    episode, person = make.episode(session, show, season, 1), make.person(session)
    credit = {
        "id": uuid4(),
        "show_id": show,
        "person_id": person,
        "source": "tmdb",
        "source_id": "1",
        "category": "cast",
    }
    write(session, Credit, [credit])
    network = make.entity(session, Kind.NETWORK)
    write(session, Network, [{"id": network, "name": "Network"}])
    write(session, ShowNetwork, [{"show_id": show, "network_id": network, "source": "tmdb"}])
    belonging = {image(session, id_) for id_ in (show, season, episode, person, network)}
    foreign = {image(session, id_) for id_ in (other, make.person(session))}
    assert waiting(session, shows=[show]) == belonging
    assert waiting(session, shows=[]) == set()
    assert waiting(session) == belonging | foreign


def test_every_image_of_one_content_shares_its_asset_and_the_first_key_stays(session):
    show, person = make.show(session), make.person(session)
    first, second, later = image(session, show), image(session, person), image(session, show, "b")

    assets, images = put_assets(session, {first: stored(1, "images/first.jpg"), second: stored(1, "images/first.jpg")})
    assert (assets, images) == (Counts(inserted=1), Counts(updated=2))

    assets, images = put_assets(session, {later: stored(1, "images/later.jpg")})
    assert (assets, images) == (Counts(unchanged=1), Counts(updated=1))
    (asset,) = session.exec(select(Asset)).all()
    assert asset.key == "images/first.jpg"
    assert set(session.exec(select(Image.asset_id)).all()) == {asset.id}


def test_recording_the_same_again_touches_nothing(session):
    id_ = image(session, make.show(session))
    put_assets(session, {id_: stored(1)})
    with touched(session) as seen:
        assert put_assets(session, {id_: stored(1)}) == (Counts(unchanged=1), Counts())
        assert put_assets(session, {}) == (Counts(), Counts())
    assert seen.tables == {}


def test_stored_contents_are_found_by_their_digests(session):
    show = make.show(session)
    put_assets(session, {image(session, show, str(number)): stored(number) for number in (1, 2)})
    found = known_contents(session.connection(), [stored(2).sha256, stored(3).sha256])
    assert found == {stored(2).sha256: Known(stored(2).key, None)}
    assert known_contents(session.connection(), []) == {}


def pauses(session, url, failures, failure=GONE):
    """The pauses that so many failures in a row lead to."""
    found = []
    for _ in range(failures):
        record_failures(session, {url: failure}, now=NOW)
        session.expire_all()
        found.append(session.get_one(MediaFailure, url).next_attempt_at - NOW)
    return found


def test_each_failure_doubles_the_pause_up_to_a_week(session):
    found = pauses(session, "https://images.invalid/a.jpg", 20)
    assert found[:8] == [HOUR * 2**n for n in range(8)]
    assert found[8:] == [timedelta(days=7)] * 12
    row = session.exec(select(MediaFailure)).one()
    assert (row.attempts, row.code, row.host, row.reason) == (20, *GONE)
    assert row.last_attempt_at == NOW


@pytest.mark.parametrize("code", sorted(PASSING))
def test_after_trouble_on_the_way_the_next_run_tries_again_at_once(session, code):
    found = pauses(session, "https://images.invalid/a.jpg", 4, GONE._replace(code=code))
    assert found == [timedelta(0), *(HOUR * 2**n for n in range(1, 4))]


def test_what_failed_too_often_is_given_up_until_it_is_forced(session):
    url = "https://images.invalid/a.jpg"
    id_ = image(session, make.show(session))
    long_ago = datetime.now(UTC) - timedelta(days=30)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        record_failures(session, {url: GONE}, now=long_ago)
        assert waiting(session) == ({id_} if attempt < MOST_ATTEMPTS else set())
    assert waiting(session, failed_too=True) == {id_}
    session.expire_all()
    assert session.get_one(MediaFailure, url).given_up_at == long_ago


def test_what_was_never_tried_comes_before_what_failed(session):
    show = make.show(session)
    names = [f"{number}" for number in range(6)]
    ids = {name: image(session, show, name) for name in names}
    failed = {f"https://images.invalid/{name}.jpg": GONE for name in names[:4]}
    record_failures(session, failed, now=datetime.now(UTC) - timedelta(days=1))
    assert waiting(session, most=2) == {ids["4"], ids["5"]}
    assert len(waiting(session, most=5)) == 5


def test_images_are_chosen_by_kind_of_owner_and_by_owner(session):
    show, person = make.show(session), make.person(session)
    poster, portrait = image(session, show), image(session, person)
    assert waiting(session, owners=[Kind.PERSON]) == {portrait}
    assert waiting(session, owner_ids=[show]) == {poster}
    assert waiting(session, owners=[Kind.PERSON], owner_ids=[show]) == set()


@pytest.mark.parametrize(("ago", "waits"), [(HOUR / 2, False), (HOUR * 2, True)])
def test_what_failed_waits_again_after_its_pause(session, ago, waits):
    id_ = image(session, make.show(session))
    record_failures(session, {"https://images.invalid/a.jpg": GONE}, now=datetime.now(UTC) - ago)
    assert waiting(session) == ({id_} if waits else set())


def test_a_failure_concerns_its_address_alone_and_is_forgotten_with_success(session):
    show = make.show(session)
    failed, fine = image(session, show, "failed"), image(session, show, "fine")
    record_failures(session, {f"https://images.invalid/{name}.jpg": GONE for name in ("failed", "x")}, now=NOW)
    assert waiting(session) == {fine}
    forget_failures(session, ["https://images.invalid/failed.jpg", "https://images.invalid/never-failed.jpg"])
    assert waiting(session) == {failed, fine}
    assert [row.url for row in session.exec(select(MediaFailure)).all()] == ["https://images.invalid/x.jpg"]
    record_failures(session, {}, now=NOW)
    forget_failures(session, [])


def test_an_entity_that_is_gone_from_the_catalogue_has_no_image(session):
    with pytest.raises(Exception, match="fk_images_entity_id"):
        image(session, Entity(id=uuid4(), kind=Kind.SHOW).id)
