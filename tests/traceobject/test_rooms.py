"""Every URL is public by an explicit list or in a room; the default is closed."""

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import get_converters

from tests.factories import staff
from traceobject import rooms
from traceobject.staff.roles import Role

SAMPLES = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "0" * 32}


def addresses(resolver=None, prefix="", namespace=""):
    """Yield the full name and an example path of each pattern in the URLconf."""
    for each in (resolver or get_resolver()).url_patterns:
        route = _filled(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from addresses(each, prefix + route, inner)
        elif isinstance(each, URLPattern):
            yield f"{namespace}{each.name}", f"/{prefix}{route}"


def _filled(pattern):
    text = str(pattern)
    for name, converter in pattern.converters.items():
        kind = next(k for k, v in get_converters().items() if isinstance(converter, type(v)))
        text = text.replace(f"<{kind}:{name}>", SAMPLES[kind]).replace(f"<{name}>", "x")
    return text.removeprefix("^").replace("\\.", ".").removesuffix("$")


WALKED = sorted(set(addresses()))


def is_staffs(path):
    return path.startswith(rooms.staff_paths())


def test_every_address_is_public_by_name_or_in_a_room():
    assert len(WALKED) > 80
    for name, path in WALKED:
        assert (name in rooms.PUBLIC) != is_staffs(path), (name, path)
    assert {name for name, _ in WALKED} >= rooms.PUBLIC


@pytest.mark.parametrize("path", [path for _, path in WALKED if rooms.room_of(path)])
def test_no_room_opens_for_somebody_who_has_not_signed_in(client, path):
    answer = client.get(path)
    assert answer.status_code in (302, 404), path
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith("/accounts/login/")


def test_signing_in_for_a_form_leads_back_to_a_page(client):
    answer = client.post("/staff/retry/", {"all": "1"})
    assert answer.headers["Location"] == "/accounts/login/?next=/staff/"


def test_no_room_opens_without_a_second_factor(client, settings):
    settings.MFA_REQUIRED = True
    everyone = staff(Role.MODERATOR, "ES")
    for role in Role:
        everyone.groups.add(everyone.groups.model.objects.get(name=role))
    client.force_login(everyone)
    for path in [path for _, path in WALKED if rooms.room_of(path)]:
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code in (302, 404), path
            if answer.status_code == 302:
                assert answer.headers["Location"] == "/accounts/2fa/", path


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("room", rooms.ROOMS, ids=lambda room: room.prefix)
def test_a_room_admits_those_who_may_work_there(client, role, room):
    person = staff(role, "ES") if role == Role.CASE_OFFICER else staff(role)
    client.force_login(person)
    answer = client.get(f"/{room.prefix}")
    assert (answer.status_code == 403) == (not room.admits(person))


def test_an_address_that_nobody_declared_is_closed(client, monkeypatch):
    monkeypatch.setattr(rooms, "PUBLIC", rooms.PUBLIC - {"results"})
    assert client.get("/results/").status_code == 403


def test_a_public_page_uses_no_session_even_for_signed_in_staff(client):
    client.force_login(staff(Role.MODERATOR))
    for path in ("/", "/receipt/", "/results/", "/no/"):
        request = client.get(path).wsgi_request
        assert not hasattr(request, "session"), path
        assert not hasattr(request, "user"), path
    assert client.get("/admin/").wsgi_request.user.is_authenticated


def test_robots_txt_excludes_every_room_but_does_not_reveal_the_admins_path(client):
    text = client.get("/robots.txt").content.decode()
    for room in rooms.ROOMS:
        assert (f"Disallow: /{room.prefix}" in text) == room.in_robots_txt
    assert settings.ADMIN_PATH not in text


def test_a_refused_page_is_logged_with_the_account_and_without_what_was_asked(client, caplog):
    user = staff(Role.INVESTIGATOR)
    client.force_login(user)
    assert client.get("/admin/tips/claim/?q=telltale").status_code == 403
    text = "\n".join(f"{each.name} {each.getMessage()}" for each in caplog.records)
    assert f"account {user.pk} was refused admin:tips_claim_changelist" in text
    assert "telltale" not in text
