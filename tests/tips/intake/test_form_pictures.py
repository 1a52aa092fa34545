"""Pictures in the form: kept through mistakes, claimed once, deleted unclaimed."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from objects.pictures.hashes import sha256
from tests.factories import published
from tests.tips.intake.uploads import chosen, everything_stored, photo, send, sent
from tips.intake.uploads import attachments
from tips.intake.uploads.inspect_upload import inspect
from tips.models import Attachment, Tip


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
def test_an_unusable_file_is_named_beside_the_field_and_the_text_stays(client, files, why):
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


def test_a_picture_in_a_form_sent_again_is_not_lost(client):
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


def test_an_expired_picture_has_to_be_chosen_again_before_the_tip_is_accepted(client):
    made = published(pictures=0)
    page = send(client, chosen(), made=made, country="Atlantis").content.decode()
    ticket = re.search(r'name="kept" value="([^"]+)"', page)[1]
    Attachment.objects.all().delete()
    answer = send(client, made=made, kept=[ticket], text="My long story")
    assert answer.status_code == 422
    assert "Choose them again" in answer.content.decode()
    assert "My long story" in answer.content.decode()
    assert not Tip.objects.exists()


def test_a_forged_or_used_ticket_finds_nothing(client):
    made = published(pictures=0)
    page = send(client, chosen(), made=made, country="Atlantis").content.decode()
    ticket = re.search(r'name="kept" value="([^"]+)"', page)[1]
    number = Attachment.objects.get().pk
    for false in (str(number), f"{number}:abc", "", "x" * 500):
        assert attachments.redeem([false]) == attachments.Redeemed([], [], False)
    assert send(client, made=made, kept=[ticket]).status_code == 200
    assert send(client, made=made, kept=[ticket], text="Another").status_code == 200
    assert Tip.objects.latest("id").attachments.count() == 0


def test_unclaimed_uploads_are_kept_for_two_hours(client):
    send(client, chosen(), country="Atlantis")
    storages["private"].save("uploads/stray", io.BytesIO(b"x"))
    now = timezone.now()
    assert attachments.delete_unclaimed(now) == 0
    assert len(everything_stored()) == 2


def test_pictures_that_are_deleted_while_their_tip_comes_in_are_asked_for_again(
    client, monkeypatch
):
    made = published(pictures=0)
    page = send(client, chosen(), made=made, country="Atlantis").content.decode()
    ticket = re.search(r'name="kept" value="([^"]+)"', page)[1]
    real = attachments.redeem

    def redeem(tickets):
        found = real(tickets)
        list(found.unclaimed)
        Attachment.objects.all().delete()  # the clearing wins
        return found

    monkeypatch.setattr(attachments, "redeem", redeem)
    answer = send(client, made=made, kept=[ticket], text="I know this lamp")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "We could not keep your pictures" in text
    assert "I know this lamp" in text
    assert not Tip.objects.exists()


def test_the_files_of_unclaimed_uploads_are_deleted(client, django_capture_on_commit_callbacks):
    send(client, chosen(), country="Atlantis")
    with django_capture_on_commit_callbacks(execute=True):
        assert attachments.delete_unclaimed(timezone.now() + timedelta(hours=4)) >= 1
    assert everything_stored() == {}
    assert not Attachment.objects.exists()


def test_claimed_uploads_are_never_deleted(client):
    sent(client, chosen())
    assert attachments.delete_unclaimed(timezone.now() + timedelta(days=400)) == 0
    assert len(everything_stored()) == 1


def test_a_flood_of_pictures_cannot_fill_the_disk_and_text_is_still_accepted(client, monkeypatch):
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


def test_a_flood_of_unsent_forms_never_costs_a_tip_its_pictures(client, monkeypatch):
    made = published(pictures=0)
    send(client, chosen(photo(1)), made=made, country="Atlantis")
    monkeypatch.setattr(attachments, "MAX_UNCLAIMED", 1)
    again = send(client, chosen(photo(2)), made=made, country="Atlantis")
    assert "Choose them again" in again.content.decode()
    assert sent(client, chosen(photo(3)), made=made).attachments.count() == 1


def test_a_request_beyond_the_limit_says_so_and_keeps_the_text(client, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 20_000
    answer = send(client, chosen(), text="My long story")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "larger than 40 MB" in page
    assert "My long story" in page
