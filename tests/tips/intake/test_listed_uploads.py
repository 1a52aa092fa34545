"""Pictures on a hash list: locked whenever the list or the picture comes, and never decoded."""

from datetime import date

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.utils import timezone

from objects.pictures import isolated, structure
from objects.pictures.hashes import perceptual, sha256
from objects.screening import hash_lists
from tests.factories import drawing, encoded, staff
from tests.tips.intake.uploads import chosen, everything_stored, listed_file, photo, sent
from tips.intake.uploads import inspect_upload
from tips.intake.uploads.inspect_upload import compare_with_list, inspect, recheck
from tips.models import Attachment, Tip
from tips.steps import TipStep
from tips.triage import alerts, evidence
from traceobject.audit.models import Entry
from traceobject.errors import StepRefused
from traceobject.outbox import queue
from traceobject.outbox.models import Step
from traceobject.staff.authority import System
from traceobject.staff.roles import Role


def test_a_file_on_a_hash_list_is_locked_the_tip_flagged_and_the_role_told(client):
    data = photo()
    listed_file(data)
    guardian, moderator = staff(Role.SAFEGUARDING), staff(Role.MODERATOR)
    tip = sent(client, chosen(data))
    upload = tip.attachments.get()
    inspect(upload.pk)
    alerts.alert_safeguarding(upload.pk)
    queue.drain(names=[TipStep.SEND_ALERT])
    upload.refresh_from_db()
    assert upload.state == "locked"
    assert (upload.view, upload.blurred) == ("", "")
    assert Tip.objects.get(pk=tip.pk).is_flagged
    assert [each.to for each in mail.outbox] == [[guardian.email]]
    assert "Sevilla" not in str([each.body for each in mail.outbox])
    with pytest.raises(StepRefused):
        evidence.view_picture(upload, by=moderator)
    with pytest.raises(PermissionDenied):
        evidence.take_original(upload, by=moderator)
    (stored,) = everything_stored().values()
    assert data[100:200] not in stored  # kept, encrypted
    for person, status in ((moderator, 403), (staff(Role.ADMINISTRATOR), 403), (guardian, 200)):
        client.force_login(person)
        assert client.get("/locked/").status_code == status
        answer = client.post(f"/locked/{upload.pk}/")
        assert answer.status_code == status
    assert answer.content == data
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert Entry.objects.filter(action="attachment.original_taken").count() == 1


def test_a_listed_file_is_locked_without_a_decoder_touching_it(client, monkeypatch):
    data = photo()
    listed_file(data)
    monkeypatch.setattr(isolated, "receive", lambda *a, **k: pytest.fail("it was decoded"))
    upload = sent(client, chosen(data)).attachments.get()
    inspect(upload.pk)
    assert Attachment.objects.get(pk=upload.pk).state == "locked"


def test_a_picture_that_looks_like_a_listed_one_is_locked_turned_and_smaller(client):
    image = drawing((900, 700), 3)
    hash_lists.import_list(
        [perceptual(image).hashes[0]],
        source="Test list",
        dated=date(2026, 1, 2),
        kind="pdq",
        by=System.COMMAND_LINE,
    )
    changed = encoded(image.rotate(90, expand=True).resize((350, 450)), "JPEG", quality=70)
    upload = sent(client, chosen(changed)).attachments.get()
    inspect(upload.pk)
    assert Attachment.objects.get(pk=upload.pk).state == "locked"


@pytest.mark.parametrize("kind", ["sha256", "pdq"])
def test_a_later_list_locks_pictures_that_are_stored_already(client, kind):
    data = photo()
    upload = sent(client, chosen(data)).attachments.get()
    other = sent(client, chosen(photo(9))).attachments.get()
    for each in (upload, other):
        inspect(each.pk)
    upload.refresh_from_db()
    entry = sha256(data) if kind == "sha256" else upload.pdq_turned[3]
    hash_lists.import_list(
        [entry], source="New", dated=date(2026, 1, 2), kind=kind, by=System.COMMAND_LINE
    )
    step = Step.objects.get(name="hash_list.compare")
    assert compare_with_list(step.subject, 0) is None
    upload.refresh_from_db()
    assert upload.state == "locked"
    assert upload.tip.is_flagged
    assert Step.objects.filter(name="attachment.alert").count() == 1
    with pytest.raises(StepRefused):
        evidence.view_picture(upload, by=staff(Role.MODERATOR))
    assert structure.check(evidence.take_original(upload, by=staff(Role.SAFEGUARDING)))[0] == "JPEG"
    assert Attachment.objects.get(pk=other.pk).state == "clean"


def test_the_second_part_of_a_list_that_comes_in_during_the_comparison_locks_too(
    client, monkeypatch
):
    uploads = [sent(client, chosen(photo(seed))).attachments.get() for seed in (1, 2)]
    for each in uploads:
        inspect(each.pk)
    real, parts = hash_lists.listed, [photo(1)]

    def meanwhile(*args, **options):
        found = real(*args, **options)
        while parts:  # after the first picture was found to be on no list
            listed_file(parts.pop())
        return found

    listed_file(b"another file")
    monkeypatch.setattr(hash_lists, "listed", meanwhile)
    queue.drain(names=[TipStep.COMPARE_HASH_LIST])
    states = dict(Attachment.objects.values_list("sha256", "state"))
    assert states == {sha256(photo(1)): "locked", sha256(photo(2)): "clean"}
    assert not Step.objects.filter(name=TipStep.COMPARE_HASH_LIST).exists()


def test_a_long_comparison_continues_in_parts_and_never_starts_again(client, monkeypatch):
    uploads = [sent(client, chosen(photo(seed))).attachments.get() for seed in (1, 2, 3)]
    for each in uploads:
        inspect(each.pk)
    real, compared = hash_lists.listed, []

    def slow(exact, *args, **options):
        compared.append(exact[0])
        if len(compared) == 2:
            raise TimeoutError  # interrupted in the middle
        return real(exact, *args, **options)

    listed_file(photo(3))
    monkeypatch.setattr(inspect_upload, "CHUNK_SECONDS", 0)
    monkeypatch.setattr(hash_lists, "listed", slow)
    queue.drain(names=[TipStep.COMPARE_HASH_LIST])
    Step.objects.update(due_at=timezone.now())
    queue.drain(names=[TipStep.COMPARE_HASH_LIST])
    hashes = [sha256(photo(seed)) for seed in (1, 2, 2, 3)]
    assert compared == hashes
    assert Attachment.objects.get(pk=uploads[2].pk).state == "locked"


def test_a_list_that_arrives_while_a_picture_is_inspected_still_locks_it(client, monkeypatch):
    data = photo()
    upload = sent(client, chosen(data)).attachments.get()
    real = isolated.receive

    def meanwhile(*args, **options):
        received = real(*args, **options)
        listed_file(data)
        compare_with_list(
            Step.objects.get(name="hash_list.compare").subject, 0
        )  # finds nothing clean yet
        return received

    monkeypatch.setattr(isolated, "receive", meanwhile)
    inspect(upload.pk)
    assert Step.objects.filter(name="attachment.recheck", subject=upload.pk).exists()
    recheck(upload.pk)
    assert Attachment.objects.get(pk=upload.pk).state == "locked"


def test_a_second_inspection_at_once_removes_nothing_of_a_file_that_the_first_locked(
    client, monkeypatch
):
    """A step may run twice at once, when its lease is over before it is."""
    data = photo()
    upload = sent(client, chosen(data)).attachments.get()
    real = isolated.receive

    def meanwhile(*args, **options):
        monkeypatch.setattr(isolated, "receive", real)
        received = real(*args, **options)
        listed_file(data)
        inspect(upload.pk)
        return received

    monkeypatch.setattr(isolated, "receive", meanwhile)
    inspect(upload.pk)
    upload.refresh_from_db()
    assert upload.state == "locked"
    assert evidence.take_original(upload, by=staff(Role.SAFEGUARDING)) == data
    assert list(everything_stored()) == [upload.original]  # and no copy for staff


def test_two_inspections_at_once_leave_the_copy_for_staff(client, monkeypatch):
    upload = sent(client, chosen()).attachments.get()
    real = isolated.receive

    def meanwhile(*args, **options):
        monkeypatch.setattr(isolated, "receive", real)
        received = real(*args, **options)
        inspect(upload.pk)
        return received

    monkeypatch.setattr(isolated, "receive", meanwhile)
    inspect(upload.pk)
    upload.refresh_from_db()
    assert upload.state == "clean"
    assert list(everything_stored()) == [upload.view]


def test_a_picture_is_compared_even_if_its_worker_was_killed(client, monkeypatch):
    upload = sent(client, chosen()).attachments.get()

    def killed(name):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(storages["private"]), "delete", lambda self, name: killed(name))
    with pytest.raises(KeyboardInterrupt):
        inspect(upload.pk)
    assert Attachment.objects.get(pk=upload.pk).state == "clean"
    assert Step.objects.filter(name="match.pictures", subject=upload.pk).exists()
