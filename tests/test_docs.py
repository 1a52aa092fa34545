"""Everything that README and the guides name exists."""

import json
import pkgutil
import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import resolve

from objects.models import TraceObject
from objects.pictures import sanitise
from tips.models import Claim, Referral, Tip
from traceobject.outbox import registry
from traceobject.staff.roles import Role

PAGES = [
    Path("README.md"),
    Path("CONTRIBUTING.md"),
    Path("SECURITY.md"),
    *Path("docs").rglob("*.md"),
]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_command_exists_with_the_options_it_is_shown_with(page):
    from django.core.management import load_command_class

    known = get_commands()
    for name, rest in re.findall(r"manage\.py (\w+)([^`\n]*)", page.read_text()):
        assert name in known, name
        options = re.findall(r"--[a-z-]+", rest.split("#")[0])
        if known[name].split(".")[0] in ("tips", "objects", "traceobject"):
            parser = load_command_class(known[name], name).create_parser("manage.py", name)
            assert set(options) <= set(parser._option_string_actions), options


def test_every_function_that_the_map_of_the_house_names_is_there():
    names = re.findall(
        r"`((?:objects|tips|traceobject)\.[\w.]+)`", Path("docs/architecture.md").read_text()
    )
    assert len(names) > 40
    found = [pkgutil.resolve_name(name) for name in names]
    for step, handler in registry._handlers.items():
        assert handler.work in found, f"the map does not name {step}"


def test_every_make_target_that_is_named_exists():
    targets = set(re.findall(r"^(\w+):", Path("Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        assert set(re.findall(r"`make (\w+)", page.read_text())) <= targets, page


def test_readme_names_every_package_that_ci_installs():
    script = Path(".ci/run").read_text()
    packages = set(re.findall(r"\b\w+:([\w.-]+)", script.split("for pair in ")[1].split(";")[0]))
    packages |= set(re.findall(r"missing\+=\(([a-z][\w-]+)\)", script))
    readme = " ".join(re.findall(r"^apt-get install (.+)$", Path("README.md").read_text(), re.M))
    assert {"libatomic1", "python3-venv", "chromium"} <= packages
    assert packages - {"python3"} == set(readme.split())


def test_every_address_that_is_named_exists():
    for page in PAGES:
        for path in re.findall(r"`(/[a-z]+/?)`", page.read_text()):
            resolve(path)


def test_the_glossary_names_every_state_and_outcome():
    words = Path("docs/glossary.md").read_text() + Path("docs/analysts.md").read_text()
    for choices in (
        Tip.State,
        Tip.Relation,
        Claim.State,
        Referral.State,
        Referral.Outcome,
        TraceObject.State,
    ):
        for value in choices.values:
            assert value in words, value


def test_the_operators_guide_names_every_role():
    guide = Path("docs/operators.md").read_text()
    for role in Role:
        assert f"| {role} |" in guide


def test_no_file_names_the_host_of_a_registry():
    hosts = ("pypi" + ".org", "npmjs" + ".org", "pythonhosted" + ".org", "deb.debian" + ".org")
    for path in [
        *Path("requirements").glob("*"),
        Path("Makefile"),
        Path("pyproject.toml"),
        *(Path(".ci/run"), Path(".npmrc"), Path("package.json"), Path("package-lock.json")),
        *PAGES,
    ]:
        assert not any(host in path.read_text() for host in hosts), path


def test_every_package_is_locked_with_a_hash():
    for path in Path("requirements").glob("*.txt"):
        pinned = re.findall(r"^[a-z][\w.-]*==", path.read_text(), re.MULTILINE | re.IGNORECASE)
        assert len(pinned) > (0 if path.name == "node.txt" else 20)
        assert path.read_text().count("--hash=sha256:") >= len(pinned)


def test_the_browser_libraries_are_pinned_and_locked_without_addresses():
    wanted = json.loads(Path("package.json").read_text())["dependencies"]
    locked = json.loads(Path("package-lock.json").read_text())["packages"]
    for name, version in wanted.items():
        assert locked[f"node_modules/{name}"]["version"] == version
    for name, package in locked.items():
        assert not name or package["integrity"].startswith("sha512-")
        assert "resolved" not in package


def test_the_runtime_of_the_gate_stays_below_the_versions_that_report():
    (pinned,) = re.findall(
        r"^onnxruntime==1\.(\d+)", Path("requirements/base.txt").read_text(), re.M
    )
    assert int(pinned) < 29


def test_the_analysts_guide_names_what_the_sanitiser_takes():
    guide = Path("docs/analysts.md").read_text()
    for kind in ("JPEG", "PNG", "WebP", "AVIF", "HEIC", "GIF", "TIFF"):
        assert kind in guide
    assert f"{sanitise.LARGEST_BYTES // 1024**2} MB" in guide
    assert f"{sanitise.LARGEST_PIXELS // 10**6} megapixels" in guide
    assert f"{sanitise.LONGEST_SIDE:,} pixels a side" in guide


@pytest.mark.parametrize("guide", ["threat-model.md", "faults.md"])
def test_a_guide_names_tests_that_exist(guide):
    named = re.findall(r"`(test_\w+)`", Path("docs", guide).read_text())
    there = {
        name
        for path in Path("tests").rglob("test_*.py")
        for name in re.findall(r"^\s*def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert len(named) > 40
    assert set(named) <= there, set(named) - there
