"""The architecture: no import runs backwards, and each fact has one owner."""

import ast
import re
from pathlib import Path

import pytest

STAGES = [
    "reading",
    "models",
    "intake",
    "matching",
    "claims",
    "triage",
    "routing",
    "desk",
    "export",
    "results",
    "retention",
]
# What is pure: whole folders, so that a new module is, too.
PURE = ["tips/matching", "tips/reading", "objects/pictures"]
PURE_FILES = [
    *("tips/export/csv_writer.py", "tips/intake/bulk/csv_reader.py", "tips/intake/bulk/mailbox.py"),
    *("tips/intake/refusals.py", "tips/claims/ranking.py", "tips/sample/categories.py"),
    *("objects/audit_sentences.py", "tips/audit_sentences.py"),
    *("objects/sample/studio.py", "objects/sample/drawings.py", "tips/sample/texts.py"),
]
# What in these folders is not: it has effects, for the reason given.
NOT_PURE = {
    "tips/reading/sources.py": "gives half of the work to another process",
    "tips/reading/sources_places.py": "asks where a library's translations are",
    "tips/reading/table.py": "opens the table of names, and builds it",
    "objects/pictures/cage.py": "asks the kernel to lock that process in",
    "objects/pictures/child.py": "is the process in which pictures are worked on",
    "objects/pictures/isolated.py": "starts that process",
}
# What a pure module may take of the project: other pure modules, and errors.
# The reader is pure but for its table, which it opens once and never changes.
HARMLESS = ("traceobject.errors", "tips.reading")
EFFECTS = {"subprocess", "socket", "requests", "urllib.request", "threading", "redis", "psycopg2"}
EFFECTS |= {"os", "sys", "tempfile", "time", "secrets", "logging"}
FRAMEWORK = ("django", "celery", "parler", "csp", "allauth")


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


def pure_modules():
    found = {str(path) for folder in PURE for path in Path(folder).rglob("*.py")} | set(PURE_FILES)
    return sorted(found - set(NOT_PURE))


def impurities(module):
    """What a module imports that a pure one does not: the framework, the world outside, what is not pure."""
    pure = [name.removesuffix(".py").replace("/", ".") for name in pure_modules()]
    for name in imports(Path(module)):
        top = name.split(".")[0]
        if top in FRAMEWORK or {top, name} & EFFECTS:
            yield name
        elif top in ("objects", "tips", "traceobject") and not name.startswith(HARMLESS):
            # A pure module, a name in one, or a package on the way to one.
            ways = [(f"{each}.", f"{name}.") for each in pure]
            if not any(one.startswith(other) or other.startswith(one) for one, other in ways):
                yield name


@pytest.mark.parametrize("module", pure_modules())
def test_a_pure_module_knows_no_framework_no_rows_and_no_world_outside(module):
    assert not list(impurities(module))


def test_no_pure_module_is_left_out():
    left_out = [
        str(path)
        for path in [*Path("objects").rglob("*.py"), *Path("tips").rglob("*.py")]
        if "migrations" not in path.parts
        and path.name != "__init__.py"
        and str(path) not in pure_modules()
        and not list(impurities(path))
    ]
    assert not left_out, "these are pure: list them"


def test_every_exception_from_purity_is_needed_and_given_a_reason():
    for module, reason in NOT_PURE.items():
        assert Path(module).exists(), module
        assert reason
        names = set(imports(Path(module)))
        assert names & EFFECTS, f"{module} is pure by now"


def test_no_code_of_ours_keeps_anything_in_the_cache_that_is_a_table():
    for folder in ("traceobject", "objects", "tips"):
        for path in Path(folder).rglob("*.py"):
            assert "django.core.cache.cache" not in set(imports(path)), path
            assert set(re.findall(r"caches\[(\S+?)\]", path.read_text())) <= {
                '"memory"',
                '"pages"',
            }, path


# Which claim a tip belongs to, why, and what a claim counts.
OWNED = {"claim", "relation", "related_to", "reasons", "account", "has_place", "has_link"}
OWNED |= {"facts", "tip_count", "score", "merged_into", "is_manual", "is_flood"}
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
            called = ast.unparse(node.func)
            if node.func.attr == "update":
                yield from (word.arg.removesuffix("_id") for word in node.keywords if word.arg)
            if node.func.attr.startswith("bulk_update"):
                yield from (part.value for part in ast.walk(node) if isinstance(part, ast.Constant))
            if re.match(
                r"(Claim|Tip)\.objects\.(create|get_or_create|update_or_create|bulk)", called
            ):
                yield "claim" if called.startswith("Claim") else "a new tip's fields"
                yield from (
                    word.arg for part in ast.walk(node) for word in getattr(part, "keywords", ())
                )
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Tip":
            yield from (word.arg.removesuffix("_id") for word in node.keywords if word.arg)
        if isinstance(node, ast.Constant) and re.search(
            r"(?i)(update|insert into|delete from)\s+tips_(tip|claim)\b", str(node.value)
        ):
            yield "reasons"


def test_what_belongs_to_what_has_one_writer():
    assert set(written(ast.parse(OWNER.read_text()))) | {"is_flood"} >= OWNED
    for path in Path("tips").rglob("*.py"):
        if path == OWNER or {"migrations", "models", "reading"} & set(path.parts):
            continue
        others = set(written(ast.parse(path.read_text()))) & OWNED
        assert not others, f"{path} writes {others}"
