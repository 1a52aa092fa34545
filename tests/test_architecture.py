"""The way of a tip is one straight line: no import runs backwards."""

import ast
import re
from pathlib import Path

import pytest

STAGES = [
    "geography",
    "models",
    "intake",
    "matching",
    "claims",
    "triage",
    "routing",
    "desk",
    "export",
    "results",
]
PURE = [
    "tips/geography/*.py",
    "tips/matching/*.py",
]
PURE += ["objects/pictures/*.py", "tips/export/csv_writer.py", "tips/intake/bulk/csv_reader.py"]


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


def test_the_entrances_of_intake_know_nothing_of_one_another():
    entrances = ("form", "receipt", "bulk")
    for path in Path("tips/intake").rglob("*.py"):
        others = set(entrances) - {path.parent.name}
        for name in imports(path):
            parts = name.split(".")
            assert not (parts[:2] == ["tips", "intake"] and others & set(parts[2:3])), (path, name)


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
            assert set(re.findall(r"caches\[(\S+?)\]", path.read_text())) <= {
                '"memory"',
                '"pages"',
            }, path


# Which claim a tip belongs to, why, and what a claim counts.
OWNED = {"claim", "relation", "related_to", "reasons", "names_place", "gives_link"}
OWNED |= {"facts", "tip_count", "score", "merged_into", "is_by_hand", "is_flood"}
OWNER = Path("tips/claims/membership.py")


def written(tree):
    """The owned fields that a module writes: as attributes, in update() and in bulk, and new claims."""
    for node in ast.walk(tree):
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            for target in targets:
                parts = target.elts if isinstance(target, ast.Tuple) else [target]
                yield from (
                    part.attr.removesuffix("_id")
                    for part in parts
                    if isinstance(part, ast.Attribute)
                )
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr == "update":
                yield from (word.arg.removesuffix("_id") for word in node.keywords if word.arg)
            if ast.unparse(node.func) == "Claim.objects.create":
                yield "claim"


def test_what_belongs_to_what_has_one_writer():
    assert set(written(ast.parse(OWNER.read_text()))) | {"is_flood"} >= OWNED
    for path in Path("tips").rglob("*.py"):
        if path == OWNER or "migrations" in path.parts or "models" in path.parts:
            continue
        others = set(written(ast.parse(path.read_text()))) & OWNED
        assert not others, f"{path} writes {others}"
