"""Each day the digest of the newest audit entry leaves the machine, and what left it can be compared."""

from __future__ import annotations

import http.server
import subprocess
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from tests.stack import manage
from traceobject.audit import head, trail
from traceobject.audit.models import Entry
from traceobject.outbox import health, queue
from traceobject.outbox.models import Step
from traceobject.staff.authority import System


@pytest.fixture
def places(settings, tmp_path):
    """Both places are set; the file's folder is there."""
    settings.AUDIT_HEAD_EMAIL = "auditor@elsewhere.example"
    settings.AUDIT_HEAD_FILE = str(tmp_path / "heads")
    return tmp_path / "heads"


def some(count=3):
    for number in range(count):
        with transaction.atomic():
            trail.record("claim.rejected", f"claim {number}", by=System.COMMAND_LINE)


def rewrite():
    """Put another valid chain of the same length in the trail's place."""
    count = Entry.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER; DELETE FROM audit_entry")
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    some(count)


def test_once_a_day_the_head_is_mailed_and_written_down(places):
    some()
    now = timezone.now()
    assert head.note(now)
    assert not head.note(now + timedelta(hours=22))
    queue.drain()
    entry = Entry.objects.first()
    line = f"{entry.number}:{entry.digest} {now:%Y-%m-%d}"
    assert entry.action == head.NOTED
    assert places.read_text() == f"{line}\n"
    (sent,) = mail.outbox
    assert sent.to == ["auditor@elsewhere.example"]
    assert line in sent.body
    assert head.note(now + timedelta(hours=24))
    queue.drain()
    assert len(places.read_text().splitlines()) == len(mail.outbox) == 2


def test_a_clock_that_was_ahead_stops_nothing(places):
    assert head.note(timezone.now())
    assert head.note(timezone.now() - timedelta(days=400))


def test_without_a_place_to_go_nothing_is_noted():
    some()
    assert not head.note(timezone.now())
    assert Entry.objects.count() == 3


def test_a_head_that_is_written_again_is_there_once(places):
    some()
    head.write_head(3)
    head.write_head(3)
    assert len(places.read_text().splitlines()) == 1


def test_a_file_that_cannot_be_written_is_retried_and_seen_by_health(places, settings):
    settings.AUDIT_HEAD_FILE = str(places.parent / "missing" / "heads")
    head.note(timezone.now())
    queue.drain()
    (step,) = health.failing()
    assert step.reason == "AUDIT_HEAD_FILE cannot be written (No such file or directory)."
    (places.parent / "missing").mkdir()
    Step.objects.update(due_at=timezone.now())
    queue.drain()
    assert Path(settings.AUDIT_HEAD_FILE).exists()
    assert not Step.objects.exists()


def test_a_mail_that_is_refused_waits_and_is_seen_by_health(places, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    head.note(timezone.now())
    queue.drain()
    assert [step.name for step in health.failing()] == ["audit.mail_head"]
    assert places.exists()  # the file does not wait for the mail


def test_a_trail_that_was_written_anew_differs_from_the_file(places, capsys):
    some()
    head.note(timezone.now())
    queue.drain()
    call_command("verify_audit", "--heads", str(places))
    assert "1 known digest found" in capsys.readouterr().out
    rewrite()
    call_command("verify_audit")
    with pytest.raises(CommandError, match="audit entry 4 is broken: its digest is not"):
        call_command("verify_audit", "--heads", str(places))


def test_a_file_of_heads_that_is_missing_or_spoilt_is_said_in_one_line(places):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_audit", "--heads", str(places))
    places.write_text("4:abc\n")
    with pytest.raises(CommandError, match="is not NUMBER:DIGEST"):
        call_command("verify_audit", "--heads", str(places))
    places.write_text(f"4:{'a' * 64}\n4:{'b' * 64}\n")
    with pytest.raises(CommandError, match="two different digests of entry 4"):
        call_command("verify_audit", "--heads", str(places))


# --- time stamps, by a real service made with OpenSSL ------------------------------------------

TSA = """
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""
EXTENSIONS = "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"


def openssl(*words, folder, stdin=b""):
    return subprocess.run(
        ["openssl", *words], cwd=folder, input=stdin, capture_output=True, check=True
    ).stdout


def new_authority(folder, name="ca"):
    openssl(
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-days", "2"),
        *("-addext", "basicConstraints=critical,CA:TRUE"),
        *("-keyout", f"{name}.key", "-out", f"{name}.pem"),
        folder=folder,
    )


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A time stamp service. Yield its address, its folder, and a list that spoils answers."""
    folder = tmp_path_factory.mktemp("tsa")
    new_authority(folder)
    new_authority(folder, "stranger")
    openssl(
        *("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=tsa", "-keyout", "tsa.key"),
        *("-out", "tsa.csr"),
        folder=folder,
    )
    (folder / "extensions").write_text(EXTENSIONS)
    openssl(
        *("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2"),
        *("-CAcreateserial", "-extfile", "extensions", "-out", "tsa.pem"),
        folder=folder,
    )
    (folder / "tsa.cnf").write_text(TSA.format(folder=folder))
    (folder / "serial").write_text("01\n")
    spoil = []

    class Service(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked = self.rfile.read(int(self.headers["content-length"]))
            (folder / "asked.tsq").write_bytes(asked)
            answer = openssl(
                *("ts", "-reply", "-queryfile", "asked.tsq", "-config", "tsa.cnf"), folder=folder
            )
            for change in spoil:
                answer = change(answer)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", folder, spoil
    server.shutdown()
    server.server_close()


@pytest.fixture
def stamped(service, places, settings):
    address, folder, spoil = service
    spoil.clear()
    settings.AUDIT_TSA_URL = address
    settings.AUDIT_TSA_CERTIFICATES = str(folder / "ca.pem")
    some()
    head.note(timezone.now())
    return places


def test_a_head_is_stamped_and_the_stamp_is_verified(stamped, service, capsys):
    queue.drain()
    stamp = head.stamp_path(stamped, 4)
    call_command("verify_audit", "--heads", str(stamped))
    assert "1 known digest found, 1 time stamp valid" in capsys.readouterr().out
    data = stamped.with_name("data")  # anybody can verify it with OpenSSL, without this site
    data.write_text(stamped.read_text().split()[0])
    words = ("ts", "-verify", "-in", stamp, "-data", data, "-CAfile", "ca.pem")
    openssl(*words, folder=service[1])  # raises an error unless it is valid


def test_a_stamp_over_something_else_or_by_a_stranger_is_refused(stamped, service, settings):
    queue.drain()
    whole = stamped.read_text()
    stamped.write_text(whole.replace(whole.split(":")[1][:8], "00000000"))
    with pytest.raises(CommandError, match=r"time stamp heads\.4\.tsr is not valid"):
        call_command("verify_audit", "--heads", str(stamped))
    stamped.write_text(whole)
    settings.AUDIT_TSA_CERTIFICATES = str(service[1] / "stranger.pem")
    with pytest.raises(CommandError, match=r"time stamp heads\.4\.tsr is not valid"):
        call_command("verify_audit", "--heads", str(stamped))
    settings.AUDIT_TSA_CERTIFICATES = ""
    with pytest.raises(CommandError, match="AUDIT_TSA_CERTIFICATES cannot be read"):
        call_command("verify_audit", "--heads", str(stamped))


@pytest.mark.parametrize("change", [lambda stamp: b"<html>", lambda stamp: stamp[:-40] + bytes(40)])
def test_an_answer_that_is_no_valid_stamp_is_not_stored_and_is_retried(stamped, service, change):
    service[2].append(change)
    queue.drain()
    assert not head.stamp_path(stamped, 4).exists()
    (step,) = health.failing()
    assert step.name == "audit.stamp_head"
    assert step.reason.startswith("The time stamp is not valid: ")
    service[2].clear()
    Step.objects.update(due_at=timezone.now())
    queue.drain()
    assert head.stamp_path(stamped, 4).exists()


def test_a_service_that_does_not_answer_delays_neither_mail_nor_file(stamped, settings):
    settings.AUDIT_TSA_URL = "http://127.0.0.1:1"
    queue.drain()
    assert stamped.exists()
    assert len(mail.outbox) == 1
    assert [step.name for step in health.failing()] == ["audit.stamp_head"]


def test_stamps_without_a_file_or_certificates_are_refused_at_the_start(tmp_path):
    environment = {"VAR_DIR": str(tmp_path), "AUDIT_TSA_URL": "https://tsa.example"}
    done = manage("check", environment=environment)
    assert done.returncode == 1
    assert "AUDIT_HEAD_FILE" in done.stderr
