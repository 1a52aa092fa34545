"""A bucket that breaks off, changes data or hangs causes an error in limited time, and no half file."""

import contextlib
import os
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from objects import publishing, stores
from objects.models import TraceObject
from tests.factories import ALL_CHECKED, published, staff, submitted
from traceobject.errors import StepRefused
from traceobject.staff.roles import Role
from traceobject.storage import StoreUnavailable
from traceobject.storage import bucket as bucket_module

pytestmark = [pytest.mark.stack]
LONG = b"no picture, but long enough to be cut " * 20_000
# Without limits of its own the client would wait for a minute, five times.
BOUNDED = 30


class Wire:
    """A proxy to the S3 server that cuts, changes or holds what is sent."""

    def __init__(self, address):
        self.server = urlsplit(address).hostname, urlsplit(address).port
        self.sent = self.answered = lambda data: data  # None cuts the connection
        self.hangs = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.held = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                here, _ = self.listener.accept()
                self.held.append(here)
                if self.hangs:
                    continue
                there = socket.create_connection(self.server)
                self.held.append(there)
                for pair in ((here, there, "sent"), (there, here, "answered")):
                    threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, source, target, way):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                passed = getattr(self, way)(data)
                if passed is None:
                    break
                target.sendall(passed)
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self):
        for each in (self.listener, *self.held):
            each.close()


@pytest.fixture
def wire(s3, use_buckets):
    found = Wire(s3[1])
    use_buckets(found.address)
    yield found
    found.close()


def in_the_bucket(s3, name):
    found = s3[0].get_object(Bucket=storages["private"].bucket_name, Key=name)
    return found["Body"].read()


def test_it_works(wire, s3):
    store = storages["private"]
    assert store.save("pictures/1.png", ContentFile(LONG)) == "pictures/1.png"
    assert in_the_bucket(s3, "pictures/1.png") == LONG
    with store.open("pictures/1.png") as file:
        assert file.read() == LONG
    assert store.size("pictures/1.png") == len(LONG)
    assert store.listdir("pictures") == ([], ["1.png"])
    store.delete("pictures/1.png")
    assert not store.exists("pictures/1.png")
    assert store.fingerprints("pictures") == {}


def test_a_file_that_is_not_there_is_said_to_be_missing(wire):
    store = storages["private"]
    for ask in (store.open, store.size, store.get_modified_time):
        with pytest.raises(FileNotFoundError, match="not in the store"):
            ask("pictures/none.png")


def test_a_bucket_that_is_not_there_is_no_missing_file(wire, s3):
    s3[0].delete_bucket(Bucket=storages["private"].bucket_name)
    for ask in (
        lambda: storages["private"].open("pictures/1.png"),
        lambda: storages["private"].save("pictures/1.png", ContentFile(b"x")),
        lambda: storages["private"].fingerprints("pictures"),
        lambda: storages["private"].listdir("pictures"),
    ):
        with pytest.raises(StoreUnavailable):
            ask()


def test_an_upload_that_breaks_in_the_middle_is_an_error_and_the_old_file_stays(wire, s3):
    storages["private"].save("pictures/1.png", ContentFile(b"old"))
    left = [200_000]

    def cut(data):
        left[0] -= len(data)
        return data if left[0] > 0 else None

    wire.sent = cut
    with pytest.raises(StoreUnavailable):
        storages["private"].save("pictures/1.png", ContentFile(LONG))
    assert in_the_bucket(s3, "pictures/1.png") == b"old"


def test_an_upload_that_arrives_as_something_else_is_an_error(wire):
    wire.sent = lambda data: data.replace(b"no picture", b"NO PICTURE")
    with pytest.raises(StoreUnavailable):
        storages["private"].save("pictures/1.png", ContentFile(LONG))


def test_a_bucket_with_entity_tags_of_its_own_is_read_back(wire, s3):
    asked = []
    wire.sent = lambda data: asked.append(data[:4]) or data
    wire.answered = lambda data: data.replace(b'ETag: "', b'ETag: "k').replace(
        b'etag: "', b'etag: "k'
    )
    storages["private"].save("pictures/1.png", ContentFile(b"short"))
    assert asked[0] == b"PUT "
    assert asked[-1] == b"GET "
    assert in_the_bucket(s3, "pictures/1.png") == b"short"


def test_a_download_that_breaks_in_the_middle_is_an_error_and_no_shorter_file(wire):
    storages["private"].save("pictures/1.png", ContentFile(LONG))
    left = [200_000]

    def cut(data):
        left[0] -= len(data)
        return data if left[0] > 0 else None

    wire.answered = cut
    with pytest.raises(StoreUnavailable):
        storages["private"].open("pictures/1.png")


def test_a_publication_whose_uploads_break_is_refused_and_succeeds_later(wire, client):
    made = submitted()
    uploads = []

    def third_breaks(data):
        uploads.append(data.startswith(b"PUT "))
        return None if sum(uploads) >= 3 else data

    wire.sent = third_breaks
    with pytest.raises(StepRefused, match="is not working right now"):
        publishing.approve(
            made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
        )
    made.refresh_from_db()
    assert made.state == TraceObject.State.SUBMITTED
    wire.sent = lambda data: data
    stores.sweep()
    assert storages["public"].fingerprints("") == {}
    publishing.approve(
        made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
    )
    for name in stores.rendition_names(made):
        assert client.get(f"/pictures/{name}").status_code == 200


def test_a_server_that_hangs_is_an_error_soon_and_the_next_caller_does_not_wait(
    wire, client, monkeypatch
):
    names = stores.rendition_names(published())
    storages._storages = {}  # new connections
    wire.hangs = True
    begun = time.monotonic()
    with pytest.raises(OSError, match="is not working right now"):
        storages["public"].open(names[0])
    assert time.monotonic() - begun < BOUNDED
    tried = len(wire.held)
    for name in names:
        assert client.get(f"/pictures/{name}").status_code == 503
    with pytest.raises(StoreUnavailable):
        stores.sweep()
    assert len(wire.held) == tried
    wire.hangs = False
    monkeypatch.setattr(bucket_module, "PAUSE_SECONDS", 0)
    storages["public"]._paused_until = 0.0  # the pause is over
    for name in names:
        assert client.get(f"/pictures/{name}").status_code == 200


def test_a_server_that_takes_nothing_in_is_an_error_soon(wire):
    wire.hangs = True
    begun = time.monotonic()
    with pytest.raises(StoreUnavailable):
        storages["private"].save("uploads/1", ContentFile(os.urandom(8 * 1024 * 1024)))
    assert time.monotonic() - begun < BOUNDED
