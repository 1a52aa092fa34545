"""The two stores follow the database, as folders and as buckets, whichever process dies."""

import os
import signal
import subprocess
import sys
import textwrap
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from objects import publishing, stores
from objects.models import Rendition, TraceObject
from tests.factories import ALL_CHECKED, draft, drawing, encoded, published, staff, submitted
from tests.stack import Stack, manage
from traceobject.errors import StepRefused
from traceobject.staff.roles import Role

State = TraceObject.State


def public_files():
    return set(storages["public"].fingerprints(""))


def test_public_files_appear_with_publication_and_go_with_withdrawal(
    store, client, django_capture_on_commit_callbacks
):
    made = submitted()
    assert public_files() == set()
    publishing.approve(
        made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
    )
    made.refresh_from_db()
    names = set(stores.rendition_names(made))
    assert public_files() == names
    assert len(names) == 9
    for name in names:
        assert client.get(f"/pictures/{name}").content
    with django_capture_on_commit_callbacks(execute=True):
        publishing.withdraw(made, by=staff(Role.ANALYST), reason="x")
    assert public_files() == set()


def test_nothing_private_is_written_to_the_public_store(store, monkeypatch):
    written = []
    real = type(storages["public"]).save

    def save(self, name, *args, **kwargs):
        written.append((self is storages["public"], name))
        return real(self, name, *args, **kwargs)

    monkeypatch.setattr(type(storages["public"]), "save", save)
    made = submitted()
    assert written
    assert not any(public for public, _ in written)
    publishing.approve(
        made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
    )
    public = {name for to_public, name in written if to_public}
    assert public == set(stores.rendition_names(made))


def test_a_picture_of_two_objects_stays_while_one_is_public(
    store, django_capture_on_commit_callbacks
):
    first, second = published(), published()  # the same drawing
    with django_capture_on_commit_callbacks(execute=True):
        publishing.withdraw(first, by=staff(Role.ANALYST), reason="x")
    assert public_files() == set(stores.rendition_names(second))


def test_the_sweep_removes_stray_files_restores_missing_ones_and_deletes_orphans(store):
    made = published()
    names = sorted(stores.rendition_names(made))
    storages["public"].delete(names[0])
    storages["public"].save("f" * 40 + ".jpg", ContentFile(b"stray"))
    storages["private"].save("renditions/" + "e" * 40 + ".jpg", ContentFile(b"leaving"))
    storages["private"].save("pictures/999999.png", ContentFile(b"leaving"))
    assert stores.sweep() == stores.SweepResult(removed=1, restored=1)
    assert stores.sweep() == stores.SweepResult(removed=0, restored=0)
    assert stores.delete_orphans() == 0  # they may belong to a picture that is being added
    later = timezone.now() + stores.ORPHANED_AFTER + timedelta(minutes=1)
    assert stores.delete_orphans(later) == 2
    assert stores.delete_orphans(later) == 0
    assert public_files() == set(names)
    assert stores.read_master(made.pictures.get())


@pytest.mark.parametrize("harm", ["gone", "changed", "dirty"])
def test_a_file_that_is_missing_or_was_changed_in_the_private_store_is_not_published(store, harm):
    made = submitted()
    name = next(n for n in stores.rendition_names(made) if n.endswith(".jpg"))
    private = storages["private"]
    private.delete(f"renditions/{name}")
    if harm == "changed":
        private.save(f"renditions/{name}", ContentFile(encoded(drawing((9, 9)), "JPEG")))
    if harm == "dirty":
        private.save(f"renditions/{name}", ContentFile(encoded(drawing(), "JPEG", comment=b"x")))
    with pytest.raises(StepRefused, match="missing in the private store, or was changed"):
        publishing.approve(
            made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
        )
    made.refresh_from_db()
    assert made.state == State.SUBMITTED
    stores.sweep()
    assert public_files() == set()


def test_the_settings_name_the_buckets_and_the_site_uses_them(own_database, s3, tmp_path):
    client, address = s3
    buckets = {name: f"{name}-{os.urandom(6).hex()}" for name in ("private", "public")}
    for bucket in buckets.values():
        client.create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
    site = Stack(tmp_path)
    environment = {
        **site.environment,
        "PRIVATE_BUCKET": buckets["private"],
        "PUBLIC_BUCKET": buckets["public"],
        "S3_ENDPOINT_URL": address,
        "S3_REGION": "eu-west-1",
        "S3_ACCESS_KEY_ID": "x",
        "S3_SECRET_ACCESS_KEY": "x",
    }
    code = "from tests.factories import published; published(reference='S3-01')"
    done = manage("shell", "-c", code, environment=environment, cwd=settings.BASE_DIR)
    assert done.returncode == 0, done.stderr

    def names(which):
        listed = client.list_objects_v2(Bucket=buckets[which]).get("Contents", [])
        return {each["Key"] for each in listed}

    made = TraceObject.objects.get(reference="S3-01")
    assert names("public") == set(stores.rendition_names(made))
    assert names("private") == {
        made.pictures.get().master,
        *(f"renditions/{name}" for name in stores.rendition_names(made)),
    }
    assert not (tmp_path / "private").exists()
    assert not (tmp_path / "public").exists()


# --- killed in between --------------------------------------------------------------------------

KILLED = """
    import os, signal, sys
    import traceobject.testing
    from django.conf import settings
    import django
    settings.DATABASES["default"]["NAME"] = {database!r}
    for name in ("private", "public"):
        settings.STORAGES[name]["OPTIONS"]["location"] = {folder!r} + "/" + name
    django.setup()
    from objects import publishing, screening, stores
    from objects.models import TraceObject
    from traceobject.audit import trail
    from traceobject.staff.models import User
    from tests.factories import ALL_CHECKED, drawing, encoded

    def die(*args, **kwargs):
        os.kill(os.getpid(), signal.SIGKILL)

    made = TraceObject.objects.get(pk={pk})
    by = User.objects.get(pk={by})
    {body}
"""


def killed(body, made, by, folder):
    from django.db import connection

    code = textwrap.dedent(KILLED).format(
        database=connection.settings_dict["NAME"],
        folder=str(folder),
        pk=made.pk,
        by=by.pk,
        body=body,
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "TRACEOBJECT_PROFILE": "test",
            "DJANGO_SETTINGS_MODULE": "traceobject.settings",
        },
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_killed_between_copying_and_the_commit_nothing_stays_public(own_database, tmp_path, client):
    made, by = submitted(), staff(Role.ANALYST)
    killed(
        "trail.record = lambda action, *a, **k: die() if action == 'object.published' else None\n"
        "publishing.approve(made, by=by, checked=ALL_CHECKED, seen=publishing.fingerprint(made))",
        made,
        by,
        tmp_path,
    )
    assert public_files() == set(
        stores.rendition_names(made)
    )  # copied, and then nothing was committed
    made.refresh_from_db()
    assert made.state == State.SUBMITTED
    for name in stores.rendition_names(made):
        assert client.get(f"/pictures/{name}").status_code == 404
    assert stores.sweep().removed == 9
    assert public_files() == set()


def test_killed_between_the_withdrawal_and_the_removal_the_next_worker_removes(
    own_database, tmp_path, client
):
    from traceobject.outbox import queue

    made, by = published(), staff(Role.ANALYST)
    names = set(stores.rendition_names(made))
    killed(
        "stores.remove_public_copies = die\npublishing.withdraw(made, by=by, reason='x')",
        made,
        by,
        tmp_path,
    )
    assert public_files() == names
    assert client.get(f"/pictures/{min(names)}").status_code == 404
    queue.drain(names=["stores.take_back"])
    assert public_files() == set()


def test_killed_while_a_picture_is_taken_in_its_files_are_cleared(own_database, tmp_path):
    made, by = draft(author=staff(Role.ANALYST)), staff(Role.ANALYST)
    killed(
        "trail.record = die\npublishing.add_picture(made, encoded(drawing()), alt='x', by=by)",
        made,
        by,
        tmp_path,
    )
    assert not made.pictures.exists()
    later = timezone.now() + stores.ORPHANED_AFTER + timedelta(minutes=1)
    assert stores.delete_orphans(later) == 1
    assert not Rendition.objects.exists()


def test_a_removed_picture_leaves_no_file_behind():
    made = draft(author=staff(Role.ANALYST))
    from tests.factories import with_picture

    picture = with_picture(made)
    publishing.remove_picture(picture, by=made.author)
    stores.delete_orphans(timezone.now() + stores.ORPHANED_AFTER + timedelta(minutes=1))
    assert storages["private"].fingerprints("pictures") == {}
    assert storages["private"].fingerprints("renditions") == {}
