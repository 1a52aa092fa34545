"""An agency's old mailbox comes in: message by message, and what is broken spoils only itself."""

import contextlib
import mailbox
from email.message import EmailMessage

import pytest
from django.core.management import CommandError, call_command

from tests.factories import published
from tips.models import Tip
from traceobject.crypto import sealing


def mail(subject, text, *, html="", picture=b"", sender="Jane <jane@mail.example>", identity=None):
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = subject, sender, "tips@agency.example"
    made["Date"] = "Fri, 31 May 2024 14:02:03 +0200"
    if identity:
        made["Message-ID"] = f"<{identity}@mail.example>"
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    if picture:
        made.add_attachment(picture, maintype="image", subtype="jpeg", filename="bag.jpg")
    return made


@pytest.fixture
def box(tmp_path):
    path = tmp_path / "old.mbox"
    return path, mailbox.mbox(path)


def test_it_works(box, capsys):
    path, kept = box
    made = published(pictures=0)
    kept.add(
        mail(f"About {made.reference}", "Sold in Sevilla.\nFrom the market there.", identity="1")
    )
    kept.add(
        mail(
            "Your picture",
            f"It is {made.reference.lower()}, seen in Faro",
            identity="2",
            picture=b"\xff\xd8",
        )
    )
    html = mail(f"Re: {made.reference}", "x", identity="3")
    html.set_content("<p>Sold in <b>Lyon</b></p><style>b{}</style><p>in 2017</p>", subtype="html")
    kept.add(html)
    kept.flush()
    call_command("import_tips", str(path), "--wait")
    texts = list(Tip.objects.order_by("id").values_list("text", flat=True))
    assert texts[0] == "Sold in Sevilla.\nFrom the market there."
    assert "Faro" in texts[1]
    assert " ".join(texts[2].split()) == "Sold in Lyon in 2017"
    tip = Tip.objects.earliest("id")
    assert (tip.external_id, tip.source, tip.state) == (
        "mail:<1@mail.example>",
        "import",
        "matched",
    )
    assert sealing.unseal(tip.contact) == "jane@mail.example"
    assert tip.received_at.isoformat() == "2024-05-31T12:00:00+00:00"
    told = capsys.readouterr()
    assert "3 tips added" in told.out
    assert "attached files not imported: 1" in told.err


def test_importing_a_mailbox_again_changes_nothing(box, capsys):
    path, kept = box
    made = published(pictures=0)
    kept.add(mail(f"About {made.reference}", "Sold in Sevilla"))  # without an id of its own
    kept.flush()
    for _ in range(2):
        call_command("import_tips", str(path))
    assert Tip.objects.count() == 1
    assert "1 already known" in capsys.readouterr().out


def test_a_message_about_nothing_known_is_named_and_the_others_go_in(box, capsys):
    path, kept = box
    made = published(pictures=0)
    kept.add(mail("Hello", "I know this bag", identity="1"))
    kept.add(mail(f"About {made.reference}", "", identity="2"))
    kept.add(mail(f"About {made.reference}", "Sold in Faro", identity="3"))
    kept.flush()
    with pytest.raises(CommandError, match="skipped 2 bad rows"):
        call_command("import_tips", str(path))
    err = capsys.readouterr().err
    assert "line 1: object is empty" in err
    assert "text is empty" in err
    assert Tip.objects.count() == 1
    call_command_again = pytest.raises(CommandError, match="skipped 1 bad row")
    with call_command_again:
        call_command("import_tips", str(path), "--object", made.reference)
    assert Tip.objects.count() == 2


@pytest.mark.parametrize(
    "broken",
    [
        b"From x\nContent-Type: text/plain; charset=no-such\n\n\xff\xfe hello A1-11\n\n",
        b"From x\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\n",
        b"From x\nDate: yesterday\nSubject: =?utf-8?b?broken?=\n\nhello\n\n",
        b"no mailbox at all\n",
        b"From \n" * 50,
    ],
)
def test_a_broken_message_never_stops_the_rest(tmp_path, broken):
    made = published(pictures=0)
    path = tmp_path / "old.mbox"
    good = f"From y\nSubject: {made.reference}\nMessage-ID: <9@x>\n\nSold in Faro\n".encode()
    path.write_bytes(broken + b"\n" + good)
    with contextlib.suppress(CommandError):  # the broken one is reported, or was nothing to report
        call_command("import_tips", str(path))
    assert Tip.objects.filter(text__contains="Faro").count() == 1
