"""An error's message may quote a tip, so it reaches no log of any process."""

import os
import urllib.error
import urllib.parse
import urllib.request

import pytest
from django.conf import settings
from django.db import connection

from tests.factories import published
from tests.faults import leaky_tasks
from tests.stack import manage, wait_until
from tips.models import Tip
from traceobject import embedded, serve
from traceobject.outbox.models import Step

pytestmark = [pytest.mark.stack]
SECRETS = ("telltale", "jane@", "seen in Lyon")


def has_no_private_text(text):
    return not [secret for secret in SECRETS if secret in text]


def test_a_workers_log_has_only_the_kind_and_place_of_any_error(stack):
    stack.start("worker", [*serve.worker_command(), "--include", "tests.faults.leaky_tasks"])
    sent = "from celery import current_app as app\n"
    for step in [*leaky_tasks.STEPS, leaky_tasks.is_quiet]:
        sent += f"app.send_task({step.name!r})\n"
    assert manage("shell", "-c", sent, environment=stack.environment).returncode == 0
    wait_until(lambda: "the last one" in stack.log("worker"), 60)
    wait_until(lambda: "Hard time limit" in stack.log("worker"), 60)
    wait_until(lambda: "in retries" in stack.log("worker"), 60)
    stack.site.stop()
    log = stack.log("worker")
    assert has_no_private_text(log), log
    for kind in ("ValueError", "RuntimeError", "ExceptionGroup", "WorkerLostError", "UserWarning"):
        assert kind in log, kind
    for step in ("raises", "retries", "takes_too_long", "writes_it_down"):
        assert f"in {step}" in log, step  # the line of the traceback


def test_a_beat_that_fails_logs_the_place_and_no_message(stack):
    stack.start("beat", [*serve.beat_command(), "-S", "tests.faults.leaky_tasks:FailingScheduler"])
    wait_until(lambda: stack.site.dead() == "beat", 40)
    log = stack.log("beat")
    assert has_no_private_text(log), log
    assert "ValueError" in log
    assert "in tick" in log


@pytest.mark.parametrize("step", ["raises", "fails_in_a_thread", "warns", "raises_a_group"])
def test_a_command_that_fails_prints_the_place_and_no_message(stack, step):
    code = f"from tests.faults import leaky_tasks; leaky_tasks.{step}()"
    done = manage("shell", "-c", code, environment=stack.environment)
    assert has_no_private_text(done.stdout + done.stderr), done.stderr
    assert "Error" in done.stderr or "UserWarning" in done.stderr or "ExceptionGroup" in done.stderr
    assert "leaky_tasks.py" in done.stderr


def test_a_tip_that_the_database_refuses_is_quoted_in_no_log(stack):
    reference = published(pictures=0).reference
    stack.web()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tips_tip ADD CHECK (text NOT LIKE '%telltale%')")
    body = urllib.parse.urlencode({"text": leaky_tasks.PRIVATE_TEXT}).encode()
    with pytest.raises(urllib.error.HTTPError) as failed:
        urllib.request.urlopen(f"{stack.url}/objects/{reference}/tip/", body, timeout=20)
    assert failed.value.code == 503
    log = stack.log("web")
    assert "IntegrityError" in log
    assert has_no_private_text(log), log
    if not os.environ.get("TEST_DATABASE_URL"):  # a server of one's own has its log elsewhere
        assert has_no_private_text(embedded.Paths(settings.VAR_DIR).log.read_text())


def test_a_step_that_the_database_refuses_quotes_its_tip_in_no_log(stack):
    reference = published(pictures=0).reference
    stack.web()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'telltale: %', (SELECT string_agg(text, ',') FROM tips_tip); END $$;"
            "CREATE TRIGGER tell BEFORE INSERT ON tips_claim FOR EACH ROW EXECUTE FUNCTION tell()"
        )
    body = urllib.parse.urlencode({"text": "seen in Lyon"}).encode()
    urllib.request.urlopen(f"{stack.url}/objects/{reference}/tip/", body, timeout=20).close()
    stack.worker()
    stack.beat()
    wait_until(lambda: "Traceback" in stack.log("worker"), 60)
    log = stack.log("worker")
    assert "match" in log
    assert has_no_private_text(log), log
    assert Tip.objects.exists()
    assert Step.objects.filter(name="match").exists()
