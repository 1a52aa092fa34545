"""Pictures from the public: never lost, never raw, and each look at them recorded."""

import io
import re
from datetime import timedelta

from django.utils import timezone
from PIL import Image

from objects.pictures import structure
from tests.factories import referral, staff
from tests.tips.intake.uploads import chosen, everything_stored, photo, sent
from tips.claims.match import match
from tips.intake.uploads.inspect_upload import inspect
from tips.models import Tip
from tips.retention import expiry
from tips.triage import evidence
from traceobject.audit.models import Entry, PendingEntry
from traceobject.crypto import sealing
from traceobject.outbox.models import Step
from traceobject.staff.roles import Role


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


def test_an_upload_is_never_stored_unencrypted_and_is_deleted_once_clean(client):
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


def test_without_permission_place_and_time_of_a_photo_are_never_read(client):
    tip = sent(client, chosen())
    inspect(tip.attachments.get().pk)
    assert tip.attachments.get().taken is None


def test_with_permission_only_officers_see_the_place_and_each_look_is_recorded(client):
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


def test_staff_see_an_upload_blurred_and_grey_until_they_ask(client):
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


def test_staff_never_see_the_minute_of_a_tip(client):
    tip = sent(client, chosen())
    match(tip.pk)
    inspect(tip.attachments.get().pk)
    tip.refresh_from_db()
    seen = [tip.received_at, tip.claim.opened_at, tip.attachments.get().received_at]
    seen += PendingEntry.objects.filter(actor__in=["matching", "intake"]).values_list(
        "at", flat=True
    )
    assert len(seen) >= 5
    assert all((at.minute, at.second, at.microsecond) == (0, 0, 0) for at in seen)


def test_a_damaged_picture_is_reported_and_its_tip_accepted(client):
    upload = sent(client, chosen(photo()[:2000])).attachments.get()
    inspect(upload.pk)
    upload.refresh_from_db()
    assert upload.state == "refused"
    assert "damaged" in upload.refusal


def test_the_place_of_a_photo_is_deleted_with_the_contact_details(client):
    tip = sent(client, chosen(), location_allowed="on")
    inspect(tip.attachments.get().pk)
    assert tip.attachments.get().taken
    expiry.erase_expired(timezone.now() + timedelta(days=400))
    assert tip.attachments.get().taken is None
