"""A name server that hangs and an expired certificate are reported plainly and delay nothing else."""

import os
import socket
import ssl
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from objects import publishing
from objects.steps import ObjectStep
from tests.factories import published, staff
from tests.mailserver import mail_server
from tests.skips import skip_or_fail
from traceobject import mail
from traceobject.errors import Unreachable
from traceobject.outbox import health, queue
from traceobject.staff.roles import Role


@pytest.fixture
def expired(tmp_path):
    """A server's TLS context with a certificate that expired yesterday."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    yesterday = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(yesterday - timedelta(days=30))
        .not_valid_after(yesterday)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (tmp_path / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    return context, str(tmp_path / "cert.pem")


def test_no_mail_goes_to_a_server_whose_certificate_has_expired(settings, expired, monkeypatch):
    context, trusted = expired
    monkeypatch.setenv("SSL_CERT_FILE", trusted)  # its issuer is known: only the time is wrong
    with mail_server(context) as (mailbox, url):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", int(url.rpartition(":")[2])
        settings.EMAIL_USE_TLS = True
        with pytest.raises(
            Unreachable, match=r"certificate is not valid \(certificate has expired"
        ):
            mail.send(to="a@agency.example", subject="s", body="b", name="n")
        assert mailbox.received == []


def test_no_purge_goes_to_a_server_whose_certificate_has_expired(settings, expired, monkeypatch):
    context, trusted = expired
    monkeypatch.setenv("SSL_CERT_FILE", trusted)
    heard = []

    class Hears(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hears)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        settings.PURGE_WEBHOOK_URL = f"https://localhost:{server.server_port}/"
        settings.PURGE_WEBHOOK_KEY = "k" * 40
        publishing.withdraw(published(pictures=0), by=staff(Role.ANALYST), reason="x")
        queue.drain(names=[ObjectStep.PURGE_CACHES])
    finally:
        server.shutdown()
        server.server_close()
    (step,) = health.failing(ObjectStep.PURGE_CACHES)
    assert "certificate is not valid (certificate has expired)" in step.reason
    assert heard == []


SEND = """
import django; django.setup()
from traceobject import mail
from traceobject.outbox.deadline import deadline
from traceobject.outbox.lanes import BOUNDS, Lane
with deadline(BOUNDS[Lane.OUTSIDE].longest_step):
    try:
        mail.send(to="a@agency.example", subject="s", body="b", name="n")
    except Exception as error:
        print(type(error).__name__, error)
"""


def test_a_name_server_that_hangs_ends_in_a_plain_reason(tmp_path):
    if os.geteuid() != 0:
        skip_or_fail("a name server of the test's own needs root")
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.53", 53))
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.53\noptions timeout:2 attempts:2\n")
    mount = f"mount --bind {tmp_path}/resolv.conf /etc/resolv.conf"
    try:
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh"]
            + [sys.executable, "-c", SEND],
            env={
                **os.environ,
                "EMAIL_URL": "smtp://mail.agency.example:25",
                "DJANGO_SETTINGS_MODULE": "traceobject.settings",
            },
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert done.stdout.startswith("Unreachable The mail server cannot be reached"), done.stderr
        silent.settimeout(0)
        assert silent.recv(512)  # it was asked
    finally:
        silent.close()
