"""docs/security.md leaves no requirement out, and names only what exists."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

PAGE = Path("docs/security.md").read_text()
ROWS = re.findall(r"^\| (\d[\d., ]*) \| ([a-z ]+) \| (.+) \|$", PAGE, re.M)
STATES = {"met", "partly", "not met", "does not apply"}
# OWASP ASVS 5.0.0: the levels of each section's requirements, in their order.
LEVELS = {
    **{"1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123"},
    **{"2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23"},
    **{"3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333"},
    **{"3.6": "3", "3.7": "22333", "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222"},
    **{"5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222"},
    **{"6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233"},
    **{"6.5": "22222333", "6.6": "2223", "6.7": "33", "6.8": "2222"},
    **{"7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22"},
    **{"8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23", "9.1": "111", "9.2": "1222"},
    **{"10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333"},
    **{"10.5": "22222", "10.6": "22", "10.7": "222"},
    **{"11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23"},
    **{"11.6": "23", "11.7": "33", "12.1": "12233", "12.2": "11", "12.3": "22223"},
    **{"13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233"},
    **{"14.1": "22", "14.2": "12223333", "14.3": "122"},
    **{"15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333"},
    **{"16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223"},
    **{"17.1": "23", "17.2": "22223333", "17.3": "22"},
}
LEVEL = {
    f"{section}.{place}": int(level)
    for section, levels in LEVELS.items()
    for place, level in enumerate(levels, 1)
}


def numbers(cell):
    return re.findall(r"\d+\.\d+\.\d+", cell)


def test_every_requirement_of_the_first_two_levels_is_answered_once():
    answered = [number for row in ROWS for number in numbers(row[0])]
    assert len(answered) == len(set(answered))
    assert set(answered) <= set(LEVEL)
    assert {number for number, level in LEVEL.items() if level < 3} - set(answered) == set()
    assert {row[1] for row in ROWS} == STATES


def test_the_summary_names_what_is_not_met_at_these_levels():
    summary = PAGE.partition("* Not met:")[2].partition("\n")[0]
    missing = {n for row in ROWS if row[1] == "not met" for n in numbers(row[0])}
    assert {n for n in missing if LEVEL[n] < 3} <= set(numbers(summary)) <= missing


@pytest.mark.parametrize("row", [row for row in ROWS if row[1] == "met"], ids=lambda row: row[0])
def test_what_is_met_names_a_test_a_setting_or_a_file(row):
    assert re.search(r"`(test_\w+|[A-Z][A-Z_]+|[\w/-]+\.[a-z]+)`", row[2]), row


def test_each_test_that_is_named_exists():
    written = "".join(path.read_text() for path in Path("tests").rglob("test_*.py"))
    defined = set(re.findall(r"def (test_\w+)", written))
    assert set(re.findall(r"`(test_\w+)`", PAGE)) - defined == set()


def test_each_setting_that_is_named_exists():
    operators = set(re.findall(r"^\| `([A-Z_]+)`", Path("docs/operators.md").read_text(), re.M))
    for name in re.findall(r"`([A-Z][A-Z_]{3,})`", PAGE):
        assert name in operators or hasattr(settings, name), name


def test_each_file_that_is_named_exists():
    for name in re.findall(r"`([\w-]+(?:/[\w.-]+)*\.(?:py|txt|toml|json|conf|service))`", PAGE):
        assert Path(name).exists(), name


# --- the inventory ---------------------------------------------------------------------------------

INVENTORY = Path("docs/inventory.md").read_text()


@pytest.mark.parametrize(
    "label", [model._meta.label for model in apps.get_models(include_auto_created=True)]
)
def test_every_table_has_a_level(label):
    row = next((line for line in INVENTORY.splitlines() if f"`{label}`" in line), "")
    level = row.split("|")[2].strip() if row else ""
    assert level in {"public", "internal", "confidential", "secret"}, label


def test_every_key_and_password_of_the_settings_is_in_the_inventory():
    keys = INVENTORY.partition("## Keys")[2].partition("## ")[0]
    guide = Path("docs/operators.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", guide, re.M))
    secret = {
        name
        for name in documented
        if re.search(r"KEYS?$|SECRET|PASSWORD|^(DATABASE|REDIS|EMAIL)_URL$", name)
    }
    assert len(secret) >= 7
    assert {name for name in secret if f"`{name}`" not in keys} == {"S3_ACCESS_KEY_ID"} & secret
