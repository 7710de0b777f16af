"""`./run` in the hands of somebody who may not change what others use."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
IS_ROOT, NOBODY = os.getuid() == 0, 65534


@pytest.fixture
def clone() -> Iterator[Path]:
    """A copy that everybody may read, and only its owner may change."""
    folder = Path(tempfile.mkdtemp(prefix="clone-"))
    shutil.copy(ROOT / "run", folder)
    (folder / "requirements.lock").write_text("# nothing\n")
    yield folder
    for path in (folder, folder / ".venv", folder / ".venv" / "bin"):
        path.chmod(0o755) if path.exists() else None
    shutil.rmtree(folder)


def furnish(clone: Path, *, python: int) -> Path:
    """An environment that somebody else made; `python` is the mode of its interpreter."""
    interpreter = clone / ".venv" / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    interpreter.write_text("#!/bin/sh\nexit 0\n")
    interpreter.chmod(python)
    return interpreter


def run_as_somebody_else(clone: Path) -> subprocess.CompletedProcess[str]:
    for path in (clone, clone / ".venv", clone / ".venv" / "bin"):
        path.chmod(0o555) if path.exists() else None
    other = NOBODY if IS_ROOT else None
    return subprocess.run(
        [str(clone / "run"), "--help"],
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        user=other,
        group=other,
        extra_groups=[] if IS_ROOT else None,
    )


def test_an_environment_whose_python_is_not_for_everybody_is_left_alone(clone: Path) -> None:
    interpreter = furnish(clone, python=0o600 if IS_ROOT else 0o000)

    ended = run_as_somebody_else(clone)

    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert f"may not use the Python of {clone}/.venv" in ended.stderr
    assert interpreter.exists()


def test_an_old_environment_is_brought_up_to_date_by_its_owner_only(clone: Path) -> None:
    interpreter = furnish(clone, python=0o755)

    ended = run_as_somebody_else(clone)

    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "has to be brought up to date; start ./run there once as " in ended.stderr
    assert interpreter.exists()


def test_a_clone_that_was_never_set_up_names_who_should_do_it(clone: Path) -> None:
    ended = run_as_somebody_else(clone)

    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert f"may not install into {clone}; start ./run there once as " in ended.stderr
