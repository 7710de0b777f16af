"""What a stranger meets first: the top of the tree, the README, the locks, and what a built wheel carries."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NEEDED = (
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "pyproject.toml",
    "requirements.lock",
    "requirements-test.lock",
    "run",
    ".ci/run",
    "config.example.toml",
)
PROSE = {
    ".py",
    ".md",
    ".toml",
    ".lock",
    ".sh",
    ".service",
    ".timer",
    ".html",
    ".css",
    ".js",
    ".sql",
    ".csv",
    "",
}
LOOKS_LIKE_A_COMMAND = re.compile(
    r"^(\$ |\./|sudo |pip3? |python3? |git |apt(-get)? |uv |docker |curl |cd |cp |contractor-auto )"
)
# Spelled apart, so that this file does not contain what it forbids.
MACHINE_PATH = re.compile("/(" + "|".join(("wo" + "rk", "ro" + "ot", "fa" + "rm", "home/[a-z]")) + ")/")
PACKAGE_HOSTS = re.compile(
    "py" + r"pi\.org|python" + r"hosted\.org|registry\.npm" + r"js|deb\.deb" + r"ian\.org"
)
REQUIREMENT = re.compile(
    r"^([A-Za-z0-9._-]+)==(\S+)(?P<hashes>(?:.*\\\n    --hash=sha256:[0-9a-f]{64})+)", re.M
)


@cache
def kept_files() -> list[Path]:
    """What the repository keeps; a copy without its history keeps everything that is not hidden."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    names = listed.stdout.split("\0") if listed.returncode == 0 else map(str, ROOT.glob("[!.]*/**/*"))
    return [path for name in names if name and (path := ROOT / name).is_file()]


def texts() -> dict[str, str]:
    prose = [path for path in kept_files() if path.suffix in PROSE]
    return {path.relative_to(ROOT).as_posix(): path.read_text(errors="replace") for path in prose}


@pytest.mark.parametrize("name", NEEDED)
def test_the_top_of_the_tree_is_complete(name: str) -> None:
    assert (ROOT / name).is_file()


@pytest.mark.parametrize("name", ["run", ".ci/run"])
def test_the_commands_can_be_run(name: str) -> None:
    assert (ROOT / name).stat().st_mode & 0o111 == 0o111


def test_the_readme_shows_two_commands_before_any_other() -> None:
    readme = (ROOT / "README.md").read_text()

    assert commands(readme)[:2] == ["./run demo", "./run test"]


def test_the_first_screen_of_the_readme_holds_the_two_commands() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text().splitlines()[:30])

    assert "./run demo" in first_screen
    assert "./run test" in first_screen


def test_the_readme_leads_nowhere_that_does_not_exist() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / "README.md").read_text())

    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("Type `pip install x` first.\n```\n./run demo\n```", ["pip install x", "./run demo"]),
        ("    ./run demo\n\n    ./run test", ["./run demo", "./run test"]),
        ("```\n./run demo      # look\n```", ["./run demo"]),
        ("It sends `STOP`.\ncontractor-auto is an appliance.", []),
    ],
)
def test_a_command_is_recognised_however_it_is_shown(page: str, shown: list[str]) -> None:
    assert commands(page) == shown


def test_the_changelog_says_what_is_coming() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()

    assert re.search(r"^## Unreleased$", changelog, re.MULTILINE)


def test_no_file_names_a_place_of_one_machine() -> None:
    assert {name for name, text in texts().items() if MACHINE_PATH.search(text)} == set()


def test_no_file_names_a_host_that_packages_come_from() -> None:
    assert {name for name, text in texts().items() if PACKAGE_HOSTS.search(text)} == set()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_every_locked_package_has_its_hashes_and_nothing_else(name: str) -> None:
    lock = (ROOT / name).read_text()

    assert REQUIREMENT.sub("", lock).strip() == ""


def test_what_the_package_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked, asked_by_tests = names(project["dependencies"]), names(project["optional-dependencies"]["test"])

    assert asked - locked("requirements.lock").keys() == set()
    assert asked_by_tests - locked("requirements-test.lock").keys() == set()


def test_the_tests_run_on_the_versions_that_are_shipped() -> None:
    assert locked("requirements.lock").items() <= locked("requirements-test.lock").items()


def test_tests_neither_sleep_nor_read_the_clock_nor_patch_by_path() -> None:
    tests = {name: ast.parse(text) for name, text in texts().items() if re.match(r"tests/.*\.py", name)}

    assert [f"{name}:{line}" for name, tree in tests.items() for line in impatient(tree)] == []


@pytest.mark.slow
def test_a_wheel_carries_all_that_an_installed_copy_needs(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    built = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr

    carried = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())

    inside = {
        path.relative_to(ROOT).as_posix() for path in kept_files() if ROOT / "contractor_auto" in path.parents
    }
    beside = {
        path.relative_to(ROOT).as_posix()
        for path in kept_files()
        if path.parent.name in {"recipes", "systemd"}
    }
    shipped = {f"contractor_auto/_shipped/{name}" for name in beside | {"config.example.toml"}}
    assert (inside | shipped) - carried == set()
    assert not any(name.startswith(("tests/", "benchmarks/")) for name in carried)


def commands(page: str) -> list[str]:
    """Everything that looks like a command, in the order a reader meets it."""
    shown: list[str] = []
    in_block = False
    for line in page.splitlines():
        if line.startswith("```"):
            in_block = not in_block
        elif in_block or line.startswith("    "):
            shown.append(line.split("  #")[0].strip())
        else:
            shown += re.findall(r"`([^`]+)`", line)
    return [text for text in shown if LOOKS_LIKE_A_COMMAND.match(text)]


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=;! ]", requirement)[0].lower() for requirement in requirements}


def locked(name: str) -> dict[str, str]:
    return {found[1]: found[2] for found in REQUIREMENT.finditer((ROOT / name).read_text())}


def impatient(tree: ast.Module) -> list[int]:
    forbidden = {"time.sleep", "datetime.now", "datetime.utcnow", "mock.patch", "datetime.datetime.now"}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    by_name = [call.lineno for call in calls if ast.unparse(call.func) in forbidden]
    by_path = [call.lineno for call in calls if patches_by_path(call)]
    return by_name + by_path


def patches_by_path(call: ast.Call) -> bool:
    """`monkeypatch.setattr("some.where.else", …)`: it keeps passing when the thing has moved away."""
    is_patch = ast.unparse(call.func).endswith((".setattr", ".patch", "mock.patch"))
    return is_patch and bool(call.args) and isinstance(call.args[0], ast.Constant)
