"""Visitors find objects by search, category, region and status; feeds and lists show nothing more."""

import json
import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from objects import publishing
from objects.gallery import selection
from objects.gallery.selection import Choice
from objects.models import Category, TraceObject
from tests.factories import draft, identified, published, staff, submitted
from traceobject.staff.roles import Role

ATOM = "{http://www.w3.org/2005/Atom}"
LISTS = (
    "/",
    "/fr/",
    "/feed/",
    "/fr/feed/",
    "/objects.json",
    "/sitemap.xml",
    "/?status=all&q=thing",
)


@pytest.fixture
def four():
    bags = Category.objects.create(name="Bags", slug="bags")
    tiles = Category.objects.create(name="Tiles", slug="tiles")
    made = {
        "G4-19": published(
            pictures=0, reference="G4-19", title="Red bag", category=bags, regions=["europe"]
        ),
        "G4-20": published(
            pictures=0, reference="G4-20", title="Blue bag", category=bags, regions=["asia"]
        ),
        "K7-02": published(
            pictures=0,
            reference="K7-02",
            title="Blue tile",
            question="Whose?",
            category=tiles,
            priority=1,
        ),
        "K7-03": identified("Seen in Porto", reference="K7-03", title="Old tile", category=tiles),
    }
    made["G4-19"].translations.create(language_code="fr", title="Sac rouge", question="Où ?")
    return made


def shown(client, query="", prefix=""):
    page = client.get(f"{prefix}/?{query}").content.decode()
    cards = page.partition('<ul class="cards">')[2].partition('aria-labelledby="recognised"')[0]
    return re.findall(r'<span class="tag">([A-Z0-9-]+)</span>', cards)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["K7-02", "G4-20", "G4-19"]),
        ("category=bags", ["G4-20", "G4-19"]),
        ("category=none", []),
        ("region=asia", ["G4-20"]),
        ("region=atlantis", ["K7-02", "G4-20", "G4-19"]),
        ("status=recognised", ["K7-03"]),
        ("status=all&order=newest", ["K7-03", "K7-02", "G4-20", "G4-19"]),
        ("q=blue", ["K7-02", "G4-20"]),
        ("q=BLUE+bag", ["G4-20"]),
        ("q=g4-19", ["G4-19"]),
        ("q=sac", []),
        ("q=%25", []),
        ("q=%00", ["K7-02", "G4-20", "G4-19"]),
        ("q=blue&category=bags&region=asia&order=newest", ["G4-20"]),
    ],
)
def test_filters_show_the_matching_objects_only(client, four, query, expected):
    if not expected or len(expected) > 2:
        page = client.get(f"/?{query}").content.decode()
        assert f"{len(expected)} objects found" in page
    assert shown(client, query) == expected


def test_words_are_found_in_the_language_of_the_page_and_in_english(client, four):
    assert shown(client, "q=rouge", "/fr") == ["G4-19"]
    assert shown(client, "q=red", "/fr") == ["G4-19"]


def test_the_counts_of_categories_follow_the_other_filters(client, four):
    page = client.get("/?q=blue").content.decode()
    assert re.search(r'Bags</span> <span class="count">1<', page)
    assert re.search(r'href="\?q=blue&amp;category=tiles"', page)


def plan_cost(query):
    """Return PostgreSQL's estimate of a gallery search, with its counts of categories."""
    choice = selection.Choice.from_query(QueryDict(f"q={query}"))
    statement = selection.select(choice, "fr").explain(format="json")
    return json.loads(statement)[0]["Plan"]["Total Cost"]


def test_a_search_of_fifty_words_costs_no_more_than_one_of_six(client, four):
    letters = [chr(number) for number in range(0x61, 0x61 + 50)]
    assert plan_cost("+".join(letters)) <= plan_cost("+".join(letters[:6]))
    assert plan_cost("+".join(letters[:6])) > plan_cost("a")
    assert plan_cost("+".join(["a", "A"] * 25)) == plan_cost("a")
    page = client.get("/?q=" + "+".join(letters)).content.decode()
    assert 'value="a b c d e f"' in page  # the visitor sees what was searched for


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("  Blue   bag ", "Blue bag"),
        ("Blue blue BLUE bag", "Blue bag"),
        ("one two three four five six seven", "one two three four five six"),
        ("x" * 10_000, "x" * 100),
        ("\x00", ""),
    ],
)
def test_a_search_is_cut_to_six_different_words(typed, searched):
    query = QueryDict(mutable=True)
    query["q"] = typed
    assert selection.Choice.from_query(query).search == searched


def test_pages_keep_the_filters(client):
    for number in range(25):
        published(pictures=0, title=f"Bag {number}")
    page = client.get("/?q=bag&order=newest").content.decode()
    assert 'href="?q=bag&amp;order=newest&amp;page=2"' in page


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=120))
def test_any_search_is_answered(client, text):
    assert client.get("/", {"q": text, "category": text, "page": text}).status_code == 200


def test_filters_survive_being_written_as_a_query_string():
    from django.http import QueryDict

    choice = Choice(search="red bag", category="bags", region="asia", status="all", order="newest")
    assert Choice.from_query(QueryDict(choice.query())) == choice
    assert Choice().query() == ""


# --- for machines -------------------------------------------------------------------------------


def test_nothing_that_is_not_public_is_in_any_list(client, django_capture_on_commit_callbacks):
    hidden = [draft(title="Hidden thing"), submitted(title="Hidden thing")]
    gone = published(title="Hidden thing")
    with django_capture_on_commit_callbacks(execute=True):
        publishing.withdraw(gone, by=staff(Role.ANALYST), reason="x")
    for address in LISTS:
        text = client.get(address).content.decode()
        assert "Hidden thing" not in text
        for each in [*hidden, gone]:
            assert each.reference not in text


def test_the_json_list_has_what_the_guide_says_and_nothing_internal(client, four):
    answer = client.get("/objects.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    listed = json.loads(answer.content)["objects"]
    assert [each["reference"] for each in listed] == sorted(four)
    first = listed[0]
    assert first["words"]["fr"]["title"] == "Sac rouge"
    assert first["regions"] == ["europe"]
    with open("docs/data.md") as file:
        guide = file.read()
    named = set(re.findall(r"`([a-z_]+)`", guide))
    for name in [*first, *first["words"]["en"]]:
        assert name in named, name
    assert "case_reference" not in str(listed)


def test_the_json_list_offers_the_pictures(client):
    made = published()
    (entry,) = json.loads(client.get("/objects.json").content)["objects"]
    (picture,) = entry["pictures"]
    path = picture["address"].partition("8000")[2]
    assert client.get(path).status_code == 200
    assert picture["alternative_text"] == {"en": "Coloured shapes"}
    assert entry["address"].endswith(made.get_absolute_url())


def test_the_feed_is_atom_newest_first_and_by_category(client, four):
    feed = ElementTree.fromstring(client.get("/feed/").content)
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles[-1] == "G4-19 Red bag"
    assert len(titles) == 4
    bags = ElementTree.fromstring(client.get("/feed/bags/").content)
    assert len(list(bags.iter(f"{ATOM}entry"))) == 2
    assert client.get("/feed/none/").status_code == 404
    french = client.get("/fr/feed/").content.decode()
    assert "Sac rouge" in french
    assert "/fr/objects/G4-19/" in french


def test_the_sitemap_names_every_page_in_every_language(client, four):
    text = client.get("/sitemap.xml").content.decode()
    for path in ("/objects/G4-19/", "/uk/objects/K7-03/", "/ar/"):
        assert f"<loc>http://localhost:8000{path}</loc>" in text
    assert 'hreflang="x-default"' in text
    assert b"Sitemap: http://localhost:8000/sitemap.xml" in client.get("/robots.txt").content


@pytest.mark.parametrize("address", ["/", "/fr/", "/feed/", "/objects.json", "/sitemap.xml"])
def test_a_list_that_has_not_changed_is_not_sent_again(client, four, address):
    first = client.get(address)
    tag = first.headers["ETag"]
    again = client.get(address, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    four["G4-19"].translations.filter(language_code="en").update(title="Another bag")
    TraceObject.objects.filter(reference="G4-19").update(updated_at=timezone.now())
    if address not in ("/fr/", "/sitemap.xml"):  # a French title; days, not times
        assert client.get(address, headers={"if-none-match": tag}).status_code == 200


def test_public_lists_may_be_cached_for_a_minute(client, four):
    for address in ("/", "/feed/", "/objects.json", "/objects/G4-19/"):
        assert client.get(address).headers["Cache-Control"] == "public, max-age=60"


def test_a_link_to_an_object_has_a_preview_with_its_picture(client):
    made = published(title="Red bag")
    page = client.get(made.get_absolute_url()).content.decode()
    assert f'<meta property="og:title" content="{made.reference} Red bag">' in page
    (address,) = re.findall(r'property="og:image" content="http://localhost:8000([^"]+)"', page)
    assert client.get(address).headers["Content-Type"] == "image/jpeg"


def test_security_txt_exists_if_the_operator_names_a_contact(client, settings):
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = "mailto:security@agency.example"
    text = client.get("/.well-known/security.txt").content.decode()
    assert text.startswith("Contact: mailto:security@agency.example\nExpires: 20")


def test_a_category_has_its_name_in_the_language_of_the_page(client, four):
    bags = Category.objects.get(slug="bags")
    bags.translations.create(language_code="de", name="Taschen")
    german = client.get("/de/").content.decode()
    assert 'href="?category=bags"><span dir="auto">Taschen</span>' in german
    assert "Bags" not in german
    assert ">Tiles</span>" in german  # which has no German name
    assert "Taschen" in client.get("/de/objects/G4-19/").content.decode()
    assert "Taschen" not in client.get("/").content.decode()


def test_an_administrator_names_a_category_in_several_languages(client):
    client.force_login(staff(Role.ADMINISTRATOR))
    add = reverse("admin:objects_category_add")
    assert "Deutsch" in client.get(add).content.decode()
    names = {"name_en": "Toys", "name_de": "Spielzeug", "name_uk": "Іграшки", "slug": "toys"}
    assert client.post(add, names).status_code == 302
    toys = Category.objects.get(slug="toys")
    with override("uk"):
        assert str(toys) == "Іграшки"
    change = reverse("admin:objects_category_change", args=[toys.pk])
    assert 'value="Spielzeug"' in client.get(change).content.decode()
    assert client.post(change, {**names, "name_en": "", "name_de": ""}).status_code == 200
    assert client.post(change, {**names, "name_de": ""}).status_code == 302
    assert set(toys.translations.values_list("language_code", flat=True)) == {"en", "uk"}


def test_a_new_name_of_a_category_moves_the_public_generation():
    """The trigger moves the number once a transaction, so the test forgets that it has done so."""

    def number_after(step):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('traceobject.changed', '', true)")
            step()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute("SELECT number FROM public_generation")
            return cursor.fetchone()[0]

    bags = Category.objects.create(name="Bags", slug="bags")
    before = number_after(lambda: None)
    german = {"language_code": "de", "name": "Taschen"}
    assert number_after(lambda: bags.translations.create(**german)) == before + 1
