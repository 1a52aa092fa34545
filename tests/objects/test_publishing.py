"""Nothing of an object leaves the site before two people said so, nor after it is withdrawn."""

import re

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from objects import publishing
from objects.models import Rendition, TraceObject
from objects.pictures.sanitise import Refusal
from tests.factories import ALL_CHECKED, draft, drawing, encoded, published, staff
from traceobject.audit.models import Entry
from traceobject.staff.roles import Role

State = TraceObject.State


def submitted(author=None):
    author = author or staff(Role.ANALYST)
    made = draft(author=author)
    publishing.add_picture(made, encoded(drawing()), alt="Shapes", by=author)
    publishing.submit(made, by=author, checked=ALL_CHECKED)
    made.refresh_from_db()
    return made


def public_traces(client, trace_object):
    """Everything of an object that somebody outside could see."""
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
    made = submitted()
    TraceObject.objects.filter(pk=made.pk).update(state=state, title="Unheard-of thing")
    made.refresh_from_db()
    assert public_traces(client, made) == []


def test_publishing_shows_page_form_gallery_and_pictures_at_once(client):
    made = submitted()
    publishing.publish(made, by=staff(Role.ANALYST), checked=ALL_CHECKED)
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
    with pytest.raises(publishing.NotNow, match="other than the author"):
        publishing.publish(made, by=author, checked=ALL_CHECKED)


def test_the_database_itself_refuses_an_author_who_approves():
    author = staff(Role.ANALYST)
    made = submitted(author)
    with pytest.raises(IntegrityError), transaction.atomic():
        TraceObject.objects.filter(pk=made.pk).update(state=State.PUBLISHED, approver=author)


@pytest.mark.parametrize("missing", sorted(publishing.CHECKLIST))
def test_each_point_of_the_checklist_is_needed_twice(missing):
    made = submitted()
    with pytest.raises(publishing.NotNow, match="Not confirmed"):
        publishing.publish(made, by=staff(Role.ANALYST), checked=ALL_CHECKED - {missing})
    other = draft()
    with pytest.raises(publishing.NotNow, match="Not confirmed"):
        publishing.submit(other, by=staff(Role.ANALYST), checked=ALL_CHECKED - {missing})


def test_a_publication_bears_two_names_in_the_trail():
    made = published()
    entry = Entry.objects.get(action="object.published")
    assert entry.detail["author"] == made.author.username
    assert entry.actor == made.approver.username != made.author.username
    assert set(entry.detail["declared"]) == ALL_CHECKED


def test_a_draft_without_a_picture_cannot_be_submitted():
    with pytest.raises(publishing.NotNow, match="picture"):
        publishing.submit(draft(), by=staff(Role.ANALYST), checked=ALL_CHECKED)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.PUBLISHED, State.WITHDRAWN])
def test_a_picture_can_be_added_to_drafts_only(state):
    made = draft(state=state)
    with pytest.raises(publishing.NotNow):
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


def test_picture_names_say_nothing_and_cannot_be_counted():
    for rendition in Rendition.objects.filter(picture__object=published()):
        assert re.fullmatch(r"[0-9a-f]{40}\.jpg", rendition.name)


def test_published_files_carry_no_metadata():
    made = published()
    name = Rendition.objects.filter(picture__object=made).first().name
    data = storages["public"].open(name).read()
    assert data.startswith(b"\xff\xd8")
    assert data.endswith(b"\xff\xd9")
    assert b"Exif" not in data


def test_the_analysts_pages_lead_from_draft_to_publication(client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    author, approver = staff(Role.ANALYST), staff(Role.ANALYST)
    client.force_login(author)
    form = {
        **{
            "reference": "Q1-11",
            "title": "A tile",
            "question": "Where?",
            "priority": 2,
            "new_alt": "A tile",
        },
        **{"known": "", "excluded": "", "case_reference": "", "category": ""},
    }
    bad = client.post(
        "/admin/objects/traceobject/add/",
        {**form, "new_picture": SimpleUploadedFile("x.png", b"no")},
    )
    assert b"not a picture that we can read" in bad.content
    assert b"A tile" in bad.content
    client.post(
        "/admin/objects/traceobject/add/",
        {**form, "new_picture": SimpleUploadedFile("x.png", encoded(drawing()))},
    )
    made = TraceObject.objects.get(reference="Q1-11")
    steps = f"/admin/objects/traceobject/{made.pk}/steps"
    checked = {"checked": sorted(ALL_CHECKED)}
    client.post(f"{steps}/submit/", checked)
    client.post(f"{steps}/publish/", checked)
    made.refresh_from_db()
    assert made.state == State.SUBMITTED
    client.force_login(approver)
    client.post(f"{steps}/publish/", checked)
    made.refresh_from_db()
    assert made.state == State.PUBLISHED
    client.force_login(staff(Role.MODERATOR))
    assert client.post(f"{steps}/withdraw/", {"words": "x"}).status_code == 403


def test_an_object_that_another_program_made_needs_only_reference_and_state(client):
    TraceObject.objects.create(reference="X1-01", state="published")
    assert client.get("/objects/X1-01/").status_code == 200
    assert client.get("/").status_code == 200
    assert client.get("/objects/x1-01/").status_code == 301
