"""Pictures from the public: never lost, never raw, locked where they are on a hash list."""

import io
import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import ExifTags, Image, TiffImagePlugin

from objects.pictures import isolated, structure
from objects.pictures.hashes import perceptual, sha256
from objects.screening import hash_lists
from tests.factories import drawing, encoded, published, referral, staff
from tips import retention
from tips.claims.match import match
from tips.intake.uploads import attachments, inspect_upload
from tips.intake.uploads.inspect_upload import compare_with_list, inspect, recheck
from tips.models import Attachment, Tip
from tips.steps import TipStep
from tips.triage import alerts, evidence
from traceobject.audit.models import Entry
from traceobject.crypto import sealing
from traceobject.errors import StepRefused
from traceobject.outbox import queue
from traceobject.outbox.models import Step
from traceobject.staff.authority import System
from traceobject.staff.roles import Role


def photo(seed=1, *, place=True):
    """A drawing that says, as a telephone's photo does, where and when it was taken."""
    image = drawing((800, 600), seed)
    exif = image.getexif()
    about = exif.get_ifd(ExifTags.IFD.Exif)
    about[ExifTags.Base.DateTimeOriginal] = "2024:05:31 14:02:03"
    if place:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        number = TiffImagePlugin.IFDRational
        gps[ExifTags.GPS.GPSLatitudeRef] = "N"
        gps[ExifTags.GPS.GPSLatitude] = (number(37), number(23), number(24))
        gps[ExifTags.GPS.GPSLongitudeRef] = "W"
        gps[ExifTags.GPS.GPSLongitude] = (number(5), number(59), number(24))
    return encoded(image, "JPEG", exif=exif)


def chosen(data=None, name="photo.jpg"):
    return SimpleUploadedFile(name, photo() if data is None else data, "image/jpeg")


def send(client, *files, made=None, **fields):
    made = made or published(pictures=0)
    fields = {"text": "I saw it in Sevilla", **fields, "pictures": list(files)}
    return client.post(f"{made.get_absolute_url()}tip/", fields)


def sent(client, *files, **fields):
    assert send(client, *files, **fields).status_code == 200
    return Tip.objects.latest("id")


def everything_stored():
    private = storages["private"]
    names = [f"uploads/{name}" for name in private.listdir("uploads")[1]]
    return {name: private.open(name).read() for name in names}


def test_it_works(client):
    tip = sent(client, chosen(photo(1)), chosen(photo(2)))
    assert Step.objects.filter(name="attachment.inspect").count() == 2
    assert tip.attachments.count() == 2
    for each in tip.attachments.all():
        inspect(each.pk)
        inspect(each.pk)  # twice is once
    first = tip.attachments.first()
    assert first.state == "clean"
    shown = evidence.view_picture(first, by=staff(Role.MODERATOR))
    assert structure.check(shown)[0] == "JPEG"  # pixels only: no Exif, no trailing byte
    assert Entry.objects.filter(action="attachment.seen").count() == 1


def test_what_came_in_is_never_written_unencrypted_and_goes_once_it_is_clean(client):
    data = photo()
    tip = sent(client, chosen(data))
    (stored,) = everything_stored().values()
    assert data[100:200] not in stored
    assert b"JFIF" not in stored
    assert sealing.unseal_file(stored) == data
    inspect(tip.attachments.get().pk)
    (stored,) = everything_stored().values()
    assert b"JFIF" not in stored
    assert b"2024:05:31" not in sealing.unseal_file(stored)


def test_without_the_tick_place_and_time_are_never_read(client):
    tip = sent(client, chosen())
    inspect(tip.attachments.get().pk)
    assert tip.attachments.get().taken is None


def test_with_the_tick_only_officers_learn_the_place_each_look_recorded(client):
    tip = sent(client, chosen(), location_allowed="on")
    match(tip.pk)
    inspect(tip.attachments.get().pk)
    upload = tip.attachments.get()
    assert b"latitude" not in bytes(upload.taken)
    officer = staff(Role.CASE_OFFICER, "ES")
    found = referral("ES", claim=Tip.objects.get(pk=tip.pk).claim)
    client.force_login(officer)
    page = client.post(f"/desk/{found.pk}/uploads/{upload.pk}/place/").content.decode()
    assert "37.39, -5.99" in page
    assert "2024-05-31T14:02:03" in page
    assert Entry.objects.filter(action="attachment.place_seen").count() == 1
    moderator = staff(Role.MODERATOR)
    client.force_login(moderator)
    claim = client.get(f"/admin/tips/claim/{found.lead.claim_id}/change/").content.decode()
    assert "37.39" not in claim
    assert client.post(f"/desk/{found.pk}/uploads/{upload.pk}/place/").status_code == 403


def test_an_officer_of_another_country_reaches_no_upload(client):
    tip = sent(client, chosen(), location_allowed="on")
    match(tip.pk)
    inspect(tip.attachments.get().pk)
    staff(Role.CASE_OFFICER, "ES")
    found = referral("ES", claim=Tip.objects.get(pk=tip.pk).claim)
    client.force_login(staff(Role.CASE_OFFICER, "PT"))
    upload = tip.attachments.get()
    for path in ("", "place/"):
        answer = client.post(f"/desk/{found.pk}/uploads/{upload.pk}/{path}")
        assert answer.status_code == 404


def test_staff_see_it_blurred_and_grey_until_they_ask(client):
    tip = sent(client, chosen())
    match(tip.pk)
    inspect(tip.attachments.get().pk)
    client.force_login(staff(Role.MODERATOR))
    claim = Tip.objects.get(pk=tip.pk).claim_id
    page = client.get(f"/admin/tips/claim/{claim}/change/").content.decode()
    blur = re.search(r'src="data:image/webp;base64,([^"]+)"', page)[1]
    import base64

    with Image.open(io.BytesIO(base64.b64decode(blur))) as image:
        assert max(image.size) <= 32
        pixels = list(image.convert("RGB").get_flattened_data())
        assert all(max(pixel) - min(pixel) < 12 for pixel in pixels)
    address = re.search(r'action="([^"]*uploads/\d+/)"', page)[1]
    assert client.get(address).status_code == 405
    shown = client.post(address)
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert "no-store" in shown.headers["Cache-Control"]


def listed_file(data):
    hash_lists.import_list(
        [sha256(data)],
        source="Test list",
        dated=date(2026, 1, 2),
        kind="sha256",
        by=System.COMMAND_LINE,
    )


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
def test_a_list_that_comes_later_locks_what_is_here_already(client, kind):
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


def test_a_long_comparison_is_done_in_parts_and_never_from_the_first_picture_again(
    client, monkeypatch
):
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


def test_nothing_that_staff_see_tells_the_minute_of_a_tip(client):
    tip = sent(client, chosen())
    match(tip.pk)
    inspect(tip.attachments.get().pk)
    tip.refresh_from_db()
    seen = [tip.received_at, tip.claim.opened_at, tip.attachments.get().received_at]
    seen += Entry.objects.filter(actor__in=["matching", "intake"]).values_list("at", flat=True)
    assert len(seen) >= 5
    assert all((at.minute, at.second, at.microsecond) == (0, 0, 0) for at in seen)


def test_a_damaged_picture_is_said_to_be_one_and_its_tip_is_there(client):
    upload = sent(client, chosen(photo()[:2000])).attachments.get()
    inspect(upload.pk)
    upload.refresh_from_db()
    assert upload.state == "refused"
    assert "damaged" in upload.refusal


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([(b"", "empty.jpg")], "This file is empty"),
        ([(b"<svg onload=alert(1)>", "drawing.svg")], "cannot read this file as a picture"),
        ([(b"MZ\x90\x00" + b"x" * 50, "photo.jpg")], "cannot read this file as a picture"),
        ([(b"\xff\xd8\xff" + b"x" * attachments.MAX_BYTES, "big.jpg")], "larger than 15 MB"),
        ([(b"\xff\xd8\xff" + b"x" * 50, f"{n}.jpg") for n in range(6)], "up to 5 pictures"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_beside_the_field_and_the_text_stays(client, files, why):
    answer = send(client, *(chosen(data, name) for data, name in files), text="My long story")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert why in page
    assert "My long story" in page
    assert Tip.objects.count() == 0


def test_pictures_survive_a_mistake_elsewhere_in_the_form(client):
    made = published(pictures=0)
    answer = send(client, chosen(photo(1)), chosen(photo(2)), made=made, country="Atlantis")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Picture 2 is uploaded" in page
    tickets = re.findall(r'name="kept" value="([^"]+)"', page)
    again = send(client, chosen(photo(3)), made=made, kept=tickets)
    assert again.status_code == 200
    hashes = set(Tip.objects.get().attachments.values_list("sha256", flat=True))
    assert hashes == {sha256(photo(seed)) for seed in (1, 2, 3)}


def test_the_same_form_sent_again_with_a_picture_loses_it_not(client):
    made = published(pictures=0)
    page = client.get(f"{made.get_absolute_url()}tip/").content.decode()
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)[1]
    first = send(client, made=made, nonce=nonce, text="Seen in Lyon")
    assert first.status_code == 200
    for _ in range(2):  # and twice is once
        again = send(client, chosen(photo()), made=made, nonce=nonce, text="Seen in Lyon")
        assert again.status_code == 200
    assert sorted(tip.attachments.count() for tip in Tip.objects.all()) == [0, 1]


def test_a_form_with_a_kept_picture_sent_twice_is_one_tip(client):
    made = published(pictures=0)
    shown = client.get(f"{made.get_absolute_url()}tip/").content.decode()
    nonce = re.search(r'name="nonce" value="([^"]+)"', shown)[1]
    page = send(client, chosen(), made=made, nonce=nonce, country="Atlantis").content.decode()
    fields = {"kept": re.findall(r'name="kept" value="([^"]+)"', page), "nonce": nonce}
    for _ in range(2):
        assert send(client, made=made, **fields).status_code == 200
    assert Tip.objects.get().attachments.count() == 1


def test_a_kept_picture_that_is_gone_has_to_be_chosen_again_and_no_tip_goes_without_it(client):
    made = published(pictures=0)
    page = send(client, chosen(), made=made, country="Atlantis").content.decode()
    ticket = re.search(r'name="kept" value="([^"]+)"', page)[1]
    Attachment.objects.all().delete()
    answer = send(client, made=made, kept=[ticket], text="My long story")
    assert answer.status_code == 422
    assert "Choose them again" in answer.content.decode()
    assert "My long story" in answer.content.decode()
    assert not Tip.objects.exists()


def test_a_ticket_that_is_not_ours_or_was_used_finds_nothing(client):
    made = published(pictures=0)
    page = send(client, chosen(), made=made, country="Atlantis").content.decode()
    ticket = re.search(r'name="kept" value="([^"]+)"', page)[1]
    number = Attachment.objects.get().pk
    for false in (str(number), f"{number}:abc", "", "x" * 500):
        assert attachments.redeem([false]) == attachments.Redeemed([], [], False)
    assert send(client, made=made, kept=[ticket]).status_code == 200
    assert send(client, made=made, kept=[ticket], text="Another").status_code == 200
    assert Tip.objects.latest("id").attachments.count() == 0


def test_what_no_tip_claims_is_forgotten_after_two_hours(client):
    send(client, chosen(), country="Atlantis")
    storages["private"].save("uploads/stray", io.BytesIO(b"x"))
    now = timezone.now()
    assert attachments.delete_unclaimed(now) == 0
    assert len(everything_stored()) == 2


def test_what_no_tip_claims_is_really_gone(client, django_capture_on_commit_callbacks):
    send(client, chosen(), country="Atlantis")
    with django_capture_on_commit_callbacks(execute=True):
        assert attachments.delete_unclaimed(timezone.now() + timedelta(hours=4)) >= 1
    assert everything_stored() == {}
    assert not Attachment.objects.exists()


def test_claimed_pictures_are_never_cleared(client):
    sent(client, chosen())
    assert attachments.delete_unclaimed(timezone.now() + timedelta(days=400)) == 0
    assert len(everything_stored()) == 1


def test_the_place_of_a_photo_goes_with_the_contacts(client):
    tip = sent(client, chosen(), location_allowed="on")
    inspect(tip.attachments.get().pk)
    assert tip.attachments.get().taken
    retention.delete_expired_contacts(timezone.now() + timedelta(days=400))
    assert tip.attachments.get().taken is None


def test_a_flood_of_pictures_fills_no_disk_and_the_words_are_taken(client, monkeypatch):
    made = published(pictures=0)
    sent(client, chosen(), made=made)
    monkeypatch.setattr(attachments, "MAX_WAITING_BYTES", len(photo()) + 1000)
    full = send(client, chosen(photo(2)), made=made, text="My long story")
    assert full.status_code == 422
    assert "add them later with your receipt" in full.content.decode()
    assert "My long story" in full.content.decode()
    assert send(client, made=made, text="My long story").status_code == 200
    inspect(Attachment.objects.get().pk)  # what is looked at makes room
    sent(client, chosen(photo(2)), made=made)


def test_a_list_that_comes_in_while_a_picture_is_looked_at_still_locks_it(client, monkeypatch):
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


def test_a_flood_of_unsent_forms_costs_no_sent_tip_its_pictures(client, monkeypatch):
    made = published(pictures=0)
    send(client, chosen(photo(1)), made=made, country="Atlantis")
    monkeypatch.setattr(attachments, "MAX_UNCLAIMED", 1)
    again = send(client, chosen(photo(2)), made=made, country="Atlantis")
    assert "Choose them again" in again.content.decode()
    assert sent(client, chosen(photo(3)), made=made).attachments.count() == 1


def test_a_worker_killed_after_its_look_still_has_the_picture_compared(client, monkeypatch):
    upload = sent(client, chosen()).attachments.get()

    def killed(name):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(storages["private"]), "delete", lambda self, name: killed(name))
    with pytest.raises(KeyboardInterrupt):
        inspect(upload.pk)
    assert Attachment.objects.get(pk=upload.pk).state == "clean"
    assert Step.objects.filter(name="match.pictures", subject=upload.pk).exists()


def test_a_request_beyond_the_limit_says_so_and_keeps_the_text(client, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 20_000
    answer = send(client, chosen(), text="My long story")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "larger than 40 MB" in page
    assert "My long story" in page
