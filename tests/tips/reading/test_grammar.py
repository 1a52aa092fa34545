"""The grammar files: each can be read, and each key is explained."""

import tomllib

import pytest

from tips.reading.grammar import FOLDER, grammar, grammars

EXPECTED = "en fr de es pt it nl pl uk ru ar tr ro sv zh el".split()


@pytest.mark.parametrize("language", EXPECTED)
def test_each_language_of_the_site_has_a_grammar(language):
    rules = grammars()[language]
    assert rules.words
    assert rules.language == language


def test_every_key_is_explained_in_the_readme():
    explained = (FOLDER / "README.md").read_text("utf-8")
    for path in FOLDER.glob("*.toml"):
        for key in tomllib.loads(path.read_text("utf-8")):
            assert f"`{key}`" in explained, f"{path.name}: {key}"


def test_stems_endings_and_phrases_are_told_apart():
    german = grammar("de")
    assert "made" in german.classes("hergestellt")
    assert "sold" in german.classes("gekaufte")
    assert "street" in german.classes("hauptstrasse")
    assert ("nicht", "nur") in german.phrases


def test_a_language_without_a_file_has_no_grammar_and_does_no_harm():
    assert grammar("xx").classes("word") == frozenset()
