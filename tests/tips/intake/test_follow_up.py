"""With the receipt, and only with it: answer, add, withdraw. Nothing of the investigation shows."""

import re

import pytest
from django.utils import timezone

from tests.factories import open_claim, published, staff
from tests.factories import send as send_tip
from tests.tips.intake.uploads import chosen
from tips.claims.match import match
from tips.intake.accept import accept, accept_addition
from tips.models import Claim, Tip
from tips.triage import decisions, questions
from traceobject.audit.models import Entry, PendingEntry
from traceobject.errors import StepRefused
from traceobject.staff.roles import Role

TEXT = "Sold at Lidl in Sevilla, Spain"


@pytest.fixture
def mine():
    """A matched tip and its receipt code."""
    code = accept(
        published(pictures=0), text=TEXT, nonce="n", now=timezone.now(), contact="jane@mail.example"
    )
    tip = Tip.objects.get()
    match(tip.pk)
    tip.refresh_from_db()
    return tip, code


def opened(client, code, **fields):
    return client.post("/receipt/", {"code": code, **fields}).content.decode()


def added():
    tip = Tip.objects.latest("id")
    match(tip.pk)
    tip.refresh_from_db()
    return tip


def test_an_addition_joins_the_first_tips_claim_while_it_is_undecided(client, mine):
    tip, code = mine
    page = opened(client, code, do="add", text="It was on the second shelf")
    assert "We have received what you added" in page
    more = added()
    assert (more.follows, more.claim, more.relation) == (tip, tip.claim, "same_sender")
    assert more.reasons == [f"added to tip {tip.pk} by its sender"]


def test_an_addition_to_a_decided_claim_is_still_read(client, mine):
    tip, code = mine
    decisions.reject(tip.claim, by=staff(Role.MODERATOR), reason="too vague")
    opened(client, code, do="add", text="I found the shop's bill")
    more = added()
    assert more.claim != tip.claim
    assert more.claim.state == Claim.State.OPEN
    assert more.related_to == tip


def test_another_country_is_never_hidden_behind_the_first(client, mine):
    tip, code = mine
    opened(client, code, do="add", text="No, it was in Faro, Portugal")
    more = added()
    assert more.claim != tip.claim
    assert any("differs in countries" in reason for reason in more.reasons)


def test_a_question_is_shown_and_answered(client, mine):
    tip, code = mine
    moderator = staff(Role.MODERATOR)
    client.force_login(moderator)
    answer = client.post(
        f"/admin/tips/tip/{tip.pk}/ask/", {"question": "Which colour was it?"}, follow=True
    )
    assert "Which colour was it?" in answer.content.decode()
    client.logout()
    page = opened(client, code)
    assert "Which colour was it?" in page
    assert str(moderator) not in page
    opened(client, code, do="add", text="It was blue")
    more = added()
    assert more.answers.text == "Which colour was it?"
    assert "Which colour was it?" not in opened(client, code)
    assert Entry.objects.filter(action="question.asked").count() == 1


def test_a_second_answer_to_a_question_is_kept_as_an_addition(mine):
    tip, _ = mine
    question = questions.ask(tip, by=staff(Role.MODERATOR), text="Which colour?")
    for text in ("Blue", "No, green"):
        accept_addition(tip, text=text, now=timezone.now(), question=question)
    assert list(tip.additions.order_by("id").values_list("text", "answers")) == [
        ("Blue", question.pk),
        ("No, green", None),
    ]


def test_a_double_click_adds_once(client, mine):
    tip, code = mine
    for _ in range(2):
        opened(client, code, do="add", text="On the second shelf")
    assert tip.additions.count() == 1


def test_pictures_can_be_added_and_survive_a_mistake(client, mine):
    tip, code = mine
    page = opened(client, code, do="add", text="", pictures=[chosen()])
    assert "Enter what you want to add" in page
    ticket = re.search(r'name="kept" value="([^"]+)"', page)[1]
    opened(client, code, do="add", text="See my picture", kept=[ticket])
    assert tip.additions.get().attachments.count() == 1


def test_deleted_contact_details_stay_deleted(client, mine):
    tip, code = mine
    assert "Delete my contact details" in opened(client, code)
    assert "contact details have been deleted" in opened(client, code, do="withdraw")
    opened(client, code, do="withdraw")
    tip.refresh_from_db()
    assert tip.contact is None
    assert PendingEntry.objects.filter(action="contact.withdrawn").count() == 1
    assert "Delete my contact details" not in opened(client, code)


@pytest.mark.parametrize("do", ["add", "withdraw", ""])
@pytest.mark.usefixtures("mine")
def test_without_the_code_nothing_can_be_done_or_learned(client, do):
    answer = client.post("/receipt/", {"code": "0" * 20, "do": do, "text": "x"})
    assert answer.status_code == 422
    assert "We cannot find a tip with this code" in answer.content.decode()
    assert Tip.objects.count() == 1
    assert Tip.objects.get().contact is not None


def test_a_question_needs_somebody_who_can_see_it(mine):
    tip, _ = mine
    moderator = staff(Role.MODERATOR)
    with pytest.raises(StepRefused, match="Write"):
        questions.ask(tip, by=moderator, text="  ")
    questions.ask(tip, by=moderator, text="Which colour?")
    with pytest.raises(StepRefused, match="has not answered"):
        questions.ask(tip, by=moderator, text="And which size?")
    imported = open_claim().tips.get()
    Tip.objects.filter(pk=imported.pk).update(receipt=None)
    imported.refresh_from_db()
    with pytest.raises(StepRefused, match="no receipt"):
        questions.ask(imported, by=moderator, text="Which colour?")


def test_the_receipt_page_never_shows_other_tips(client, mine):
    tip, code = mine
    send_tip(tip.object, "Sold at Lidl in Sevilla, Spain. My neighbour has one.")
    assert "neighbour" not in opened(client, code)


def test_leaving_clears_the_browsers_data_of_the_site(client, mine, settings):
    _, code = mine
    page = opened(client, code)
    assert 'href="/leave/"' in page
    answer = client.get("/leave/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == settings.LEAVE_URL
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"
