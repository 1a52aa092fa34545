"""Every public text exists in every language of the site, at its own URL, without a cookie."""

import re

import pytest
from django.conf import settings
from django.utils import translation

from tests.factories import draft, published
from tips.models import Tip
from traceobject import catalogs

OTHERS = [code for code, _ in settings.LANGUAGES if code != "en"]
PLACEHOLDERS = re.compile(r"%\(\w+\)s|\{\w+\}")
FOUND = {text for text, _ in catalogs.messages()}
TEXTS = sorted(text for text in FOUND if isinstance(text, str))
COUNTED = sorted(text for text in FOUND if not isinstance(text, str))


def test_the_catalogs_are_those_of_the_settings():
    assert sorted(catalogs.LANGUAGES) == sorted(OTHERS)


@pytest.mark.parametrize("language", OTHERS)
def test_no_public_text_is_untranslated(language):
    catalog = catalogs.read(language)
    for text in TEXTS:
        message = catalog.get(text)
        assert message is not None, f"{text!r}: python -m traceobject.catalogs update"
        assert message.string, text
        assert sorted(PLACEHOLDERS.findall(text)) == sorted(PLACEHOLDERS.findall(message.string))


TYPOGRAPHY = {
    "fr": r" [?!;:»]|« |[?!;:](?=\s)(?<![\u202f\u00a0][?!;:])|'|\"",
    "de": r"[\"“](?=\w)|'|»|«",
    "es": r"[\"“”]|'",
    "nl": r"[\"'“”]",
    "pl": r"[\"'“«»]",
    "uk": r"[\"'“”„]",
    "ar": r"[\"'“”,;?]",
}


@pytest.mark.parametrize("language", OTHERS)
def test_each_language_keeps_its_own_typography(language):
    """Quotes are those of the language; French signs have a no-break space before them."""
    wrong = re.compile(TYPOGRAPHY[language])
    for message in catalogs.read(language):
        forms = [message.string] if isinstance(message.string, str) else message.string
        for form in forms if message.id else ():
            assert not wrong.search(form), form


@pytest.mark.parametrize("language", OTHERS)
def test_no_counted_text_lacks_a_plural_form(language):
    catalog = catalogs.read(language)
    for text in COUNTED:
        message = catalog.get(text[0])
        assert message is not None, f"{text!r}: python -m traceobject.catalogs update"
        assert len(message.string) == catalog.num_plurals
        assert all(message.string), text
        for form in message.string:
            assert set(PLACEHOLDERS.findall(form)) <= set(PLACEHOLDERS.findall(text[1]))


@pytest.mark.parametrize(
    ("language", "number", "expected"),
    [
        ("en", 1, "1 object found"),
        ("en", 0, "0 objects found"),
        ("fr", 0, "0 objet trouvé"),
        ("pl", 1, "Znaleziono 1 przedmiot"),
        ("pl", 22, "Znaleziono 22 przedmioty"),
        ("pl", 12, "Znaleziono 12 przedmiotów"),
        ("uk", 21, "Знайдено 21 предмет"),
        ("uk", 4, "Знайдено 4 предмети"),
        ("uk", 11, "Знайдено 11 предметів"),
        ("ar", 2, "عُثر على شيئين"),
        ("ar", 7, "عُثر على 7 أشياء"),
        ("ar", 40, "عُثر على 40 شيئًا"),
    ],
)
def test_a_number_and_its_noun_agree(language, number, expected):
    with translation.override(language):
        said = translation.ngettext("%(number)s object found", "%(number)s objects found", number)
        assert said % {"number": number} == expected


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_catalogs_match_their_sources(language):
    with translation.override(language):
        for text in TEXTS:
            assert translation.gettext(text) == catalogs.read(language).get(text).string


def test_every_text_of_the_public_templates_is_marked_for_translation():
    """What remains of a template without tags, markup and marked texts has no word in it."""
    for pattern in catalogs.TEMPLATES:
        for path in (catalogs.ROOT / "templates").glob(pattern):
            if path.name in catalogs.STAFF:
                continue
            text = path.read_text()
            text = re.sub(r"{% blocktranslate.*?endblocktranslate %}", "", text, flags=re.S)
            text = re.sub(r"{% block main_class %}.*?{% endblock %}", "", text)
            text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", text, flags=re.S)
            text = re.sub(r"<!doctype.*?>|<(script|svg).*?</\1>", "", text, flags=re.S | re.I)
            labels = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', text)
            text = re.sub(r"<[^>]*>", "", text)
            for name in ("WhatsApp", "Telegram", "Facebook"):
                text = text.replace(name, "")
            for piece in [text, *labels]:
                assert not re.search(r"[A-Za-z]{2,}", piece), f"{path}: {piece.strip()[:80]!r}"


@pytest.mark.parametrize("language", OTHERS)
def test_the_way_of_a_visitor_in_a_language(client, language):
    made = published(pictures=0, title="A bag", question="Where?")
    words = {"title": "Ein Ding", "question": "Wo?"}
    made.translations.create(language_code=language, **words)
    gallery = client.get(f"/{language}/").content.decode()
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in gallery
    assert "Ein Ding" in gallery
    assert f'href="/{language}/objects/{made.reference}/"' in gallery
    english = {text for text in TEXTS if len(text) > 25}
    for path in (
        f"/{language}/",
        f"/{language}/objects/{made.reference}/",
        f"/{language}/receipt/",
    ):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Content-Language"] == language
        assert "Set-Cookie" not in answer.headers
        assert "Vary" not in answer.headers or "anguage" not in answer.headers["Vary"]
        assert not [text for text in english if text in answer.content.decode()]
    form = f"/{language}/objects/{made.reference}/tip/"
    assert client.post(form, {"text": ""}).status_code == 422
    assert client.post(form, {"text": "Verkauft in Sevilla"}).status_code == 200
    assert Tip.objects.get().language == language


def test_a_language_that_an_object_lacks_falls_back_to_english_and_says_so(client):
    made = published(pictures=0, title="A bag", question="Where is it sold?")
    page = client.get(f"/fr/objects/{made.reference}/").content.decode()
    assert '<h1 lang="en" dir="ltr">A bag</h1>' in page
    assert "qu’en anglais" in page


def test_every_page_names_itself_in_the_other_languages(client):
    made = published(pictures=0)
    page = client.get(f"/uk/objects/{made.reference}/").content.decode()
    for code, name in settings.LANGUAGES:
        prefix = "" if code == "en" else f"/{code}"
        path = f"{prefix}/objects/{made.reference}/"
        assert f'hreflang="{code}" href="{settings.SITE_URL}{path}"' in page
        assert name in page


def test_an_unpublished_object_is_absent_in_every_language(client):
    made = draft(title="Hidden thing")
    for code in OTHERS:
        for path in ("", "tip/"):
            answer = client.get(f"/{code}/objects/{made.reference}/{path}")
            assert answer.status_code == 404
            assert "Hidden thing" not in answer.content.decode()


def test_the_browsers_wishes_change_nothing(client):
    published(pictures=0)
    plain = client.get("/").content
    assert client.get("/", headers={"accept-language": "fr"}).content == plain
    assert client.get("/en/").status_code == 404


def test_staff_pages_have_no_other_language(client):
    for path in ("/fr/staff/", "/fr/desk/", "/de/admin/", "/fr/accounts/login/"):
        assert client.get(path).status_code == 404
