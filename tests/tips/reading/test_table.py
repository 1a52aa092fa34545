"""The table: built once, shared, and rebuilt when it is damaged."""

import json
import threading

import pytest

from tips.reading import entries, folding, sources, table, text


@pytest.fixture
def small(monkeypatch):
    """Let a table be built of three names, in no time."""

    def collect():
        found = entries.Collection()
        found.places.append(entries.Place("Porto", "PT", 0, 237_000))
        found.add("Porto", entries.CITY, entries.ANY, 1)
        found.add("Portugal", entries.COUNTRY, 0, "PT")
        found.add("two", entries.NUMBER, 0, 2)
        found.words = sources.words()
        return found

    monkeypatch.setattr(sources, "collect", collect)
    monkeypatch.setattr(sources, "frequencies", lambda language: {"the": 0.05})


def test_it_holds_what_was_collected(small, tmp_path):
    table.build(tmp_path / "names")
    opened = table.Table(tmp_path / "names")
    (meaning,) = opened.meanings("porto")
    assert opened.place(int(meaning.value)).country == "PT"
    assert [m.value for m in opened.meanings("two")] == [2]
    assert opened.frequencies("the")["en"] > 7
    assert opened.meanings("nowhere") == ()


def test_a_zero_byte_is_the_end_of_no_name(small, tmp_path):
    table.build(tmp_path / "names")
    opened = table.Table(tmp_path / "names")
    assert opened.meanings("\0") == opened.meanings("porto\0") == ()
    assert opened.frequencies("\0") == {}


@pytest.mark.parametrize("name", ["names.marisa", "words.marisa", "places.bin", "manifest.json"])
def test_a_damaged_file_is_found_and_the_table_built_anew(small, tmp_path, name):
    table.load.cache_clear()
    opened = table.load(tmp_path)
    assert opened.meanings("porto")
    (folder,) = tmp_path.glob("names-*")
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises((OSError, ValueError, KeyError)):
        table.Table(folder)
    table.load.cache_clear()
    assert table.load(tmp_path).meanings("porto")
    table.load.cache_clear()


@pytest.mark.parametrize(
    "manifest", ["[]", '{"files": {}}', "null", '{"files": {"names.marisa": 1}}']
)
def test_a_manifest_of_another_shape_is_damage(small, tmp_path, manifest):
    table.load.cache_clear()
    table.load(tmp_path)
    (folder,) = tmp_path.glob("names-*")
    (folder / "manifest.json").write_text(manifest)
    table.load.cache_clear()
    assert table.load(tmp_path).meanings("porto")
    table.load.cache_clear()


def test_what_killed_builders_and_other_versions_left_is_removed(small, tmp_path):
    for name in (".names-0123-abcd", "names-0123"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "places.bin").write_bytes(b"old")
    table.load.cache_clear()
    table.load(tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [
        f"names-{table.fingerprint()}"
    ]
    table.load.cache_clear()


def test_two_that_build_at_once_do_no_harm(small, tmp_path):
    faults = []

    def build():
        try:
            table.build(tmp_path / "names")
            assert table.Table(tmp_path / "names").meanings("porto")
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=build) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert [p.name for p in tmp_path.iterdir()] == ["names"]


@pytest.mark.parametrize(
    "name",
    ["Porto", "São Tomé", "New  York", "İzmir", "Кёльн", "Йошкар", "東京", "ガーナ", "กรุงเทพ",
     "L'Aquila", "St. Ives", "أبها", "Straße", "Àrd Mhèinn", "서울", "ʻEua", "Oʼahu", "दिल्ली", ""],
)  # fmt: skip
def test_a_key_made_in_bulk_is_the_key_of_a_text(name):
    assert folding.key(name) == text.key(name)


def test_another_process_gives_the_same_forms_as_this_one(monkeypatch):
    names = {"keys": {"polen": "polen"}, "cities": [], "known": {"de": ["polen"]}}
    given = {"languages": ["de"], "names": names}
    here = json.loads(json.dumps(sources.forms_of(**given)))
    assert "polens" in {form for form, _, _ in here[0][1]}
    assert json.loads(json.dumps(sources.apart("forms", given)())) == here
    monkeypatch.setattr(sources, "_child", lambda order: None)
    assert json.loads(json.dumps(sources.apart("forms", given)())) == here
