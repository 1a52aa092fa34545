"""Importing a file: bad rows are named with their line, the others go in, and twice is once."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import published
from tests.stack import manage
from tips.intake.bulk.csv_reader import BadHeader, records
from tips.models import Claim, Tip
from traceobject.crypto import sealing

HEADER = b"external_id,object,text,country,email,url,received_at\n"


@pytest.fixture
def reference():
    return published(pictures=0, reference="G4-19").reference


def run(tmp_path, body, *options):
    """Import a file; return standard output, standard error and the final error."""
    path = tmp_path / "tips.csv"
    path.write_bytes(body)
    out, err, refusal = io.StringIO(), io.StringIO(), ""
    try:
        call_command("import_tips", str(path), *options, stdout=out, stderr=err)
    except CommandError as error:
        refusal = str(error)
    return out.getvalue(), err.getvalue(), refusal


def test_it_works(tmp_path, reference):
    body = (
        HEADER
        + b'a1,G4-19,"Seen in Lyon, France",FR,jane@mail.example,https://x.example,2024-05-31T14:20:00Z\n'
    )
    out, err, refusal = run(tmp_path, body)
    assert (out, err, refusal) == ("1 tip added, 0 already known, 0 bad rows\n", "", "")
    tip = Tip.objects.get()
    assert (tip.external_id, tip.text, tip.country) == ("a1", "Seen in Lyon, France", "FR")
    assert tip.received_at.isoformat() == "2024-05-31T14:00:00+00:00"
    assert sealing.unseal(tip.contact) == "jane@mail.example"


def test_importing_again_changes_nothing(tmp_path, reference):
    body = HEADER + b"a1,G4-19,one,,,,\na2,G4-19,two,,,,\n"
    run(tmp_path, body)
    out, _, refusal = run(tmp_path, body)
    assert out == "0 tips added, 2 already known, 0 bad rows\n"
    assert refusal == ""
    assert Tip.objects.count() == 2


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (b"b,NO-1,text,,,,", "no object 'NO-1'"),
        (b"b,,text,,,,", "object is empty"),
        (b"b,G4-19,,,,,", "text is empty"),
        (b",G4-19,text,,,,", "external_id is empty"),
        (b"b,G4-19,text", "3 columns"),
        (b"b,G4-19,text,,,,,,,", "10 columns"),
        (b'b,G4-19,"never closed,,,,', "quote"),
        (b'b,G4-19,"te"x"t",,,,', "malformed"),
        (b"b,G4-19,a\x00b,,,,", "NUL"),
        (b"b,G4-19,caf\xe9,,,,", "UTF-8"),
        (b"b,G4-19," + b"x" * 1_000_000 + b",,,,", "characters"),
        (b"b,G4-19,text,Spain,,,", "ISO 3166-1"),
        (b"b,G4-19,text,,not an address,,", "email"),
        (b"b,G4-19,text,,,,yesterday", "received_at"),
        (b"b,G4-19,text,,,,2024-02-31", "received_at"),
        (b"a1,G4-19,another text,,,,", "twice"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_the_others_go_in(tmp_path, reference, row, why):
    body = HEADER + b'a1,G4-19,"first\nover two lines",,,,\n' + row + b"\na3,G4-19,third,,,,\n"
    out, err, refusal = run(tmp_path, body)
    assert sorted(Tip.objects.values_list("external_id", flat=True)) == ["a1", "a3"]
    assert "line 4" in err
    assert why in err
    assert "1 bad row\n" in out
    assert "skipped 1 bad row" in refusal


def test_a_text_that_changed_since_the_last_import_is_reported_and_not_overwritten(
    tmp_path, reference
):
    run(tmp_path, HEADER + b"a1,G4-19,one,,,,\n")
    _, err, _ = run(tmp_path, HEADER + b"a1,G4-19,another,,,,\n")
    assert "line 2" in err
    assert Tip.objects.get().text == "one"


def test_only_the_first_three_columns_are_needed_in_any_order(tmp_path, reference):
    run(
        tmp_path,
        "\ufefftext;x".replace(";x", "").encode() + b",external_id,object\nhello,a1,g4-19\n",
    )
    assert Tip.objects.get().text == "hello"


def test_an_inch_sign_does_not_swallow_the_rows_after_it(tmp_path, reference):
    run(tmp_path, HEADER + b'a1,G4-19,a 5" screen,,,,\na2,G4-19,next,,,,\n')
    assert Tip.objects.count() == 2


def test_wait_returns_when_all_is_matched(tmp_path, reference):
    run(
        tmp_path,
        HEADER + b"a1,G4-19,Lidl bag from Lyon,,,,\na2,G4-19,lidl bag from lyon!,,,,\n",
        "--wait",
    )
    assert Tip.objects.filter(state="matched").count() == 2
    assert Claim.objects.count() == 1


@pytest.mark.parametrize("name", ["missing.csv", "empty.csv", "header.csv", "folder"])
def test_a_file_that_cannot_be_read_is_one_line_and_exit_1(tmp_path, name, own_database):
    (tmp_path / "empty.csv").touch()
    (tmp_path / "header.csv").write_text("id,words\n1,hello\n")
    (tmp_path / "folder").mkdir()
    done = manage("import_tips", str(tmp_path / name))
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_a_file_without_the_needed_columns_says_which(tmp_path):
    with pytest.raises(BadHeader, match="object, text"):
        list(records([b"external_id,words\n"]))


ROWS = st.lists(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30),
        min_size=3,
        max_size=3,
    ),
    max_size=8,
)


@settings(max_examples=200, deadline=None)
@given(ROWS)
def test_whatever_the_csv_module_writes_is_read_back(rows):
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["external_id", "object", "text"])
    writer.writerows(rows)
    lines = out.getvalue().encode().splitlines(keepends=True)
    read = [record.values for record in records(_joined(lines)) if not record.error]
    assert [list(values.values()) for values in read] == rows or any(
        "\r" in cell for row in rows for cell in row
    )


def _joined(lines):
    """Join lines as a file opened in binary returns them: ended by a line feed only."""
    return io.BytesIO(b"".join(lines))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_end_in_records_or_errors_and_never_hang(body):
    for record in records(io.BytesIO(b"external_id,object,text\n" + body)):
        assert record.line >= 2
        assert bool(record.error) != bool(record.values)
