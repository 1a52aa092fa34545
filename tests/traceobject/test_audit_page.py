"""The audit trail's page speaks in words, filters, and gives nothing away that it does not show."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from tests.factories import staff
from traceobject.audit import sentences, trail
from traceobject.audit.models import Entry
from traceobject.staff.authority import System
from traceobject.staff.roles import Role

PAGE = "/admin/audit/entry/"
RECORDERS = {"record", "_record", "_factor_changed"}


def actions_in(path):
    """Yield the actions that a module records, with [a-z_]+ for what a name stands for."""
    tree = ast.parse(path.read_text())
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }

    def values(node):
        if isinstance(node, ast.Name):
            node = constants.get(node.id)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.escape(node.value)
        elif isinstance(node, ast.IfExp):
            yield from values(node.body)
            yield from values(node.orelse)
        elif isinstance(node, ast.JoinedStr):
            yield "".join(
                re.escape(part.value) if isinstance(part, ast.Constant) else "[a-z_]+"
                for part in node.values
            )

    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in RECORDERS:
                yield from (each for each in values(node.args[0]) if r"\." in each)


def recorded():
    return sorted(
        {
            action
            for folder in ("traceobject", "objects", "tips")
            for path in Path(folder).rglob("*.py")
            for action in actions_in(path)
        }
    )


@pytest.mark.parametrize("action", recorded())
def test_each_action_that_is_recorded_has_a_sentence(action):
    assert [each for each in sentences.actions() if re.fullmatch(action, each)], action


def test_the_walk_through_the_code_finds_the_actions():
    found = recorded()
    assert {r"claim\.vetted", r"staff\.changed", r"staff\.added", r"[a-z_]+\.held"} <= set(found)
    assert len(found) > 45


@pytest.mark.parametrize("action", ["attachment.clean", "attachment.refused", "object.held"])
def test_actions_whose_names_are_put_together_have_a_sentence(action):
    assert action in sentences.actions()


def test_a_sentence_names_its_target_unless_it_needs_none():
    without = {
        action for action in sentences.actions() if "…" not in sentences.sentence(action, "…")
    }
    assert {"staff.signed_in", "trail.head_noted"} <= without
    assert sentences.sentence("claim.vetted", "claim 5") == "vetted claim 5"
    assert sentences.sentence("old.action", "claim 5") == "old.action claim 5"


def test_details_are_words():
    said = sentences.details(
        {
            **{"countries": ["ES", "FR"], "released": True, "reason": "Sold <b>everywhere</b>"},
            **{"changes": {"roles": [["analyst"], []]}, "nothing": None, "empty": ""},
        }
    )
    assert said == [
        ("countries", "ES, FR"),
        ("released", "yes"),
        ("reason", "Sold <b>everywhere</b>"),
        ("changes", "roles: from analyst to none"),
    ]


def record(action, target, *, by=System.COMMAND_LINE, at=None, **detail):
    """Record an entry, as if the clock showed another time."""
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        if at is not None:
            patch.setattr(trail.timezone, "now", lambda: at)
        trail.record(action, target, by=by, **detail)
        return Entry.objects.first()


@pytest.fixture
def boss(client):
    user = staff(Role.ADMINISTRATOR, name="boss")
    client.force_login(user)
    return user


def text_of(client, query=""):
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 200, answer
    return answer.content.decode()


def numbers(client, query):
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 200, answer
    return sorted(entry.number for entry in answer.context["cl"].result_list)


def test_the_page_says_who_did_what_in_words(client, boss):
    mod = staff(Role.MODERATOR, name="anna")
    record("claim.rejected", "claim 12", by=mod, reason="<script>alert(1)</script>")
    text = text_of(client)
    assert f"<strong>anna (no. {mod.pk})</strong>" in text
    assert "rejected claim 12" in text
    assert escape("<script>alert(1)</script>") in text
    assert "<script>alert(1)" not in text


def test_entries_cut_to_the_hour_say_so_and_why(client, boss):
    record(
        "tip.matched", "tip 1", by=System.MATCHING, at=datetime(2031, 5, 4, 13, 37, 42, tzinfo=UTC)
    )
    record("claim.vetted", "claim 1", at=datetime(2031, 5, 4, 14, 37, 42, 1, tzinfo=UTC))
    text = text_of(client)
    assert "tip 1" not in text
    assert "1 more entry about tips is added when its hour has ended" in text
    trail.append_pending(datetime(2031, 5, 4, 14, 0, tzinfo=UTC))
    text = text_of(client)
    assert "4 May 2031, 13:00 to 14:00" in text
    assert "4 May 2031, 14:37:42" in text
    assert "A closer time could identify the sender" in text


def test_the_trail_is_filtered_by_person_target_action_and_days(client, boss):
    anna, ben = staff(Role.MODERATOR, name="anna"), staff(Role.ANALYST, name="ben")
    early = datetime(2030, 1, 1, 12, tzinfo=UTC)
    start = Entry.objects.count()
    record("claim.vetted", "claim 1", by=anna, at=early)
    record("claim.rejected", "claim 12", by=anna, at=early + timedelta(days=1))
    record("staff.changed", anna, by=boss, at=early + timedelta(days=2))
    record("object.drafted", "object G1-11", by=ben, at=early + timedelta(days=3))
    for query, wanted in (
        (f"person={anna.pk}", [1, 2, 3]),
        (f"person={ben.pk}", [4]),
        ("action=claim.rejected", [2]),
        ("target=claim+1", [1]),
        ("target=CLAIM", [1, 2]),
        ("target=%25", []),
        ("since=2030-01-02&until=2030-01-03", [2, 3]),
        (f"person={anna.pk}&action=claim.vetted&target=claim+1&until=2030-01-01", [1]),
        ("until=9999-12-31&since=2030-01-01&action=claim.vetted", [1]),
    ):
        assert numbers(client, query) == [start + number for number in wanted], query


def test_a_person_is_found_by_number_whatever_names_say(client, boss):
    anna = staff(Role.MODERATOR, name="anna")
    record("claim.vetted", "claim 1", by=System.SCHEDULE)
    named = record("staff.sign_in_failed", "anna", by=System.SIGN_IN)
    about = record("staff.sign_in_failed", anna, by=System.SIGN_IN)
    found = numbers(client, f"person={anna.pk}")
    assert about.number in found
    assert named.number not in found


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("since=yesterday", "Enter a valid date"),
        ("person=99999999", "Select a valid choice"),
        ("person=%27", "Select a valid choice"),
        ("action=nothing.such", "Select a valid choice"),
        (f"target={'x' * 101}", "at most 100 characters"),
    ],
)
def test_a_filter_that_is_wrong_is_named_beside_its_field(client, boss, query, why):
    assert why in text_of(client, query)


@pytest.mark.parametrize("field", [field.name for field in Entry._meta.fields])
@pytest.mark.parametrize("lookup", ["{}", "{}__startswith", "{}__gt", "{}__contains"])
def test_no_other_address_filters_the_trail(client, boss, field, lookup):
    name = lookup.format(field)
    if name in ("action", "target"):  # the form's own
        return
    assert client.get(f"{PAGE}?{name}=1").status_code == 400


def test_details_cannot_be_searched(client, boss):
    before = len(numbers(client, ""))
    record("claim.rejected", "claim 12", reason="telltale")
    assert len(numbers(client, "q=telltale")) == before + 1  # as if nothing had been asked


def test_a_page_of_sixty_entries_takes_few_queries(client, boss):
    people = [staff(Role.MODERATOR) for _ in range(12)]
    for number in range(70):
        record("claim.rejected", f"claim {number}", by=people[number % 12], reason="x")
    with CaptureQueriesContext(connection) as captured:
        text = text_of(client, f"since={timezone.localdate()}")
    assert text.count("rejected claim") == 60
    assert len(captured) <= 15, [query["sql"][:90] for query in captured]


def test_one_entry_is_shown_with_its_digests_and_nothing_to_press(client, boss):
    entry = record("claim.rejected", "claim 12", by=boss, reason="Sold everywhere")
    answer = client.get(f"{PAGE}{entry.number}/change/")
    text = answer.content.decode()
    assert answer.status_code == 200
    for part in ("rejected claim 12", "Sold everywhere", entry.digest, entry.previous):
        assert part in text, part
    assert 'name="_save"' not in text


def test_only_administrators_see_the_page_of_an_entry(client):
    entry = record("claim.rejected", "claim 12")
    for role in Role:
        client.force_login(staff(role))
        wanted = 200 if role == Role.ADMINISTRATOR else 403
        assert client.get(f"{PAGE}{entry.number}/change/").status_code == wanted, role
        assert client.get(f"{PAGE}?target=claim").status_code == wanted, role
