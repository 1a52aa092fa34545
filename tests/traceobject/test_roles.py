"""The permissions of each role are in one table, and nowhere else."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from tests.factories import PASSWORD, staff
from traceobject.audit.models import Entry
from traceobject.staff.models import User
from traceobject.staff.roles import PERMISSIONS, Role, countries_of

DOORS = {
    "/admin/": {Role.ADMINISTRATOR, Role.ANALYST, Role.MODERATOR},
    "/admin/tips/claim/": {Role.MODERATOR},
    "/admin/tips/tip/": {Role.MODERATOR},
    "/admin/tips/desk/": {Role.ADMINISTRATOR, Role.MODERATOR},
    "/admin/objects/traceobject/": {Role.ADMINISTRATOR, Role.ANALYST, Role.MODERATOR},
    "/admin/objects/traceobject/add/": {Role.ANALYST},
    "/admin/staff/user/": {Role.ADMINISTRATOR},
    "/admin/audit/entry/": {Role.ADMINISTRATOR},
    "/admin/outbox/step/": {Role.ADMINISTRATOR},
    "/desk/": {Role.CASE_OFFICER},
    "/leads/": {Role.MODERATOR, Role.INVESTIGATOR},
    "/leads/export.csv": {Role.MODERATOR, Role.INVESTIGATOR},
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_open_its_own_pages_and_no_others(client, role):
    client.force_login(staff(role))
    opened = {door for door in DOORS if client.get(door).status_code == 200}
    assert opened == {door for door, roles in DOORS.items() if role in roles}


@pytest.mark.parametrize("door", DOORS)
def test_nobody_opens_a_staff_page_without_signing_in(client, door):
    answer = client.get(door, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    assert b"Staff sign-in" in answer.content


def test_the_migration_makes_a_group_for_each_role():
    assert set(Group.objects.values_list("name", flat=True)) == {role.value for role in Role}


def test_every_right_in_the_table_exists():
    known = {
        f"{p.content_type.app_label}.{p.codename}"
        for p in Permission.objects.select_related("content_type")
    }
    assert set().union(*PERMISSIONS.values()) <= known


def test_permissions_in_the_database_have_no_effect():
    user = staff(Role.INVESTIGATOR)
    user.user_permissions.add(*Permission.objects.all())
    user.is_superuser = True
    user.save()
    user = User.objects.get(pk=user.pk)
    assert not user.has_perm("tips.vet_claim")
    assert not user.has_module_perms("staff")


def test_createsuperuser_makes_an_administrator_and_no_more(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command(
        "createsuperuser",
        username="first",
        email="first@agency.example",
        interactive=False,
        verbosity=0,
    )
    first = User.objects.get(username="first")
    assert not first.is_superuser
    assert first.has_perm("staff.add_user")
    assert not first.has_perm("tips.view_contact")


def test_an_account_that_is_switched_off_may_nothing():
    user = staff(Role.CASE_OFFICER, "ES")
    user.is_active = False
    user.save()
    assert not User.objects.get(pk=user.pk).has_perm("tips.work_referral")
    assert countries_of(user) == frozenset()


def test_countries_count_only_for_case_officers():
    moderator = staff(Role.MODERATOR, "ES")
    assert countries_of(moderator) == frozenset()


def test_nobody_can_sign_up(client):
    assert client.get("/accounts/signup/").status_code == 404


def test_a_member_of_staff_signs_in_with_a_password_and_the_trail_says_so(client):
    user = staff(Role.MODERATOR)
    answer = client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert answer.status_code == 302
    assert Entry.objects.filter(action="staff.signed_in", actor=user.username).exists()


def test_a_wrong_password_is_recorded_and_what_was_typed_is_not(client):
    user = staff(Role.MODERATOR)
    client.post("/accounts/login/", {"login": user.username, "password": "wrong-secret-typed"})
    client.post("/accounts/login/", {"login": "a-password-in-the-wrong-field", "password": "x"})
    entries = list(Entry.objects.values())
    assert [entry["action"] for entry in entries] == ["staff.sign_in_failed"]
    assert "wrong" not in str(entries)


def test_without_a_second_factor_staff_get_nowhere_where_it_is_required(client, settings):
    settings.MFA_REQUIRED = True
    client.force_login(staff(Role.MODERATOR))
    for door in ("/admin/tips/claim/", "/desk/", "/leads/", "/staff/"):
        answer = client.get(door)
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
