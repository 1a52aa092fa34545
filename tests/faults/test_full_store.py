"""If the private store is full or fails, no text is lost: pictures come later, and staff see the reason."""

import io
import re
import time
import urllib.error
import urllib.request

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from objects import publishing, screening
from objects.models import Picture, Rendition
from tests.disks import fill, small_disk
from tests.factories import cached_picture_jobs, draft, drawing, encoded, published, staff
from tests.pauses import expire_pauses
from tests.tips.test_flood import opened
from tips.intake.accept import accept
from tips.intake.uploads import attachments
from tips.intake.uploads import inspect_upload as look
from tips.models import Attachment, Tip
from traceobject.outbox import queue
from traceobject.outbox.models import Step
from traceobject.staff.roles import Role
from traceobject.storage import StoreUnavailable

WORDS = "My long story about this bag, which I saw in Sevilla"
NO_PICTURES = "take pictures right now. Send your text without pictures"
FULL = "The store for pictures is full."


@pytest.fixture
def disk(tmp_path):
    """The private store on its own disk of four megabytes."""
    with small_disk(tmp_path / "private", 4096) as folder:
        yield folder


def photo(seed=1):
    return SimpleUploadedFile("photo.jpg", encoded(drawing((900, 700), seed), "JPEG"), "image/jpeg")


def fields(*pictures, **others):
    return {
        "text": WORDS,
        "country": "Spain",
        "place": "Calle Sierpes",
        "url": "https://shop.example/bag",
        "seen_when": "in 2016",
        "sureness": "certain",
        "why": "I had one",
        "contact_by": "email",
        "contact": "jane@mail.example",
        "nonce": "n1",
        **others,
        "pictures": list(pictures),
    }


def left_behind():
    return Attachment.objects.count(), storages["private"].fingerprints("uploads")


def test_a_tip_with_pictures_comes_back_with_every_word_and_goes_without_them(client, disk):
    address = f"{published(pictures=0).get_absolute_url()}tip/"
    filler = fill(disk)
    answer = client.post(address, fields(photo()))
    page = answer.content.decode()
    assert answer.status_code == 503
    assert NO_PICTURES in page
    assert re.search(r'id="id_pictures_error">[^<]*right now', page)
    assert "Choose them again" not in page
    typed = fields()
    for name in ("text", "country", "place", "url", "seen_when", "why", "contact"):
        assert typed[name] in page, name
    assert re.search(r'value="certain"[^>]* checked', page)
    assert re.search(r'value="email"[^>]* checked', page)
    assert (Tip.objects.count(), left_behind()) == (0, (0, {}))
    assert client.post(address, fields()).status_code == 200
    assert Tip.objects.get().text == WORDS
    filler.unlink()
    assert client.post(address, fields(photo(), nonce="n2")).status_code == 200
    assert Tip.objects.latest("id").attachments.count() == 1


def test_where_one_picture_fits_and_the_next_does_not_nothing_of_both_stays(client, disk):
    first, second = photo(1), photo(2)
    fill(disk, leave=int(first.size * 1.4) + 20_000)
    made = published(pictures=0)
    answer = client.post(f"{made.get_absolute_url()}tip/", fields(first, second))
    assert answer.status_code == 503
    assert left_behind() == (0, {})


def test_a_form_with_a_mistake_comes_back_and_asks_for_its_pictures_again(client, disk):
    made = published(pictures=0)
    fill(disk)
    answer = client.post(
        f"{made.get_absolute_url()}tip/", fields(photo(1), photo(2), country="Atlantis")
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose them again" in page
    assert WORDS in page
    assert left_behind() == (0, {})


def test_pictures_that_were_kept_before_the_disk_was_full_still_go_with_the_tip(client, disk):
    address = f"{published(pictures=0).get_absolute_url()}tip/"
    page = client.post(address, fields(photo(), country="Atlantis")).content.decode()
    kept = re.findall(r'name="kept" value="([^"]+)"', page)
    fill(disk)
    answer = client.post(address, fields(photo(2), kept=kept))
    assert answer.status_code == 503
    kept = re.findall(r'name="kept" value="([^"]+)" checked', answer.content.decode())
    assert client.post(address, fields(kept=kept)).status_code == 200
    assert Tip.objects.get().attachments.count() == 1


def test_a_proof_is_not_used_up_by_a_form_that_comes_back(client, disk):
    made = published(pictures=0)
    address = f"{made.get_absolute_url()}tip/"
    nonce, proof = opened(client, made)
    fill(disk)
    asked = {"nonce": nonce, "altcha": proof}
    assert client.post(address, fields(photo(), **asked)).status_code == 503
    again = client.post(address, fields(**asked, text=f"{WORDS}. The picture shows its tag"))
    assert again.status_code == 200
    assert "The picture shows its tag" in Tip.objects.get().text


def test_with_the_receipt_words_are_added_and_pictures_asked_for_later(client, disk):
    code = accept(published(pictures=0), text="In Sevilla", nonce="n", now=timezone.now())
    filler = fill(disk)
    asked = {"code": code, "do": "add", "text": WORDS}
    answer = client.post("/receipt/", {**asked, "pictures": [photo()]})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert NO_PICTURES in page
    assert WORDS in page
    assert (Tip.objects.count(), left_behind()) == (1, (0, {}))
    empty = client.post("/receipt/", {**asked, "text": "", "pictures": [photo()]})
    assert empty.status_code == 422
    assert "Choose them again" in empty.content.decode()
    assert "We have received what you added" in client.post("/receipt/", asked).content.decode()
    filler.unlink()
    later = client.post("/receipt/", {**asked, "text": "A photo", "pictures": [photo()]})
    assert "We have received what you added" in later.content.decode()
    assert Tip.objects.latest("id").attachments.count() == 1


@pytest.mark.parametrize("language", ["fr", "de", "es", "nl", "pl", "ar", "uk"])
def test_the_message_is_in_the_visitors_language(client, disk, language):
    made = published(pictures=0)
    fill(disk)
    page = client.post(f"/{language}{made.get_absolute_url()}tip/", fields(photo())).content
    assert "right now" not in page.decode()
    assert b'id="id_pictures_error"' in page


def test_a_store_that_hangs_costs_no_words_either(client, use_buckets):
    import socket

    made = published(pictures=0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use_buckets(f"http://127.0.0.1:{silent.getsockname()[1]}")
        begun = time.monotonic()
        answer = client.post(f"{made.get_absolute_url()}tip/", fields(photo()))
        assert time.monotonic() - begun < 30
    assert answer.status_code == 503
    assert WORDS in answer.content.decode()


@pytest.mark.stack
def test_over_http_the_words_come_back_and_can_be_sent(stack, disk):
    made = published(pictures=0)
    fill(disk)
    stack.web()

    def post(**files):
        border = "----border"
        parts = [
            f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields(nonce="over-http").items()
            if name != "pictures"
        ]
        parts += [
            f'--{border}\r\nContent-Disposition: form-data; name="pictures"; filename="{name}.jpg"'
            "\r\nContent-Type: image/jpeg\r\n\r\n".encode()
            + data
            + b"\r\n"
            for name, data in files.items()
        ]
        request = urllib.request.Request(
            f"{stack.url}{made.get_absolute_url()}tip/",
            b"".join(parts) + f"--{border}--\r\n".encode(),
            {"Content-Type": f"multipart/form-data; boundary={border}"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read().decode()

    with pytest.raises(urllib.error.HTTPError) as refused:
        post(photo=photo().read())
    page = refused.value.read().decode()
    assert refused.value.code == 503
    assert WORDS in page
    assert NO_PICTURES in page
    assert "Thank you" in post()
    assert Tip.objects.get().text == WORDS
    assert "Sevilla" not in stack.log("web")


# --- the analysts' side -------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False])
def test_the_crop_page_says_that_the_store_is_full_and_nothing_half_made_stays(
    client, disk, script
):
    analyst = staff(Role.ANALYST)
    made = draft(author=analyst)
    client.force_login(analyst)
    fill(disk)
    headers = {"Accept": "application/json"} if script else {}
    picture = io.BytesIO(encoded(drawing()))
    picture.name = "crop.png"
    with cached_picture_jobs():
        answer = client.post(
            reverse("admin:objects_crop", args=[made.pk]),
            {"picture": picture, "alt_en": "A white bag", "cropped": "yes"},
            headers=headers,
        )
    assert answer.status_code == 503
    if script:
        assert answer.json()["errors"]["picture"][0].startswith(FULL)
    else:
        assert FULL in answer.content.decode()
        assert "A white bag" in answer.content.decode()
    assert not Picture.objects.exists()
    assert not Step.objects.filter(name="picture.inspect").exists()
    assert storages["private"].fingerprints("pictures") == {}


def test_an_inspection_waits_for_room_says_so_and_leaves_nothing_half_made(client, disk):
    analyst = staff(Role.ANALYST)
    made = draft(author=analyst)
    with cached_picture_jobs():
        picture = publishing.add_picture(made, encoded(drawing()), alt="A bag", by=analyst)
        filler = fill(disk, leave=60_000)
        assert queue.drain(names=["picture.inspect"]) == 0
        assert not Rendition.objects.exists()
        assert Step.objects.get(name="picture.inspect").attempts == 0  # the store is to blame
        client.force_login(analyst)
        page = client.get(reverse("admin:objects_traceobject_change", args=[made.pk]))
        assert f"The checks could not run: {FULL}" in page.content.decode()
        filler.unlink()
        expire_pauses()
        assert queue.drain(names=["picture.inspect"]) == 1
    picture.refresh_from_db()
    assert screening.obstacles(picture) == []
    assert picture.renditions.count() == 9


def test_a_look_at_a_tips_picture_waits_for_room_and_keeps_what_came_in(client, disk):
    made = published(pictures=0)
    client.post(f"{made.get_absolute_url()}tip/", fields(photo()))
    upload = Attachment.objects.get()
    filler = fill(disk)
    with pytest.raises(StoreUnavailable, match=FULL):
        look.inspect(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.view) == ("received", "")
    assert list(storages["private"].fingerprints("uploads")) == [
        upload.original.removeprefix("uploads/")
    ]
    filler.unlink()
    look.inspect(upload.pk)
    upload.refresh_from_db()
    assert upload.state == "clean"


def test_a_preview_of_a_picture_that_cannot_be_read_is_no_error_of_the_site(client, disk):
    from tests.factories import with_picture

    analyst = staff(Role.ANALYST)
    picture = with_picture(draft(author=analyst))
    client.force_login(analyst)
    address = reverse("admin:objects_picture_file", args=[picture.pk])
    assert client.get(address).content == storages["private"].open(picture.master).read()
    assert client.get(f"{address}?small").headers["Content-Type"] == "image/jpeg"
    storages["private"].delete(picture.master)
    assert client.get(address).status_code == 503


def test_files_that_a_failed_request_left_are_deleted_later(client, disk):
    made = published(pictures=0)
    first, second = photo(1), photo(2)
    fill(disk, leave=int(first.size * 1.4) + 20_000)
    client.post(f"{made.get_absolute_url()}tip/", fields(first, second))
    later = timezone.now() + attachments.KEEP_UNCLAIMED * 3
    attachments.delete_unclaimed(later)
    assert left_behind() == (0, {})
    assert settings.STORAGES["private"]["BACKEND"].endswith("FolderStorage")
