"""The embedded object store: really stores, publishes what it should and nothing else, keeps data through a kill."""

import io
import os
import signal
import urllib.error
import urllib.request

import pytest

from deployments.local.object_store import ObjectStore
from deployments.local.ports import Ports


def test_objects_of_a_public_bucket_are_readable_by_anyone_but_not_listable(object_store, bucket):
    object_store.client.put_object(bucket, "images/a.txt", io.BytesIO(b"hello"), 5, content_type="text/plain")
    with urllib.request.urlopen(f"{os.environ['MEDIA_PUBLIC_URL']}/images/a.txt") as answer:
        assert (answer.read(), answer.headers["Content-Type"]) == (b"hello", "text/plain")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{object_store.endpoint}/{bucket}?list-type=2")


def test_the_settings_point_to_the_bucket(object_store, bucket):
    from db.object_store import object_store as ours

    assert ours().bucket == bucket
    assert ours().keys() == []


def test_the_secret_is_kept_private(object_store):
    for name in ("keys.json", "s3.json"):
        assert (object_store.folder / name).stat().st_mode & 0o077 == 0


def test_a_killed_store_comes_back_on_other_ports_with_its_objects(tmp_path):
    store = ObjectStore(tmp_path / "store", Ports(tmp_path / "ports.json"), tmp_path / "store.log", env=os.environ)
    try:
        store.start()
        store.child.wait_ready()
        store.make_public_bucket("kept")
        store.client.put_object("kept", "a", io.BytesIO(b"a"), 1)
        assert store.child.pid
        os.kill(store.child.pid, signal.SIGKILL)
    finally:
        store.child.stop()

    again = ObjectStore(tmp_path / "store", Ports(tmp_path / "other.json"), tmp_path / "store.log", env=os.environ)
    try:
        assert again.port != store.port
        again.start()
        again.child.wait_ready()
        assert (again.access_key, again.secret_key) == (store.access_key, store.secret_key)
        with urllib.request.urlopen(f"{again.public_url('kept')}/a") as answer:
            assert answer.read() == b"a"
    finally:
        again.child.stop()
