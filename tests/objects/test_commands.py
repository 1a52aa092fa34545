"""Commands of objects report an error in one line on stderr, with exit code 1."""

import pytest

from objects.models import KnownHash
from tests.factories import published
from tests.stack import manage


@pytest.fixture
def environment(stack):
    return stack.environment


def test_a_hash_list_is_imported_with_its_source_and_date(environment, tmp_path):
    path = tmp_path / "agency.csv"
    path.write_text(f"kind,hash\npdq,{'ab' * 32}\nsha256,{'cd' * 32}\n")
    done = manage(
        *("import_hashlist", str(path), "--source", "Agency", "--date", "2026-03-01"),
        environment=environment,
    )
    assert (done.returncode, done.stdout) == (0, "hashes added: 2, already known: 0\n"), done.stderr
    assert {str(each.hash_list) for each in KnownHash.objects.all()} == {"Agency, 2026-03-01"}


def test_bad_lines_are_named_the_good_ones_go_in_and_the_exit_code_says_so(environment, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text(f"{'ab' * 32}\nnonsense\n")
    done = manage("import_hashlist", str(path), "--kind", "pdq", environment=environment)
    assert done.returncode == 1
    assert done.stdout == "hashes added: 1, already known: 0\n"
    assert done.stderr.splitlines()[0].startswith("line 2: ")
    assert "1 bad line" in done.stderr


def test_a_list_that_names_a_published_picture_says_which_object_to_withdraw(environment, tmp_path):
    made = published(reference="G4-19")
    path = tmp_path / "list.txt"
    path.write_text(f"{made.pictures.get().pdq}\n")
    done = manage("import_hashlist", str(path), "--kind", "pdq", environment=environment)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "withdraw these published objects: G4-19" in done.stderr
    assert KnownHash.objects.count() == 1


@pytest.mark.parametrize(
    "arguments", [("no-such-file",), (".",), ("x", "--kind", "md5"), ("x", "--date", "1.3.2026")]
)
def test_a_mistake_is_one_line(environment, tmp_path, arguments):
    done = manage("import_hashlist", *arguments, environment=environment, cwd=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_a_list_that_is_no_text_is_one_line(environment, tmp_path):
    path = tmp_path / "x.bin"
    path.write_bytes(b"\xff\xfe\x00\x80" * 50)
    done = manage("import_hashlist", str(path), "--kind", "pdq", environment=environment)
    assert done.returncode == 1
    assert "not a text file" in done.stderr
