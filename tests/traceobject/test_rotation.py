"""Keys can be rotated while the site runs, and a rotation that is killed loses nothing."""

import os
import signal
import subprocess
import sys
import threading
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from cryptography.fernet import Fernet
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tests.factories import open_claim, published, send, staff
from tests.stack import Stack, wait_until
from tests.tips.intake.uploads import chosen, photo
from tips.intake.uploads import attachments, keys
from tips.intake.uploads.inspect_upload import inspect
from tips.models import Attachment, Tip
from tips.triage import evidence
from traceobject.audit.models import Entry
from traceobject.crypto import rotation, sealing
from traceobject.staff.roles import Role

PHOTOS = 12
CONTACTS = 300


def sealed_things():
    """Seal contacts, files, places and factors, some as earlier versions did: with the second."""
    claim = open_claim(contact="first@mail.example")
    made, old = claim.object, Fernet(sealing.settings.CONTACT_KEYS[0])
    Tip.objects.bulk_create(
        Tip(
            object=made,
            text=f"tip {number}",
            contact=old.encrypt(f"{number}@mail.example".encode()),
            received_at=timezone.now(),
        )
        for number in range(CONTACTS)
    )
    tip = send(made, "with pictures")
    stored = attachments.store_files([chosen(photo(1)) for _ in range(PHOTOS)], timezone.now())
    Attachment.objects.filter(pk__in=[each.pk for each in stored]).update(
        tip=tip, location_allowed=True, taken=old.encrypt(b'{"latitude": 37.39}')
    )
    inspect(stored[0].pk)
    private = storages["private"]
    private.save(stored[1].original, ContentFile(old.encrypt(photo(1))))
    Attachment.objects.filter(pk=stored[1].pk).update(sealed_with="")  # as an earlier version
    person = staff(Role.MODERATOR)
    TOTP.activate(person, "A" * 32)
    RecoveryCodes.activate(person)
    Authenticator.objects.create(user=staff(Role.ANALYST), type="totp", data={"secret": "B" * 32})


def files():
    """Return what is in each file that a row names, opened."""
    found = {}
    for each in Attachment.objects.exclude(original="", view=""):
        with storages["private"].open(each.original or each.view) as file:
            found[each.pk] = sealing.unseal_file(file.read())
    return found


def contents():
    """Return all that is sealed, opened."""
    factors = Authenticator.objects.order_by("pk").values_list("data", flat=True)
    return {
        "contacts": [
            sealing.unseal(tip.contact)
            for tip in Tip.objects.filter(contact__isnull=False).order_by("pk")
        ],
        "places": [
            sealing.unseal(each.taken) for each in Attachment.objects.filter(taken__isnull=False)
        ],
        "files": files(),
        "factors": [decrypt(data.get("secret") or data["seed"]) for data in factors],
    }


def add_key(settings):
    settings.CONTACT_KEYS = [Fernet.generate_key().decode(), *settings.CONTACT_KEYS]


def rotate():
    out = StringIO()
    call_command("rotate_keys", stdout=out, stderr=StringIO())
    return out.getvalue()


def test_afterwards_the_new_key_alone_opens_everything(
    store, settings, django_capture_on_commit_callbacks
):
    sealed_things()
    before, old = contents(), sealing.newest_key()
    add_key(settings)
    new = sealing.newest_key()
    told = call_report()
    assert f"key {old} (older)\n  second factors: 2\n  contact details: 301\n" in told
    assert "not encrypted: 1 second factors\n" in told
    assert "key not noted: 1 uploaded files\n" in told
    with django_capture_on_commit_callbacks(execute=True):
        told = rotate()
    assert f"key {new} (newest, encrypts)\n  second factors: 3\n  contact details: 301\n" in told
    assert "no longer needed: remove it from CONTACT_KEYS" in told
    settings.CONTACT_KEYS = settings.CONTACT_KEYS[:1]
    assert contents() == before
    assert all(sealing.is_current(tip.contact) for tip in Tip.objects.exclude(contact=None))
    names = {each.original or each.view for each in Attachment.objects.all()}
    assert names == {f"uploads/{name}" for name in storages["private"].listdir("uploads")[1]}
    entry = Entry.objects.get(action="keys.rotated")
    assert (entry.actor, entry.target) == ("command line", f"key {new}")
    assert entry.detail["resealed"] == {
        "contact details": CONTACTS + 1,
        "places of photos": PHOTOS,
        "uploaded files": PHOTOS,
        "second factors": 3,
    }


def call_report():
    out = StringIO()
    call_command("rotate_keys", "--report", stdout=out)
    return out.getvalue()


def test_a_report_changes_nothing(settings):
    sealed_things()
    add_key(settings)
    rows = list(Attachment.objects.values_list("original", "view", "sealed_with").order_by("pk"))
    assert "second factors: 2" in call_report()
    assert rows == list(
        Attachment.objects.values_list("original", "view", "sealed_with").order_by("pk")
    )
    assert not Entry.objects.filter(action__startswith="keys.").exists()


def test_a_second_rotation_with_the_same_key_touches_nothing(settings):
    sealed_things()
    rotate()

    def stored():
        sealed = Tip.objects.order_by("pk").values_list("contact", flat=True)
        return [bytes(each or b"") for each in sealed]

    before = stored()
    rotate()
    assert stored() == before
    assert Entry.objects.filter(action="keys.rotated").first().detail["resealed"] == {}


def test_killed_again_and_again_it_loses_nothing(own_database, tmp_path, settings):
    sealed_things()
    before, old = contents(), settings.CONTACT_KEYS
    add_key(settings)
    newest = sealing.newest_key()
    environment = {**os.environ, **Stack(tmp_path).environment}

    def running(settled):
        """Start the command in a process of its own, and kill it as soon as something is done."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", "rotate_keys"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: settled() or process.poll() is not None, seconds=60)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def resealed_contacts():
        sealed = Tip.objects.filter(contact__isnull=False).values_list("contact", flat=True)
        return sum(sealing.is_current(value) for value in sealed)

    def resealed_files():
        return Attachment.objects.filter(sealed_with=newest).count()

    for settled in (
        lambda: resealed_contacts() >= 1,
        lambda: resealed_contacts() >= 150,
        lambda: resealed_files() >= 1,
        lambda: resealed_files() >= 2,
        lambda: resealed_files() >= 7,
    ):
        running(settled)
        assert contents() == before  # with both keys, at every moment
    subprocess.run(
        [sys.executable, "manage.py", "rotate_keys"], env=environment, check=True,
        capture_output=True,
    )  # fmt: skip
    settings.CONTACT_KEYS = settings.CONTACT_KEYS[:1]
    assert contents() == before
    assert not rotation.unopened()
    assert old != settings.CONTACT_KEYS


def test_a_file_that_cannot_be_written_stays_as_it_is(settings, monkeypatch):
    sealed_things()
    before = contents()
    add_key(settings)
    private = storages["private"]

    def full(*_):
        raise attachments.StoreUnavailable("The store for pictures is full.")

    monkeypatch.setattr(type(private), "_save", full)
    with pytest.raises(
        CommandError, match=r"The store for pictures is full\. Run rotate_keys again"
    ):
        rotate()
    monkeypatch.undo()
    assert contents() == before
    rotate()
    settings.CONTACT_KEYS = settings.CONTACT_KEYS[:1]
    assert contents() == before


def test_what_no_key_opens_is_left_named_and_fails_every_check(settings):
    sealed_things()
    right, settings.CONTACT_KEYS = settings.CONTACT_KEYS, [Fernet.generate_key().decode()]
    before = bytes(Tip.objects.exclude(contact=None).first().contact)
    with pytest.raises(CommandError, match="contact details: 301 values that no key opens"):
        rotate()
    assert bytes(Tip.objects.exclude(contact=None).first().contact) == before
    with pytest.raises(
        CommandError, match=r"no key in CONTACT_KEYS opens: .*\b301 contact details"
    ):
        call_command("check", stdout=StringIO())
    with pytest.raises(CommandError, match="Put the key that encrypted them back"):
        call_report()
    settings.CONTACT_KEYS = [*settings.CONTACT_KEYS, *right]
    call_command("check", stdout=StringIO())


def test_health_is_red_while_a_needed_key_is_absent(client, settings):
    send(published(pictures=0), "I know it", contact="jane@mail.example", matched=False)
    from traceobject.outbox.models import Step

    Step.objects.all().delete()
    rotation.forget_check()
    assert client.get("/healthz").json() == {"status": "ok"}
    settings.CONTACT_KEYS = [Fernet.generate_key().decode()]
    rotation.forget_check()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "missing key"})
    rotation.forget_check()


def test_a_missing_file_is_reported_and_stops_nothing(settings):
    sealed_things()
    add_key(settings)
    lost = Attachment.objects.exclude(original="").first()
    storages["private"].delete(lost.original)
    with pytest.raises(CommandError, match="uploaded files: 1 missing file"):
        rotate()
    others = Attachment.objects.exclude(pk=lost.pk).exclude(original="", view="")
    assert set(others.values_list("sealed_with", flat=True)) == {sealing.newest_key()}


def test_a_contact_that_is_deleted_meanwhile_stays_deleted(settings):
    tip = send(published(pictures=0), "I know it", contact="jane@mail.example")
    add_key(settings)
    numbers = list(rotation._kinds["contact details"].outdated())
    Tip.objects.update(contact=None)
    for number in numbers:
        rotation._kinds["contact details"].reseal(number)
    assert Tip.objects.get(pk=tip.pk).contact is None


def test_an_upload_that_is_gone_meanwhile_is_no_error(settings):
    keys.reseal(10**9)


def test_without_a_new_key_it_still_removes_the_times_of_older_values():
    sealed_things()
    assert not all(sealing.is_current(tip.contact) for tip in Tip.objects.exclude(contact=None))
    rotate()
    assert all(sealing.is_current(tip.contact) for tip in Tip.objects.exclude(contact=None))
    for each in Attachment.objects.exclude(original="", view=""):
        with storages["private"].open(each.original or each.view) as file:
            assert sealing.is_current(file.read())


def test_a_check_before_the_first_use_creates_no_database(tmp_path):
    environment = {**os.environ, "TRACEOBJECT_PROFILE": "test", "VAR_DIR": str(tmp_path)}
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], env=environment, check=True, capture_output=True
    )
    assert b"no issues" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


def test_pictures_can_be_seen_and_inspected_while_keys_are_rotated(own_database, settings):
    tip = send(published(pictures=0), "with pictures")
    stored = attachments.store_files([chosen(photo(1)) for _ in range(8)], timezone.now())
    Attachment.objects.update(tip=tip)
    for each in stored[:4]:
        inspect(each.pk)
    moderator, failed, is_over = staff(Role.MODERATOR), [], threading.Event()

    def look():
        try:
            while not is_over.is_set():
                for each in stored[:4]:
                    evidence.view_picture(each, by=moderator)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    looking = threading.Thread(target=look)
    looking.start()
    for _ in range(5):
        add_key(settings)
        rotate()
    is_over.set()
    looking.join()
    assert failed == []
    settings.CONTACT_KEYS = settings.CONTACT_KEYS[:1]
    for each in stored[4:]:
        inspect(each.pk)
    assert set(Attachment.objects.values_list("state", flat=True)) == {"clean"}
    assert len(files()) == 8
