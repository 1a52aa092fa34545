"""The way of a tip is one straight line: no import runs backwards."""

import ast
import re
from pathlib import Path

import pytest

STAGES = [
    "places",
    "models",
    "intake",
    "matching",
    "triage",
    "routing",
    "desk",
    "export",
    "results",
]
PURE = [
    "tips/places/*.py",
    "tips/matching/normalise.py",
    "tips/matching/signature.py",
    "tips/matching/guard.py",
]
PURE += ["objects/pictures/*.py", "tips/export/csvfile.py", "tips/intake/csvfile.py"]


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_imports_only_stages_before_it(stage):
    later = STAGES[STAGES.index(stage) + 1 :]
    for path in Path("tips", stage).rglob("*.py"):
        for name in imports(path):
            parts = name.split(".")
            assert not (parts[0] == "tips" and len(parts) > 1 and parts[1] in later), (
                f"{path}: {name}"
            )


def test_objects_never_imports_tips_and_the_project_knows_of_neither():
    for path in Path("objects").rglob("*.py"):
        assert not any(name.split(".")[0] == "tips" for name in imports(path)), path
    for path in Path("traceobject").rglob("*.py"):
        if path.name in ("urls.py", "settings.py"):
            continue
        assert not any(name.split(".")[0] in ("tips", "objects") for name in imports(path)), path


@pytest.mark.parametrize("pattern", PURE)
def test_pure_modules_know_no_framework(pattern):
    for path in Path().glob(pattern):
        assert not any(name.split(".")[0] == "django" for name in imports(path)), path


def test_no_code_of_ours_keeps_anything_in_the_cache_that_is_a_table():
    for folder in ("traceobject", "objects", "tips"):
        for path in Path(folder).rglob("*.py"):
            assert "django.core.cache.cache" not in set(imports(path)), path
            assert set(re.findall(r"caches\[(\S+?)\]", path.read_text())) <= {'"memory"'}, path
