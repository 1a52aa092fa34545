"""The tip form: a tip accepted is kept, and nothing that was typed is lost on a mistake."""

import html
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from objects import publishing
from objects.models import TraceObject
from tests.factories import published, send, staff
from tips.intake import receipt_codes
from tips.models import Tip
from tips.triage import decisions
from traceobject.crypto import sealing
from traceobject.outbox.models import Step
from traceobject.staff.roles import Role

TEXT = "I saw this bag at the market in Sevilla."


@pytest.fixture
def form():
    return f"{published(pictures=0).get_absolute_url()}tip/"


def post(client, form, **fields):
    return client.post(
        form, {"text": TEXT, "country": "", "url": "", "contact": "", "nonce": "n1", **fields}
    )


def code_in(answer):
    return re.search(r"<code>([0-9A-Z-]{24})</code>", answer.content.decode()).group(1)


def test_it_works(client, form):
    answer = post(client, form, country="ES", url="https://shop.example/bag")
    assert answer.status_code == 200
    tip = Tip.objects.get()
    assert (tip.text, tip.country, tip.url, tip.state) == (
        TEXT,
        "ES",
        "https://shop.example/bag",
        "received",
    )
    assert Step.objects.filter(name="match", subject=tip.pk).exists()
    assert code_in(answer)


def test_a_trigger_puts_every_tip_into_the_outbox():
    trace_object = published(pictures=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tips_tip (object_id, state, source, text, country, url, language, received_at, relation,"
            " reasons, countries) VALUES (%s, 'received', 'form', 'x', '', '', '', now(), '', '{}', '{}') RETURNING id",
            [trace_object.pk],
        )
        (pk,) = cursor.fetchone()
    assert Step.objects.filter(name="match", subject=pk).count() == 1


def test_a_tip_is_accepted_in_one_statement(client, form):
    post(client, form)  # the lists of countries and translations are made
    with CaptureQueriesContext(connection) as captured:
        post(client, form, nonce="n2", text="Seen in Lyon")
    writes = [query["sql"] for query in captured if "INSERT" in query["sql"]]
    assert len(writes) == 1


def test_the_same_form_sent_twice_is_one_tip_with_one_code(client, form):
    assert code_in(post(client, form)) == code_in(post(client, form))
    assert Tip.objects.count() == 1


def test_a_double_click_that_reaches_two_threads_is_one_tip(own_database):
    import threading

    from django.db import connections
    from django.utils import timezone

    from tips.intake.accept import accept

    trace_object, codes = published(pictures=0), []

    def click():
        try:
            codes.append(accept(trace_object, text=TEXT, nonce="same", now=timezone.now()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 8
    assert len(set(codes)) == 1
    assert Tip.objects.count() == Step.objects.filter(name="match").count() == 1


def test_the_first_tip_after_the_database_was_restarted_is_accepted(client, own_database):
    form = f"{published(pictures=0).get_absolute_url()}tip/"
    assert post(client, form).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
    other.close()
    assert post(client, form, text="Another").status_code == 200
    assert Tip.objects.count() == 2


def test_each_sender_gets_their_own_code_in_their_language(client, form):
    own = [code_in(post(client, form, nonce=f"n{number}")) for number in range(3)]
    assert len(set(own)) == 3
    assert "Merci" in post(client, f"/fr{form}", text="Vu à Lyon").content.decode()
    anonymous = post(client, form, text="Seen").content.decode()
    named = post(client, form, text="Seen", contact="jane@mail.example").content.decode()
    assert "You left no contact details" in anonymous
    assert "You left no contact details" not in named


def test_the_same_form_with_another_text_is_another_tip(client, form):
    first = code_in(post(client, form))
    assert code_in(post(client, form, text="And one more thing: it was in 2016.")) != first
    assert Tip.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"text": ""}, "A few words are enough"),
        ({"text": "   \n "}, "A few words are enough"),
        ({"text": "x" * 1_000_000}, "too long"),
        ({"contact": "not an address"}, "valid email address"),
        ({"url": "https://x.example/" + "y" * 3000}, "2,000 characters or fewer"),
        ({"country": "XX"}, "do not know this country"),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_nothing_typed_is_lost(client, form, fields, why):
    kept = {"text": TEXT, "url": "https://shop.example/bag", **fields}
    answer = post(client, form, **kept)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert why in page
    assert 'aria-invalid="true"' in page
    assert not Tip.objects.exists()
    for value in kept.values():
        assert value.strip() in page


def test_a_text_with_a_nul_byte_is_accepted_without_it(client, form):
    assert post(client, form, text="Lille\x00!").status_code == 200
    assert Tip.objects.get().text == "Lille!"


def test_invalid_utf8_is_shown_to_the_sender_and_not_dropped(client, form):
    body = b"text=caf%E9+in+Lyon&nonce=n"
    answer = client.post(form, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422
    assert "caf\ufffd in Lyon" in answer.content.decode()


def test_a_body_too_large_to_read_gets_a_page_that_says_so(client, form):
    answer = client.post(form, {"text": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})
    assert answer.status_code == 413
    assert b"Your text is too long" in answer.content


@pytest.mark.parametrize("state", ["draft", "submitted", "identified", "withdrawn", None])
def test_an_unpublished_object_returns_the_text_and_reveals_nothing(client, state):
    reference = "Z9-99"
    if state == "identified":
        made = published(pictures=0, reference=reference, title="Hidden title")
        publishing.identify(made, by=made.author)
    elif state:
        TraceObject.objects.create(reference=reference, state=state, title="Hidden title")
    answer = client.post(f"/objects/{reference}/tip/", {"text": TEXT})
    assert answer.status_code == 404
    assert TEXT in answer.content.decode()
    assert b"Hidden title" not in answer.content
    assert not Tip.objects.exists()


def test_hostile_text_is_shown_as_text(client, form):
    answer = post(client, form, text="<script>alert(1)</script>", contact="no")
    assert b"<script>alert" not in answer.content
    assert b"&lt;script&gt;alert" in answer.content


def test_a_contact_is_encrypted_before_it_reaches_the_database(client, form):
    post(client, form, contact="jane@mail.example")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text, contact FROM tips_tip t")
        row, sealed = cursor.fetchone()
    assert "jane" not in row
    assert b"jane" not in bytes(sealed)
    assert sealing.unseal(sealed) == "jane@mail.example"


def test_only_the_hour_of_arrival_is_stored(client, form):
    post(client, form)
    moment = Tip.objects.get().received_at
    assert (moment.minute, moment.second, moment.microsecond) == (0, 0, 0)


def test_no_address_or_browser_is_kept_anywhere(client, form):
    client.post(
        form,
        {"text": TEXT, "nonce": "n"},
        REMOTE_ADDR="198.51.100.7",
        HTTP_USER_AGENT="Telltale/1.0",
        HTTP_REFERER="https://telltale.example/",
        HTTP_X_FORWARDED_FOR="198.51.100.8",
    )
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")
            kept = cursor.fetchone()[0]
            assert "198.51.100" not in kept, table
            assert "elltale" not in kept, table


def test_a_receipt_code_has_a_hundred_bits_and_only_its_keyed_hash_is_kept(client, form):
    code = code_in(post(client, form))
    assert len(code.replace("-", "")) * 5 == 100
    stored = Tip.objects.get().receipt
    assert code.replace("-", "") not in stored
    assert stored == receipt_codes.hash_code(code)


def test_a_receipt_shows_only_whether_the_tip_was_read(client):
    trace_object = published(pictures=0)
    code = code_in(post(client, f"{trace_object.get_absolute_url()}tip/"))
    waits = client.post("/receipt/", {"code": code.lower().replace("-", " ")}).content.decode()
    assert "waiting to be read" in waits
    from tips.claims.match import match

    match(Tip.objects.get().pk)
    pages = set()
    for decide in ("vet", "reject"):
        claim = Tip.objects.get().claim
        if decide == "vet":
            decisions.reject(claim, by=staff(Role.MODERATOR), reason="secret reason")
        else:
            decisions.reopen(claim, by=staff(Role.MODERATOR))
            decisions.vet(
                claim, by=staff(Role.MODERATOR), summary="secret summary", countries={"ES": "sold"}
            )
        pages.add(client.post("/receipt/", {"code": code}).content.decode())
    assert len(pages) == 1
    assert "has been read" in pages.copy().pop()
    assert "secret" not in str(pages)


@pytest.mark.parametrize(
    "code", ["", "0000-0000-0000-0000-0000", "x" * 100, "'; DROP TABLE", "\x00"]
)
def test_without_the_code_nobody_learns_that_a_tip_exists(client, code):
    send(published(pictures=0), TEXT)
    answer = client.post("/receipt/", {"code": code})
    assert answer.status_code == 422
    assert (
        "read" not in html.unescape(answer.content.decode()).split("<main")[1].split("</main>")[0]
    )


def test_the_public_pages_never_show_what_others_said(client):
    trace_object = published(pictures=0)
    send(trace_object, "a telltale phrase nobody else may see")
    for page in ("/", trace_object.get_absolute_url(), f"{trace_object.get_absolute_url()}tip/"):
        assert b"telltale phrase" not in client.get(page).content


def test_nobody_is_thanked_for_a_tip_that_was_not_stored(client):
    """A sequence that is behind, as after a careless restore, makes the database ignore the row."""
    found = published(pictures=0)
    stored = send(found, "I know this bag")
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('tips_tip_id_seq', %s, false)", [stored.pk])
    answer = client.post(f"/objects/{found.reference}/tip/", {"text": "Sold in Lisbon"})
    assert answer.status_code == 503
    assert "Sold in Lisbon" in answer.content.decode()
