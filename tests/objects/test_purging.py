"""Caches in front of the site get a signed purge, again and again until they accept it."""

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import transaction

from objects import publishing
from objects.models import Purge
from objects.publishing import purging
from tests.factories import ALL_CHECKED, published, staff, submitted
from tests.pauses import expire_pauses
from traceobject.outbox import health, queue
from traceobject.staff.roles import Role

KEY = "k" * 40


@pytest.fixture
def cdn(settings):
    """A real server in the place of a CDN, and the requests that it received."""
    heard = []

    class Hears(BaseHTTPRequestHandler):
        answers = 204

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.append((self.headers, body))
            self.send_response(Hears.answers)
            if Hears.answers == 302:
                self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Hears)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.PURGE_WEBHOOK_URL = f"http://127.0.0.1:{server.server_port}/purge"
    settings.PURGE_WEBHOOK_KEY = KEY
    server.heard, server.handler = heard, Hears
    yield server
    server.shutdown()
    server.server_close()


def told(server):
    queue.drain(names=["cache.purge"])
    return server.heard


def test_a_withdrawal_purges_every_url_with_a_signature(cdn):
    made = published()
    told(cdn).clear()
    names = [each.name for picture in made.pictures.all() for each in picture.renditions.all()]
    publishing.withdraw(made, by=staff(Role.ANALYST), reason="x")
    ((headers, body),) = told(cdn)
    message = json.loads(body)
    assert message["type"] == "object.withdrawn"
    paths = {url.removeprefix("http://localhost:8000") for url in message["urls"]}
    assert {"/", made.get_absolute_url(), *(f"/pictures/{name}" for name in names)} <= paths
    signed = f"{headers['Webhook-id']}.{headers['Webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["Webhook-signature"] == f"v1,{expected}"
    assert Purge.objects.get(event="withdrawn").sent_at


def test_publishing_and_identifying_are_purged_too(cdn):
    made = published()
    publishing.identify(made, by=staff(Role.ANALYST))
    kinds = [json.loads(body)["type"] for _, body in told(cdn)]
    assert kinds == ["object.published", "object.identified"]


@pytest.mark.parametrize("answer", [500, 404, 302])
def test_a_purge_that_a_cdn_refuses_is_sent_again_with_the_same_id(cdn, answer):
    cdn.handler.answers = answer
    made = published()
    assert len(told(cdn)) == 1
    assert health.failing("cache.purge").count() == 1
    assert Purge.objects.get().sent_at is None
    cdn.handler.answers = 204
    expire_pauses()
    heard = told(cdn)
    assert [headers["Webhook-id"] for headers, _ in heard] == [f"purge-{made.purges.get().pk}"] * 2
    assert Purge.objects.get().sent_at


def test_a_dead_cdn_holds_up_no_withdrawal(settings, client):
    settings.PURGE_WEBHOOK_URL, settings.PURGE_WEBHOOK_KEY = "http://127.0.0.1:9/", KEY
    made = published()
    publishing.withdraw(made, by=staff(Role.ANALYST), reason="x")
    assert client.get(made.get_absolute_url()).status_code == 404
    assert queue.drain(names=["cache.purge"]) == 0
    assert health.failing("cache.purge").count() == 1  # the second was not even tried


def test_an_object_that_was_never_public_is_not_purged(cdn):
    publishing.withdraw(submitted(), by=staff(Role.ANALYST), reason="x")
    assert told(cdn) == []


def test_a_publication_that_is_rolled_back_sends_no_purge(cdn):
    made = submitted()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publishing.approve(
            made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
        )
        1 / 0
    assert told(cdn) == []


def test_without_a_webhook_no_purge_is_stored(settings):
    settings.PURGE_WEBHOOK_URL = ""
    published()
    assert not Purge.objects.exists()
    purging.send_purge(1)
