"""No damaged file is ever public: full disks, killed processes, changed files."""

import contextlib
import hashlib
import io
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone
from PIL import Image

from objects import publishing, screening, stores
from objects.models import Rendition, TraceObject
from tests.disks import fill, small_disk
from tests.factories import ALL_CHECKED, cached_picture_jobs, published, staff, submitted
from tests.stack import wait_until
from traceobject.errors import StepRefused
from traceobject.outbox import queue
from traceobject.outbox.models import Step
from traceobject.staff.roles import Role
from traceobject.storage.folder import UNFINISHED

State = TraceObject.State


def is_whole(name, data):
    return name.startswith(hashlib.sha256(data).hexdigest()[:40])


def public_files():
    """Return the files in the public store, read from the store itself."""
    public = storages["public"]
    return {name: public.open(name).read() for name in public.listdir("")[1]}


def harm(name, how):
    """Replace a public file's bytes, as a broken writer or a bad disk does."""
    public = storages["public"]
    data = public.open(name).read()
    changed = bytes([data[0] ^ 1]) + data[1:]
    harmed = {"empty": b"", "half": data[: len(data) // 2], "changed": changed}[how]
    if hasattr(public, "bucket_name"):
        public.connection.meta.client.put_object(Bucket=public.bucket_name, Key=name, Body=harmed)
    else:
        Path(public.path(name)).write_bytes(harmed)
    return data


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("how", ["empty", "half", "changed"])
def test_a_damaged_picture_is_never_served_and_the_next_sweep_repairs_it(store, client, how):
    name = stores.rendition_names(published())[-1]
    assert stores.sweep() == stores.SweepResult(0, 0)
    data = harm(name, how)
    address = f"/pictures/{name}"
    for answer in (
        client.get(address),
        client.head(address),
        client.get(address, headers={"Range": "bytes=0-9"}),
        client.get(address, headers={"If-None-Match": "*"}),
    ):
        assert answer.status_code == 503
        assert answer.headers["Cache-Control"] == "no-store"
        assert body(answer) == b""
    assert stores.sweep() == stores.SweepResult(removed=0, restored=1)
    answer = client.get(address)
    assert (answer.status_code, body(answer)) == (200, data)
    assert stores.sweep() == stores.SweepResult(0, 0)


def test_a_missing_picture_is_503_and_one_of_no_public_object_is_404(store, client):
    name = stores.rendition_names(published())[0]
    storages["public"].delete(name)
    assert client.get(f"/pictures/{name}").status_code == 503
    assert client.get(f"/pictures/{'f' * 40}.jpg").status_code == 404


def test_a_damaged_picture_that_somebody_asked_for_is_repaired_by_its_own_step(
    store, client, monkeypatch
):
    monkeypatch.setattr(stores, "_repair_requested_at", {})
    names = stores.rendition_names(published())
    stores.sweep()
    data = harm(names[0], "changed")
    for _ in range(3):
        assert client.get(f"/pictures/{names[0]}").status_code == 503
    assert Step.objects.filter(name="stores.repair").count() == 1
    assert queue.drain(names=["stores.repair"]) == 1
    assert public_files()[names[0]] == data


def test_many_requests_for_a_lost_picture_queue_one_step_a_minute(client, monkeypatch):
    monkeypatch.setattr(stores, "_repair_requested_at", {})
    name = stores.rendition_names(published())[0]
    for which, path in (("public", name), ("private", f"renditions/{name}")):
        storages[which].delete(path)
    for _ in range(5):
        assert client.get(f"/pictures/{name}").status_code == 503
        queue.drain(names=["stores.repair"])  # which finds nothing to restore it from
    assert len(stores._repair_requested_at) == 1
    assert not Step.objects.filter(name="stores.repair").exists()


@pytest.mark.stack
def test_the_worker_repairs_a_damaged_picture_that_a_visitor_asked_for(stack):
    name = stores.rendition_names(published())[0]
    data = harm(name, "half")
    address = f"{stack.url}/pictures/{name}"
    stack.web()
    for method in ("HEAD", "GET", "GET"):
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(urllib.request.Request(address, method=method), timeout=10)
    stack.worker()  # without beat: no sweep runs

    def served():
        with contextlib.suppress(urllib.error.HTTPError):
            return urllib.request.urlopen(address, timeout=10).read()

    assert wait_until(served, 30) == data


@pytest.mark.parametrize("there", ["harmed", "gone"])
def test_a_file_without_a_good_copy_is_removed_and_reported(store, there, caplog):
    name = stores.rendition_names(published())[0]
    storages["private"].save(f"renditions/{name}", ContentFile(b"a stump"))
    if there == "harmed":
        harm(name, "half")
    else:
        storages["public"].delete(name)
    found = stores.sweep()
    assert (found.restored, found.lost) == (0, 1)
    assert name not in public_files()
    assert any(record.levelname == "ERROR" for record in caplog.records)
    assert stores.sweep().lost == 1  # and again, until somebody has put the private copy back


def test_a_good_public_copy_stays_whatever_became_of_the_private_one(store, client):
    made = published()
    for name in stores.rendition_names(made):
        storages["private"].delete(f"renditions/{name}")
    stores.sweep()
    for name in stores.rendition_names(made):
        assert client.get(f"/pictures/{name}").status_code == 200


def test_a_sweep_reads_only_what_is_new_or_was_changed(store, monkeypatch):
    monkeypatch.setattr(stores, "_verified", {})
    names = stores.rendition_names(published())
    read = []
    public = storages["public"]
    real = public.open
    monkeypatch.setattr(public, "open", lambda name, *rest: read.append(name) or real(name, *rest))
    stores.sweep()
    assert sorted(read) == sorted(names)
    read.clear()
    stores.sweep()
    assert read == []
    monkeypatch.setattr(public, "open", real)
    harm(names[0], "changed")  # of the same length
    monkeypatch.setattr(public, "open", lambda name, *rest: read.append(name) or real(name, *rest))
    stores.sweep()
    assert set(read) == {names[0]}


# --- a disk that is full ------------------------------------------------------------------------


def test_a_disk_that_fills_during_a_publication_publishes_nothing_and_leaves_no_truncated_file(
    tmp_path, client
):
    made = submitted()
    names = stores.rendition_names(made)
    sizes = [storages["private"].size(f"renditions/{name}") for name in names]
    with small_disk(tmp_path / "public", 4096) as disk:
        filler = fill(disk, leave=sum(sizes) // 2)
        with pytest.raises(StepRefused, match="store for pictures is full"):
            publishing.approve(
                made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
            )
        made.refresh_from_db()
        assert made.state == State.SUBMITTED
        assert 0 < len(public_files()) < len(names)
        assert not list(disk.glob(f"{UNFINISHED}*"))
        assert all(is_whole(*each) for each in public_files().items())
        filler.unlink()
        publishing.approve(
            made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
        )
        assert set(public_files()) == set(names)
        for name in names:
            assert is_whole(name, body(client.get(f"/pictures/{name}")))


def test_a_disk_that_fills_during_the_sweep_leaves_no_truncated_file_and_the_next_sweep_restores(
    tmp_path, client
):
    names = stores.rendition_names(published())
    with small_disk(tmp_path / "public", 4096) as disk:
        filler = fill(disk, leave=40_000)
        stores.sweep()
        assert all(is_whole(*each) for each in public_files().items())
        assert {client.get(f"/pictures/{name}").status_code for name in names} <= {200, 503}
        filler.unlink()
        stores.sweep()
        assert set(public_files()) == set(names)
        assert all(is_whole(*each) for each in public_files().items())


# --- a process that is killed -------------------------------------------------------------------

SWEEPER = """
    import os, sys
    import traceobject.testing
    from django.conf import settings
    import django
    settings.DATABASES["default"]["NAME"] = {database!r}
    for name in ("private", "public"):
        settings.STORAGES[name]["OPTIONS"]["location"] = {folder!r} + "/" + name
    django.setup()
    from django.core.files.storage import storages
    from django.db import connections
    from objects import stores

    for line in sys.stdin:  # a child for each try, without starting Python anew
        connections.close_all()
        pid = os.fork()
        while not pid:
            for entry in os.scandir(storages["public"].location):
                os.remove(entry.path)
            stores.sweep()
        print(pid, flush=True)
        os.waitpid(pid, 0)
        print("dead", flush=True)
"""
TRIES = 15


def large_picture(made):
    """Add a rendition of some megabytes to a public object, so that writing it takes a while."""
    noise = Image.frombytes("RGB", (2400, 1600), random.Random(1).randbytes(2400 * 1600 * 3))
    buffer = io.BytesIO()
    noise.save(buffer, "JPEG", quality=95)
    data = buffer.getvalue()
    name = f"{hashlib.sha256(data).hexdigest()[:40]}.jpg"
    storages["private"].save(f"renditions/{name}", ContentFile(data))
    Rendition.objects.create(
        picture=made.pictures.get(), name=name, kind="jpg", width=2400, height=1600
    )


def test_a_sweep_killed_again_and_again_leaves_no_truncated_file(own_database, tmp_path):
    made = published()
    large_picture(made)
    stores.sweep()
    code = textwrap.dedent(SWEEPER).format(
        database=connection.settings_dict["NAME"], folder=str(tmp_path)
    )
    chance = random.Random(22)
    sweeper = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "TRACEOBJECT_PROFILE": "test",
            "DJANGO_SETTINGS_MODULE": "traceobject.settings",
        },
    )
    in_the_middle = 0
    try:
        for _ in range(TRIES):
            print("try", file=sweeper.stdin, flush=True)
            pid = int(sweeper.stdout.readline())
            time.sleep(chance.uniform(0.05, 0.4))  # the moment of death, not a wait
            os.kill(pid, signal.SIGKILL)
            assert sweeper.stdout.readline() == "dead\n"
            there = {path.name: path.read_bytes() for path in (tmp_path / "public").iterdir()}
            listed = public_files()
            in_the_middle += len(there) > len(listed)
            assert [name for name, data in listed.items() if not is_whole(name, data)] == []
    finally:
        sweeper.stdin.close()
        sweeper.wait(30)
    assert in_the_middle
    stores.sweep()
    assert set(public_files()) == set(stores.rendition_names(made))
    assert all(is_whole(*each) for each in public_files().items())


def test_files_of_killed_writers_are_never_listed_and_are_deleted_after_an_hour(tmp_path):
    published()
    left = [tmp_path / "public" / f"{UNFINISHED}1", tmp_path / "private/uploads" / f"{UNFINISHED}2"]
    for path in left:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half a pict")
    assert storages["private"].listdir("uploads")[1] == []
    assert stores.sweep() == stores.SweepResult(0, 0)
    stores.delete_orphans()
    assert all(path.exists() for path in left)  # somebody may be writing it
    stores.delete_orphans(timezone.now() + stores.ORPHANED_AFTER + timedelta(minutes=1))
    assert not any(path.exists() for path in left)


# --- the private store --------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["master", "rendition"])
def test_a_truncated_file_in_the_private_store_stops_the_publication(store, which):
    made = submitted()
    picture = made.pictures.get()
    name = picture.master if which == "master" else f"renditions/{picture.largest.name}"
    data = storages["private"].open(name).read()
    storages["private"].save(name, ContentFile(data[: len(data) // 2]))
    with pytest.raises(StepRefused, match="missing in the private store, or was changed"):
        publishing.approve(
            made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
        )


def test_a_truncated_original_is_found_and_reported_by_the_inspection(store):
    picture = submitted().pictures.get()
    data = storages["private"].open(picture.master).read()
    storages["private"].save(picture.master, ContentFile(data[: len(data) // 2]))
    with pytest.raises(stores.FileMissing):
        screening.inspect(picture.pk)
    picture.refresh_from_db()
    assert "was changed" in picture.inspection_error


def test_a_truncated_rendition_is_made_again_by_the_inspection(store):
    picture = submitted().pictures.get()
    name = f"renditions/{picture.largest.name}"
    data = storages["private"].open(name).read()
    storages["private"].save(name, ContentFile(data[: len(data) // 2]))
    with cached_picture_jobs():
        screening.inspect(picture.pk)
    assert storages["private"].open(name).read() == data


def test_only_the_site_may_read_the_files_of_both_stores(tmp_path):
    published()
    for path in [*(tmp_path / "private").rglob("*"), *(tmp_path / "public").rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
