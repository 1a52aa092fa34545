"""Who may what: every page as every role, as a stranger to the country, deactivated, and as nobody."""

import ast
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.factories import open_claim, referral, send, staff
from tests.traceobject.test_rooms import WALKED
from tips.models import Tip
from traceobject import actions, permissions_page, rooms
from traceobject.audit.models import Entry
from traceobject.staff.models import User
from traceobject.staff.roles import PERMISSIONS, Role

MARK = "Marked words of a witness"
CONTACT = "witness@marked.example"
NAMES = sorted({name for name, path in WALKED if rooms.room_of(path)})


def test_every_page_in_a_room_is_declared_and_nothing_else():
    for name in NAMES:
        assert actions.permissions_for(name) is not None, name
    declared = set(actions.all_actions())
    assert declared <= set(NAMES), declared - set(NAMES)
    assert set(NAMES) >= rooms.RECENT


def test_the_table_in_the_docs_is_the_one_in_the_code():
    made = permissions_page.markdown()
    assert Path("docs/permissions.md").read_text() == made


def test_a_page_that_nobody_declared_is_closed(client, monkeypatch):
    client.force_login(staff(Role.INVESTIGATOR))
    assert client.get("/leads/").status_code == 200
    monkeypatch.delitem(actions._ACTIONS, "leads")
    assert client.get("/leads/").status_code == 403


@pytest.fixture
def house():
    """A house with one of everything; what a witness said is marked, and goes to Spain alone."""
    staff(Role.CASE_OFFICER, "ES")  # so that it is sent
    found = referral("ES", open_claim(contact=CONTACT))
    claim = found.lead.claim
    tip = claim.tips.first()
    Tip.objects.filter(pk=tip.pk).update(text=MARK)
    send(claim.object, MARK, contact=CONTACT)
    return found


def addresses(found):
    """Yield each page of each room: name and address, with the numbers of what is there."""
    claim = found.lead.claim
    numbers = {
        "referral": found.pk,
        "claim": claim.pk,
        "tip": claim.tips.first().pk,
        "traceobject": claim.object_id,
        "picture": claim.object.pictures.get().pk,
        "user": User.objects.latest("pk").pk,
        "entry": Entry.objects.latest("number").pk,
    }
    extra = {
        "referral_contact": [found.pk, numbers["tip"]],
        "referral_picture": [found.pk, numbers["picture"]],
        "referral_upload": [found.pk, 1],
        "referral_place": [found.pk, 1],
        "admin:objects_step": [claim.object_id, "withdraw"],
        "admin:objects_preview": [claim.object_id, "en"],
        "admin:app_list": ["tips"],
        "admin:tips_claim_merge": [claim.pk, claim.pk],
        "admin:tips_claim_decline": [claim.pk, 1],
    }
    for name in NAMES:
        if name.endswith((":None", "view_on_site")):
            continue
        model = name.rpartition(":")[2].split("_")
        subject = next((each for each in numbers if each in model), None)
        if name in ("acknowledge", "close"):
            subject = "referral"
        if name.startswith("admin:objects_"):
            subject = (
                "picture" if "picture" in name else "traceobject" if "crop" in name else subject
            )
        for arguments in (extra.get(name), [], [numbers.get(subject, 1)], [1, 1]):
            if arguments is None:
                continue
            try:
                yield name, reverse(name, args=arguments)
                break
            except NoReverseMatch:
                continue
        else:
            raise AssertionError(f"no address for {name}")


def is_allowed(role, name):
    room = next(room for room in rooms.ROOMS if dict(WALKED)[name].startswith(f"/{room.prefix}"))
    person = PERMISSIONS[role]
    if room.home == "admin:index" and role not in (
        Role.ADMINISTRATOR,
        Role.ANALYST,
        Role.MODERATOR,
    ):
        return False
    if room.permission and room.permission not in person:
        return False
    needed = actions.permissions_for(name)
    return not needed or bool(person & set(needed))


REFUSED = (302, 403, 404, 405)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_the_table_says_and_changes_nothing_else(house, role):
    person = staff(role, *(["ES"] if role == Role.CASE_OFFICER else []))
    client = Client()
    client.force_login(person)
    entries = Entry.objects.count()
    opened = 0
    for name, address in list(addresses(house)):
        allowed = is_allowed(role, name)
        answer = client.get(address)
        if allowed:
            assert answer.status_code != 403 or refuses_all(name), (name, answer.status_code)
            opened += answer.status_code == 200
            continue
        for answer in (answer, client.post(address)):
            assert answer.status_code in REFUSED, (name, answer.status_code)
            assert MARK not in str(answer.content), name
            assert CONTACT not in str(answer.content), name
    assert opened
    if role not in (Role.MODERATOR, Role.CASE_OFFICER, Role.INVESTIGATOR):
        assert Entry.objects.count() == entries  # looks and exports are the only things recorded


# Pages of what this house does not have: files, proposals, holds.
ABSENT = {
    *("admin:tips_claim_decline", "admin:tips_upload", "referral_place", "referral_upload"),
    *("take_locked", "admin:objects_campaign_launch"),
    *(f"admin:tips_hold_{step}" for step in ("confirm", "take_back", "lift")),
    *("admin:tips_hold_propose_lifting", "admin:tips_hold_decline_lifting"),
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_send_what_the_table_says(house, role):
    person = staff(role, *(["ES"] if role == Role.CASE_OFFICER else []))
    refused = set()
    for name, address in list(addresses(house)):
        if not is_allowed(role, name) or refuses_all(name) or name in ABSENT:
            continue
        client = Client()
        client.force_login(person)
        with transaction.atomic():
            answers = [client.get(address), client.post(address)]
            transaction.set_rollback(True)
        assert all(answer.status_code < 500 for answer in answers), name
        if {answer.status_code for answer in answers} <= {403, 404, 405}:
            refused.add(name)
    assert refused <= {"admin:autocomplete", "admin:app_list"}  # of tips


def refuses_all(name):
    """Whether an admin page is closed to everybody, such as deleting an account."""
    if name == "admin:login":  # refuses whoever is signed in
        return True
    _, _, rest = name.partition(":")
    for model, page in admin.site._registry.items():
        stem = f"{model._meta.app_label}_{model._meta.model_name}_"
        if rest.startswith(stem):
            verb = rest.removeprefix(stem)
            return verb in ("add", "delete") and permissions_page.page_refuses(page, verb)
    return False


@pytest.mark.parametrize("role", list(Role))
def test_no_field_can_be_completed_from_outside_its_page(house, role):
    client = Client()
    client.force_login(staff(role))
    for model in admin.site._registry:
        for field in model._meta.get_fields():
            if field.is_relation:
                names = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
                asked = {**names, "field_name": field.name, "term": ""}
                assert client.get("/admin/autocomplete/", asked).status_code in (403, 404)


def nobody():
    return Client()


def officer_of_another_country():
    client = Client()
    client.force_login(staff(Role.CASE_OFFICER, "FR"))
    return client


def deactivated():
    client = Client()
    user = staff(Role.MODERATOR, "ES")
    for role in Role:
        user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    return client


def without_a_role():
    client = Client()
    user = staff(Role.MODERATOR)
    user.groups.clear()
    client.force_login(user)
    return client


@pytest.mark.parametrize("who", [nobody, officer_of_another_country, deactivated, without_a_role])
def test_who_has_no_business_here_sees_and_changes_nothing(house, who):
    client = who()
    entries = Entry.objects.count()
    for name, address in list(addresses(house)):
        for answer in (client.get(address), client.post(address)):
            own = name in ("staff_home", "desk")
            assert answer.status_code in REFUSED or own, (name, answer.status_code)
            body = str(getattr(answer, "content", b""))
            assert MARK not in body, name
            assert CONTACT not in body, name
    assert Entry.objects.count() == entries


def test_without_a_second_factor_nothing_opens(house, settings):
    settings.MFA_REQUIRED = True
    client = Client()
    user = staff(Role.MODERATOR, "ES")
    for role in Role:
        user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    for name, address in list(addresses(house)):
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code in (302, 404), name
            assert answer.status_code == 404 or answer.headers["Location"] == "/accounts/2fa/", name


# --- no view forgets whose it is ------------------------------------------------------------------

# Views of rooms that read tables at large: whoever has the room's permission may see all rows.
READ_AT_LARGE = {
    "tips/triage/safeguarding.py": "safeguarding sees every locked file, and nothing else",
}


def test_the_officers_views_begin_at_the_officer():
    """No view for officers names a manager: it starts from referrals_for(user)."""
    for path in Path("tips/desk").glob("*.py"):
        if path.name == "access.py":
            continue
        tree = ast.parse(path.read_text())
        managers = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")
        ]
        managers += [  # get_object_or_404(Referral, …) reads at large, too
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith("_or_404")
            and isinstance(node.args[0], ast.Name)
            and node.args[0].id[0].isupper()
        ]
        allowed = {"outcomes.py"}  # a step: it authorises, and locks the row it was handed
        assert not managers or path.name in allowed, path


@pytest.mark.parametrize("path", ["tips/export/views.py", "tips/triage/safeguarding.py"])
def test_a_view_that_reads_at_large_is_known_and_needs_a_permission(path):
    tree = ast.parse(Path(path).read_text())
    reads = any(isinstance(n, ast.Attribute) and n.attr == "objects" for n in ast.walk(tree))
    assert reads == (path in READ_AT_LARGE)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and any(a.arg == "request" for a in node.args.args):
            if node.name.startswith("_"):
                continue
            named = [ast.unparse(each) for each in node.decorator_list]
            assert any(each.startswith("requires(") for each in named), f"{path}: {node.name}"
