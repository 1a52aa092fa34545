"""The approver sees, and approves, every word that becomes public, in every language."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from objects import publishing
from objects.models import Category, TraceObject
from tests.factories import (
    ALL_CHECKED,
    draft,
    identified,
    published,
    staff,
    submitted,
    with_picture,
)
from traceobject.audit.models import Entry
from traceobject.errors import StepRefused
from traceobject.staff.roles import Role

WORDS = {
    "title": "Eine Tasche",
    "question": "Wo wird sie verkauft?",
    "known": "Gesehen im Jahr 1998",
    "excluded": "Nicht in Italien",
}


@pytest.fixture
def made():
    """A submitted object with texts in two languages."""
    author = staff(Role.ANALYST)
    found = draft(author=author, known="Seen in 1998", excluded="Not in Italy", made="1998")
    found.translations.create(language_code="de", **WORDS)
    picture = with_picture(found, alt="Coloured shapes")
    picture.translations.create(language_code="de", alt="Bunte Formen")
    publishing.submit(found, by=author, checked=ALL_CHECKED, seen=publishing.fingerprint(found))
    found.refresh_from_db()
    return found


def page_of(found, role=Role.ANALYST):
    client = Client()
    client.force_login(staff(role))
    return client, client.get(f"/admin/objects/traceobject/{found.pk}/change/").content.decode()


def test_the_page_to_approve_shows_every_word_in_every_language(made):
    _, page = page_of(made)
    words = page[page.index('class="public-words"') : page.index("</section>")]
    for text in (*WORDS.values(), "Bunte Formen", "Seen in 1998", "Not in Italy", "1998"):
        assert text in words, text


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_preview_is_the_public_page_and_nothing_public(made, language):
    client, _ = page_of(made)
    page = client.get(f"/admin/objects/traceobject/{made.pk}/preview/{language}/")
    text = page.content.decode()
    assert f'lang="{language}"' in text
    assert ("Gesehen im Jahr 1998" if language == "de" else "Seen in 1998") in text
    assert "This page is not public" in text
    assert Client().get(f"/objects/{made.reference}/").status_code == 404
    assert client.get(f"/admin/objects/traceobject/{made.pk}/preview/xx/").status_code == 404


def test_an_officer_sees_no_preview(made):
    client = Client()
    client.force_login(staff(Role.CASE_OFFICER, "ES"))
    assert client.get(f"/admin/objects/traceobject/{made.pk}/preview/en/").status_code == 403


def approve_from(page, client, made):
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    fields = {"checked": sorted(ALL_CHECKED), "seen": seen}
    address = f"/admin/objects/traceobject/{made.pk}/steps/approve/"
    return client.post(address, fields, follow=True).content.decode()


def test_what_was_seen_is_approved_and_the_trail_keeps_its_digest(made):
    client, page = page_of(made)
    approve_from(page, client, made)
    made.refresh_from_db()
    assert made.state == TraceObject.State.PUBLISHED
    assert Entry.objects.get(action="object.approved").detail["seen"] in page


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.translations.filter(language_code="de").update(known="Anders"),
        lambda made: made.translations.filter(language_code="en").update(excluded="Other"),
        lambda made: made.pictures.get().translations.update(alt="Another"),
        lambda made: TraceObject.objects.filter(pk=made.pk).update(made="2001"),
        lambda made: TraceObject.objects.filter(pk=made.pk).update(regions=["asia"]),
        lambda made: TraceObject.objects.filter(pk=made.pk).update(publish_at="2040-01-01T00:00Z"),
    ],
    ids=["known", "ruled out", "alternative text", "year", "region", "time"],
)
def test_nobody_approves_what_changed_after_they_looked(made, change):
    client, page = page_of(made)
    change(made)
    assert "has changed since you opened the page" in approve_from(page, client, made)
    made.refresh_from_db()
    assert made.state == TraceObject.State.SUBMITTED
    assert made.approver is None


def test_a_step_without_what_was_seen_is_refused(made):
    with pytest.raises(StepRefused, match="has changed"):
        publishing.approve(made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen="")


def shown_on(client, found):
    """Return the digest that the page of a draft carries."""
    page = client.get(f"/admin/objects/traceobject/{found.pk}/change/")
    return page.context["adminform"].form["shown"].value()


def test_submitting_saves_what_was_typed_and_not_saved(client):
    author = staff(Role.ANALYST)
    made = draft(author=author)
    with_picture(made)
    client.force_login(author)
    fields = {
        "reference": made.reference,
        "priority": made.priority,
        "shown": shown_on(client, made),
        "title_en": "A red bag",
        "question_en": "Where is this red bag sold?",
        "checked": sorted(ALL_CHECKED),
        "seen": publishing.fingerprint(made),
        "_submit": "1",
    }
    page = client.post(f"/admin/objects/traceobject/{made.pk}/change/", fields, follow=True)
    made = TraceObject.objects.get(pk=made.pk)
    assert "saved and submitted" in page.content.decode()
    assert made.state == TraceObject.State.SUBMITTED
    assert made.title == "A red bag"


def test_an_edit_that_cannot_be_submitted_is_saved_and_said_so(client):
    author = staff(Role.ANALYST)
    made = draft(author=author)
    with_picture(made)
    client.force_login(author)
    fields = {
        "reference": made.reference,
        "priority": made.priority,
        "shown": shown_on(client, made),
        "title_en": "A red bag",
        "question_en": "Where is it sold?",
        "_submit": "1",
    }
    page = client.post(f"/admin/objects/traceobject/{made.pk}/change/", fields, follow=True)
    assert "Saved, but not submitted" in page.content.decode()
    made = TraceObject.objects.get(pk=made.pk)
    assert (made.state, made.title) == (TraceObject.State.DRAFT, "A red bag")


def test_a_change_of_a_category_is_in_the_trail_with_old_and_new_names(client):
    client.force_login(staff(Role.ADMINISTRATOR))
    category = Category.objects.create(slug="bags", name="Bags")
    fields = {"slug": "bags", "name_en": "Bags and cases", "name_de": "Taschen"}
    client.post(f"/admin/objects/category/{category.pk}/change/", fields)
    entry = Entry.objects.get(action="category.changed")
    assert entry.target == "bags"
    assert entry.detail["before"] == {"slug": "bags", "en": "Bags"}
    assert entry.detail["after"] == {"slug": "bags", "en": "Bags and cases", "de": "Taschen"}
    client.post(f"/admin/objects/category/{category.pk}/delete/", {"post": "yes"})
    assert Entry.objects.filter(action="category.removed", target="bags").exists()


def test_a_category_renamed_after_the_approver_looked_is_noticed():
    category = Category.objects.create(slug="bags", name="Bags")
    made = submitted(pictures=0, category=category)
    seen = publishing.fingerprint(made)
    category.translations.update(name="Something else")
    with pytest.raises(StepRefused, match="has changed"):
        publishing.approve(made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=seen)


def test_nobody_submits_a_picture_that_was_added_after_they_opened_the_page(client):
    author, colleague = staff(Role.ANALYST), staff(Role.ANALYST)
    made = draft(author=author)
    with_picture(made)
    seen = publishing.fingerprint(made)
    with_picture(made, alt="Words that only the colleague saw")
    client.force_login(colleague)
    fields = {
        "reference": made.reference,
        "priority": made.priority,
        "shown": shown_on(client, made),
        "title_en": "A red bag",
        "question_en": "Where is it sold?",
        "checked": sorted(ALL_CHECKED),
        "seen": seen,
        "_submit": "1",
    }
    page = client.post(f"/admin/objects/traceobject/{made.pk}/change/", fields, follow=True)
    assert "has changed since you opened the page" in page.content.decode()
    assert TraceObject.objects.get(pk=made.pk).state == TraceObject.State.DRAFT


def test_a_refused_step_keeps_what_was_typed(made):
    client, _ = page_of(made)
    made.translations.filter(language_code="de").update(known="Anders")
    steps = f"/admin/objects/traceobject/{made.pk}/steps"
    page = client.post(f"{steps}/approve/", {"checked": ["no_name"], "seen": "x"}).content.decode()
    assert "has changed since" in page
    assert 'value="no_name" checked' in page
    long = "word " * 300
    page = client.post(f"{steps}/send_back/", {"words": long}).content.decode()
    assert 'id="id_back" type="text" name="words" value="word word' in page


def test_closing_words_are_public_once_a_second_analyst_has_read_them():
    found, first, second = published(pictures=0), staff(Role.ANALYST), staff(Role.ANALYST)
    client = Client()
    client.force_login(first)
    steps = f"/admin/objects/traceobject/{found.pk}/steps"
    client.post(f"{steps}/identify/", {"words_en": "Sold in Faro in 1998."})
    public = Client().get(found.get_absolute_url()).content.decode()
    assert "This has been recognised" in public
    assert "Sold in Faro" not in public
    page = client.get(f"/admin/objects/traceobject/{found.pk}/change/").content.decode()
    assert "Sold in Faro" in page
    assert "Publish these words" not in page
    found.refresh_from_db()
    with pytest.raises(StepRefused, match="Another analyst"):
        publishing.publish_words(found, by=first, seen=publishing.words_fingerprint(found))
    reader, page = page_of(found)
    reader.force_login(second)
    seen = re.search(r'name="seen" value="([^"]+)"', page).group(1)
    reader.post(f"{steps}/publish_words/", {"seen": seen})
    assert "Sold in Faro in 1998." in Client().get(found.get_absolute_url()).content.decode()
    entry = Entry.objects.get(action="object.words_published")
    assert entry.detail["words"] == {"en": "Sold in Faro in 1998."}
    assert entry.actor == second.username


def test_nobody_publishes_closing_words_that_changed_after_they_looked():
    found = published(pictures=0)
    publishing.identify(found, by=staff(Role.ANALYST), words={"en": "First."})
    found.refresh_from_db()
    seen = publishing.words_fingerprint(found)
    publishing.propose_words(found, by=staff(Role.ANALYST), words={"en": "Second."})
    with pytest.raises(StepRefused, match="changed"):
        publishing.publish_words(found, by=staff(Role.ANALYST), seen=seen)
    found.refresh_from_db()
    assert found.closing_proposal == {"en": "Second."}


def test_closing_words_are_discarded_with_a_reason_and_the_public_ones_stay():
    found = identified("Thank you.")
    publishing.propose_words(found, by=staff(Role.ANALYST), words={"en": "Too much."})
    found.refresh_from_db()
    with pytest.raises(StepRefused, match="reason"):
        publishing.decline_words(found, by=staff(Role.ANALYST), reason=" ")
    publishing.decline_words(found, by=staff(Role.ANALYST), reason="Names a street")
    assert found.translations.get().closing_words == "Thank you."
    found.refresh_from_db()
    assert None not in (found.closing_author, found.closing_approver)  # of the public words
    assert "Too much" not in Client().get(found.get_absolute_url()).content.decode()
    found.refresh_from_db()
    with pytest.raises(StepRefused, match="No closing words"):
        publishing.publish_words(found, by=staff(Role.ANALYST), seen="")


def test_the_database_refuses_closing_words_of_one_person():
    found = published(pictures=0)
    publishing.identify(found, by=staff(Role.ANALYST))
    with pytest.raises(IntegrityError, match="second analyst"), transaction.atomic():
        found.translations.update(closing_words="Alone")
    found.refresh_from_db()
    found.closing_author = found.closing_approver = staff(Role.ANALYST)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        found.save()


def test_closing_words_in_a_language_that_the_object_lacks_are_refused_and_kept_in_the_form():
    found = published(pictures=0)
    client = Client()
    client.force_login(staff(Role.ANALYST))
    answer = client.post(
        f"/admin/objects/traceobject/{found.pk}/steps/identify/",
        {"words_en": "Sold in Faro.", "words_de": "In Faro verkauft."},
    ).content.decode()
    assert "has no texts in: de" in answer
    assert "Sold in Faro." in answer
    found.refresh_from_db()
    assert found.state == TraceObject.State.PUBLISHED


def test_closing_words_are_no_longer_than_their_field():
    found = identified("Thank you.")
    with pytest.raises(StepRefused, match="longer than 600"):
        publishing.propose_words(found, by=staff(Role.ANALYST), words={"en": "x" * 601})


def test_an_old_page_of_a_draft_does_not_undo_what_a_colleague_wrote(client):
    found = draft(author=staff(Role.ANALYST))
    client.force_login(found.author)
    address = f"/admin/objects/traceobject/{found.pk}/change/"
    form = client.get(address).context["adminform"].form
    opened = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    found.translations.update(known="Seen in 1998")  # a colleague, meanwhile
    typed = {**opened, "title_en": "A blue bag"}
    page = client.post(address, typed)
    assert page.status_code == 200
    text = page.content.decode()
    assert "A colleague has changed this" in text
    assert "Seen in 1998" in text
    assert 'value="A blue bag"' in text
    words = found.translations.get()
    assert (words.title, words.known) == ("A bag", "Seen in 1998")
    again = {**typed, "shown": page.context["adminform"].form["shown"].value()}
    client.post(address, {**again, "known_en": "Seen in 1998"})
    words = found.translations.get()
    assert (words.title, words.known) == ("A blue bag", "Seen in 1998")


def test_the_reason_of_sending_back_reaches_the_author(made):
    publishing.send_back(made, by=staff(Role.ANALYST), reason="The question is too long")
    _, page = page_of(made)
    assert "sent it back: The question is too long" in page
    publishing.submit(made, by=made.author, checked=ALL_CHECKED, seen=publishing.fingerprint(made))
    _, page = page_of(made)
    assert "sent it back" not in page


def test_discarded_closing_words_stay_in_the_form_with_the_reason():
    found = identified()
    publishing.propose_words(found, by=staff(Role.ANALYST), words={"en": "Sold in Faro."})
    publishing.decline_words(found, by=staff(Role.ANALYST), reason="No towns, please.")
    _, page = page_of(found)
    assert "No towns, please." in page
    assert re.search(r"<textarea[^>]*words_en[^>]*>Sold in Faro.</textarea>", page)
