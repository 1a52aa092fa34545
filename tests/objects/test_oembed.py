"""oEmbed describes public objects only."""

import pytest
from django.conf import settings

from objects import publishing
from tests.factories import draft, published, staff
from traceobject.staff.roles import Role


def ask(client, made, language="", **query):
    address = f"{settings.SITE_URL}{language}{made.get_absolute_url()}"
    return client.get("/oembed", {"url": address, **query})


def test_it_works(client):
    made = published(title="Shopping bag", question="Where is it sold?")
    answer = ask(client, made)
    told = answer.json()
    assert (told["version"], told["type"]) == ("1.0", "photo")
    assert told["title"] == "Shopping bag: Where is it sold?"
    assert client.get(told["url"].removeprefix(settings.SITE_URL)).status_code == 200
    assert answer.headers["Cache-Control"].startswith("public")
    page = client.get(made.get_absolute_url()).content.decode()
    assert 'type="application/json+oembed"' in page


def test_the_answer_has_the_size_and_language_that_were_asked_for(client):
    made = published(title="Shopping bag")
    made.translations.create(language_code="fr", title="Sac", question="Où ?")
    told = ask(client, made, "/fr", maxwidth="500").json()
    assert told["title"] == "Sac: Où ?"
    assert told["width"] <= 500
    assert ask(client, made, maxwidth="5").json()["type"] == "link"


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_an_object_that_is_not_public_is_404(client, state):
    made = draft() if state == "draft" else published(pictures=0)
    if state == "withdrawn":
        publishing.withdraw(made, by=staff(Role.ANALYST), reason="a mistake")
    assert ask(client, made).status_code == 404


@pytest.mark.parametrize(
    "address",
    ["", "x", "https://elsewhere.example/objects/A1-11/", "http://[", "/objects/A1-11/\x00"],
)
def test_other_urls_are_404(client, address):
    published(pictures=0)
    assert client.get("/oembed", {"url": address}).status_code == 404


def test_xml_is_not_supported(client):
    assert ask(client, published(pictures=0), format="xml").status_code == 501
