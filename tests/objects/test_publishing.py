"""Nothing about an object is public before two people approved it, or after its withdrawal."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from objects import publishing, screening
from objects.admin import wordings
from objects.models import Rendition, TraceObject
from objects.pictures import structure
from objects.pictures.sanitise import Refusal
from tests.factories import (
    ALL_CHECKED,
    draft,
    drawing,
    encoded,
    published,
    staff,
    submitted,
    with_picture,
)
from traceobject.audit.models import Entry
from traceobject.errors import StepRefused
from traceobject.staff.roles import Role

State = TraceObject.State


def public_traces(client, trace_object):
    """Return everything about an object that the public could see."""
    seen = []
    if client.get(trace_object.get_absolute_url()).status_code != 404:
        seen.append("page")
    if client.get(f"{trace_object.get_absolute_url()}tip/").status_code != 404:
        seen.append("form")
    gallery = client.get("/").content.decode()
    if trace_object.reference in gallery or trace_object.title in gallery:
        seen.append("gallery")
    for rendition in Rendition.objects.filter(picture__object=trace_object):
        if client.get(rendition.get_absolute_url()).status_code != 404:
            seen.append("picture")
        if storages["public"].exists(rendition.name):
            seen.append("file")
    return seen


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED])
def test_nothing_is_public_before_publication(client, state):
    made = submitted(title="Unheard-of thing")
    TraceObject.objects.filter(pk=made.pk).update(state=state)
    made.refresh_from_db()
    assert public_traces(client, made) == []


def test_publishing_shows_page_form_gallery_and_pictures_at_once(client):
    made = submitted()
    publishing.approve(
        made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
    )
    made.refresh_from_db()
    assert {"page", "form", "gallery", "picture", "file"} == set(public_traces(client, made))


def test_withdrawing_removes_every_trace(client, django_capture_on_commit_callbacks):
    made = published(title="A thing to take back")
    with django_capture_on_commit_callbacks(execute=True):
        publishing.withdraw(made, by=staff(Role.ANALYST), reason="The family asked for it")
    made.refresh_from_db()
    assert public_traces(client, made) == []


def test_a_withdrawn_picture_is_refused_even_if_its_file_stayed_behind(client):
    made = published()
    publishing.withdraw(
        made, by=staff(Role.ANALYST), reason="x"
    )  # the commit hook does not run here
    assert "file" in public_traces(client, made)
    assert "picture" not in public_traces(client, made)


def test_an_object_that_is_not_public_and_one_that_never_was_look_the_same(client):
    hidden = client.get(submitted().get_absolute_url())
    never = client.get("/objects/Z9-99/")
    assert hidden.status_code == never.status_code == 404
    assert hidden.content == never.content


def test_the_internal_reference_never_leaves_the_admin(client):
    made = published(case_reference="OP-SECRET-77")
    for page in ("/", made.get_absolute_url(), f"{made.get_absolute_url()}tip/"):
        assert b"OP-SECRET-77" not in client.get(page).content


def test_the_author_cannot_approve():
    author = staff(Role.ANALYST)
    made = submitted(author)
    with pytest.raises(StepRefused, match="author cannot approve"):
        publishing.approve(made, by=author, checked=ALL_CHECKED, seen=publishing.fingerprint(made))


def test_the_database_itself_refuses_an_author_who_approves():
    author = staff(Role.ANALYST)
    made = submitted(author)
    with pytest.raises(IntegrityError), transaction.atomic():
        TraceObject.objects.filter(pk=made.pk).update(
            state=State.PUBLISHED, approver=author, approved_at=timezone.now()
        )


@pytest.mark.parametrize("missing", sorted(publishing.CHECKLIST))
def test_each_point_of_the_checklist_is_needed_twice(missing):
    made = submitted()
    with pytest.raises(StepRefused, match="Tick every statement"):
        publishing.approve(
            made,
            by=staff(Role.ANALYST),
            checked=ALL_CHECKED - {missing},
            seen=publishing.fingerprint(made),
        )
    other = draft()
    with pytest.raises(StepRefused, match="Tick every statement"):
        publishing.submit(
            other,
            by=staff(Role.ANALYST),
            checked=ALL_CHECKED - {missing},
            seen=publishing.fingerprint(other),
        )


def test_the_trail_of_a_publication_names_two_people():
    made = published()
    entry = Entry.objects.get(action="object.approved")
    assert entry.detail["author"] == made.author.username
    assert entry.actor == made.approver.username != made.author.username
    assert set(entry.detail["declared"]) == ALL_CHECKED


def test_a_draft_without_a_picture_cannot_be_submitted():
    with pytest.raises(StepRefused, match="picture"):
        made = draft()
        seen = publishing.fingerprint(made)
        publishing.submit(made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=seen)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.PUBLISHED, State.WITHDRAWN])
def test_a_picture_can_be_added_to_drafts_only(state):
    made = published(pictures=0) if state == State.PUBLISHED else draft(state=state)
    with pytest.raises(StepRefused):
        publishing.add_picture(made, encoded(drawing()), alt="x", by=staff(Role.ANALYST))


def test_a_refused_picture_leaves_nothing_behind(own_files):
    made = draft()
    with pytest.raises(Refusal):
        publishing.add_picture(made, b"nonsense", alt="x", by=staff(Role.ANALYST))
    assert not made.pictures.exists()
    assert not storages["private"].exists("pictures")


def test_pictures_of_drafts_lie_in_the_private_store_only():
    made = submitted()
    names = Rendition.objects.filter(picture__object=made).values_list("name", flat=True)
    assert all(storages["private"].exists(f"renditions/{name}") for name in names)
    assert not any(storages["public"].exists(name) for name in names)


def test_picture_names_reveal_nothing_and_cannot_be_enumerated():
    for rendition in Rendition.objects.filter(picture__object=published()):
        assert re.fullmatch(r"[0-9a-f]{40}\.(avif|webp|jpg)", rendition.name)


def test_published_files_carry_pixels_and_nothing_else():
    made = published()
    names = Rendition.objects.filter(picture__object=made).values_list("name", flat=True)
    kinds = {structure.check(storages["public"].open(name).read())[0] for name in names}
    assert kinds == {"AVIF", "WEBP", "JPEG"}


def form_of(reference="Q1-11", **changes):
    empty = {f"{name}_{code}": "" for code, _ in settings.LANGUAGES for name in wordings.NAMES}
    return {
        **empty,
        "reference": reference,
        "title_en": "A tile",
        "question_en": "Where?",
        "priority": 2,
        **changes,
    }


def digests(client, made):
    """Return what a draft's page carries: what it showed, for saving and for submitting."""
    page = client.get(f"/admin/objects/traceobject/{made.pk}/change/")
    shown = page.context["adminform"].form["shown"].value()
    return {"shown": shown, "seen": publishing.fingerprint(made)}


def test_the_analysts_pages_lead_from_draft_to_publication(client):
    author, approver = staff(Role.ANALYST), staff(Role.ANALYST)
    client.force_login(author)
    client.post("/admin/objects/traceobject/add/", form_of())
    made = TraceObject.objects.get(reference="Q1-11")
    crop = f"/admin/objects/traceobject/{made.pk}/crop/"
    told = client.post(crop, {"picture": upload(encoded(drawing())), "alt_en": "A blue tile"})
    assert b"already cropped. It is sent" in told.content
    fields = {"alt_en": "A blue tile", "cropped": "yes"}
    assert client.post(crop).status_code == 422  # nothing was chosen
    bad = client.post(crop, {"picture": upload(b"no"), **fields})
    assert b"cannot be read as a picture" in bad.content
    assert b"A blue tile" in bad.content
    client.post(crop, {"picture": upload(encoded(drawing())), **fields})
    page = f"/admin/objects/traceobject/{made.pk}"
    steps = f"{page}/steps"
    checked = {"checked": sorted(ALL_CHECKED)}
    client.post(
        f"{page}/change/",
        {**form_of(), **checked, **digests(client, made), "_submit": "1"},
    )
    made.refresh_from_db()
    assert made.state == State.DRAFT  # its picture is not inspected yet
    screening.inspect(made.pictures.get().pk)
    client.post(
        f"{page}/change/",
        {**form_of(), **checked, **digests(client, made), "_submit": "1"},
    )
    checked["seen"] = publishing.fingerprint(made)
    client.post(f"{steps}/approve/", checked)
    made.refresh_from_db()
    assert made.state == State.SUBMITTED
    client.force_login(approver)
    client.post(f"{steps}/approve/", checked)
    made.refresh_from_db()
    assert made.state == State.PUBLISHED
    client.force_login(staff(Role.MODERATOR))
    assert client.post(f"{steps}/withdraw/", {"words": "x"}).status_code == 403


def upload(data, name="x.png"):
    return SimpleUploadedFile(name, data)


def test_a_wording_in_another_language_is_complete_or_empty(client):
    client.force_login(staff(Role.ANALYST))
    page = client.post("/admin/objects/traceobject/add/", form_of(title_fr="Un carreau")).content
    assert "Enter a question in Français" in page.decode()
    assert "Un carreau" in page.decode()
    client.post(
        "/admin/objects/traceobject/add/", form_of(title_fr="Un carreau", question_fr="Où ?")
    )
    made = TraceObject.objects.get(reference="Q1-11")
    assert set(made.get_available_languages()) == {"en", "fr"}


def test_an_alternative_text_is_needed_in_each_language_of_the_object():
    author = staff(Role.ANALYST)
    made = draft(author=author)
    made.translations.create(language_code="fr", title="Un sac", question="Où ?")
    picture = with_picture(made)
    with pytest.raises(StepRefused, match=r"alternative text of picture 1 \(fr\)"):
        publishing.submit(made, by=author, checked=ALL_CHECKED, seen=publishing.fingerprint(made))
    publishing.describe_picture(picture, {"fr": "Des formes"}, by=author)
    publishing.submit(made, by=author, checked=ALL_CHECKED, seen=publishing.fingerprint(made))


def test_a_change_of_words_or_pictures_after_submission_is_refused(client):
    made = submitted()
    picture = made.pictures.get()
    author = staff(Role.ANALYST)
    with pytest.raises(StepRefused):
        publishing.remove_picture(picture, by=author)
    with pytest.raises(StepRefused):
        publishing.describe_picture(picture, {"en": "Else"}, by=author)
    with pytest.raises(IntegrityError), transaction.atomic():
        picture.delete()
    client.force_login(author)
    client.post(f"/admin/objects/traceobject/{made.pk}/change/", form_of(made.reference))
    made.refresh_from_db()
    assert made.translations.get(language_code="en").title == "A bag"


def test_sending_back_voids_the_approval():
    made = submitted(publish_at=timezone.now() + timedelta(days=1))
    publishing.approve(
        made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
    )
    publishing.send_back(made, by=staff(Role.ANALYST), reason="The crop is too wide")
    made.refresh_from_db()
    assert (made.state, made.approver, made.approved_at) == (State.DRAFT, None, None)


def test_an_object_that_another_program_made_needs_only_a_reference():
    made = TraceObject.objects.create(reference="X1-01")
    assert TraceObject.objects.get() == made
    assert made.state == State.DRAFT


def test_a_public_object_without_words_has_a_page(client):
    published(pictures=0, reference="X1-01").translations.all().delete()
    assert client.get("/objects/X1-01/").status_code == 200
    assert client.get("/").status_code == 200
    assert client.get("/objects/x1-01/").status_code == 301


def test_an_upload_stays_in_memory_and_one_that_is_too_large_is_refused_in_words(client):
    made = draft(author=staff(Role.ANALYST))
    client.force_login(made.author)
    crop = f"/admin/objects/traceobject/{made.pk}/crop/"
    big = {"picture": upload(b"x" * (43 * 1024**2)), "alt_en": "A blue tile", "cropped": "yes"}
    page = client.post(crop, big).content.decode()
    assert "40 MB or less" in page
    assert "A blue tile" in page
    assert settings.FILE_UPLOAD_HANDLERS == [
        "django.core.files.uploadhandler.MemoryFileUploadHandler"
    ]


def test_a_new_reference_is_one_that_no_object_has(monkeypatch):
    from objects.models import trace_object

    drawn = iter([4, 1, 4, 1, 4, 2])  # number, digit; the letters are all G
    monkeypatch.setattr(trace_object.secrets, "choice", lambda letters: "G")
    monkeypatch.setattr(trace_object.secrets, "randbelow", lambda below: next(drawn))
    assert [draft().reference, draft().reference] == ["G1-04", "G2-04"]
