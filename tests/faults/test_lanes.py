"""While one outside service hangs, tips are matched and other services get their steps."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from objects import publishing
from tests.factories import lead, published, referral, staff
from tests.mailserver import mail_server, silent_server
from tests.stack import post_tip, wait_until
from tips.models import Tip
from traceobject.outbox.lanes import Lane
from traceobject.outbox.models import Destination, Step
from traceobject.staff.roles import Role

pytestmark = [pytest.mark.stack]


@pytest.fixture
def webhook():
    heard = []

    class Hears(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hears)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield heard, f"http://127.0.0.1:{server.server_port}/purge"
    server.shutdown()
    server.server_close()


def test_while_the_mail_server_hangs_tips_are_matched_and_caches_purged(stack, settings, webhook):
    heard, url = webhook
    settings.PURGE_WEBHOOK_URL, settings.PURGE_WEBHOOK_KEY = url, "k" * 40
    staff(Role.CASE_OFFICER, "ES", "FR", "PT", "IT")
    lead("ES", "FR", "PT", "IT")
    with silent_server() as (port, connected):
        stack.environment |= {
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "PURGE_WEBHOOK_URL": url,
            "PURGE_WEBHOOK_KEY": "k" * 40,
        }
        reference = published(pictures=0).reference
        stack.web()
        stack.worker(Lane.QUICK)
        stack.worker(Lane.OUTSIDE)
        stack.beat()
        assert connected.wait(60)  # from here on the outside lane hangs
        post_tip(stack, reference, "Seen at a market in Lyon", "n")
        wait_until(lambda: Tip.objects.get(text__contains="Lyon").state == "matched", 60)
        assert not Destination.objects.exists()  # it was matched while the mail still hung
        publishing.withdraw(published(), by=staff(Role.ANALYST), reason="x")
        wait_until(lambda: [each for each in heard if each["type"] == "object.withdrawn"], 60)
        wait_until(lambda: Destination.objects.filter(name="mail server").exists(), 60)
        assert Step.objects.filter(name="deliver").count() == 4


def test_while_a_webhook_hangs_tips_are_matched_and_mail_goes(stack, settings):
    officer = staff(Role.CASE_OFFICER, "ES")
    with silent_server() as (port, connected), mail_server() as (mailbox, email_url):
        url = f"http://127.0.0.1:{port}/purge"
        settings.PURGE_WEBHOOK_URL, settings.PURGE_WEBHOOK_KEY = url, "k" * 40
        stack.environment |= {
            "EMAIL_URL": email_url,
            "PURGE_WEBHOOK_URL": url,
            "PURGE_WEBHOOK_KEY": "k" * 40,
        }
        publishing.withdraw(published(), by=staff(Role.ANALYST), reason="x")
        reference = published(pictures=0).reference
        stack.web()
        stack.worker(Lane.QUICK)
        stack.worker(Lane.OUTSIDE)
        stack.beat()
        assert connected.wait(60)
        post_tip(stack, reference, "Seen at a market in Lyon", "n")
        wait_until(lambda: Tip.objects.get(text__contains="Lyon").state == "matched", 60)
        assert not Destination.objects.exists()
        referral("ES")
        wait_until(lambda: mailbox.addresses == [officer.email], 60)


def test_while_the_stores_hang_tips_are_matched_and_mail_goes(stack):
    officer = staff(Role.CASE_OFFICER, "ES")
    with silent_server() as (port, connected), mail_server() as (mailbox, email_url):
        stack.environment |= {
            "EMAIL_URL": email_url,
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "S3_REGION": "eu-central-1",
            "S3_ACCESS_KEY_ID": "key",
            "S3_SECRET_ACCESS_KEY": "secret",
            "PRIVATE_BUCKET": "private",
            "PUBLIC_BUCKET": "public",
        }
        # In this process both stores are folders; the worker's step goes to the bucket that hangs.
        publishing.withdraw(published(), by=staff(Role.ANALYST), reason="x")
        reference = published(pictures=0).reference
        stack.web()
        for lane in (Lane.QUICK, Lane.OUTSIDE, Lane.PICTURES):
            stack.worker(lane)
        stack.beat()
        assert connected.wait(60)
        post_tip(stack, reference, "Seen at a market in Lyon", "n")
        wait_until(lambda: Tip.objects.get(text__contains="Lyon").state == "matched", 60)
        referral("ES")
        wait_until(lambda: mailbox.addresses == [officer.email], 60)
        wait_until(lambda: Destination.objects.filter(name="public store").exists(), 60)
