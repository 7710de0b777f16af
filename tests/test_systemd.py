"""The units that start it with the machine: never dead for good, and with no more rights than it needs."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UNITS = sorted((ROOT / "systemd").glob("*.service"))
SERVING = ROOT / "contractor_auto" / "cli" / "serving.py"
MOST_EXPOSED = 2.0
ANALYZE = shutil.which("systemd-analyze")

needs_analyze = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not on this machine")
every_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)


def words_of(unit: Path) -> dict[str, list[str]]:
    """Every word of a unit with its values, comments left out."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        name, is_word, value = line.partition("=")
        if is_word and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    assert ANALYZE is not None
    return subprocess.run(
        [ANALYZE, *words], capture_output=True, text=True, timeout=60, check=False, env={"LC_ALL": "C.UTF-8"}
    )


def here(unit: Path, folder: Path) -> Path:
    """The unit as it would be if this clone were installed, for one shop."""
    copy = folder / unit.name.replace("@.", "@ace.")
    copy.write_text(unit.read_text().replace("/opt/contractor-auto", str(ROOT)))
    return copy


def test_one_shop_and_several_shops_have_a_unit() -> None:
    assert [unit.name for unit in UNITS] == ["contractor-auto.service", "contractor-auto@.service"]


@every_unit
def test_it_comes_back_for_ever(unit: Path) -> None:
    words = words_of(unit)

    assert words["Restart"] == ["always"]
    assert words["RestartSec"] == ["5"]
    assert words["StartLimitIntervalSec"] == ["0"]
    assert words["WantedBy"] == ["multi-user.target"]


@every_unit
def test_systemd_is_told_what_the_program_tells_it(unit: Path) -> None:
    words, serving = words_of(unit), SERVING.read_text()

    assert words["Type"] == ["notify"]
    assert words["NotifyAccess"] == ["main"]
    assert "READY=1" in serving
    assert ("WatchdogSec" in words) == ("WATCHDOG=1" in serving)


@every_unit
def test_it_stops_no_sooner_than_the_program_needs(unit: Path) -> None:
    patience = re.search(
        r"^PATIENCE = timedelta\(seconds=(\d+)\)", (ROOT / "contractor_auto/app.py").read_text(), re.M
    )
    assert patience is not None

    assert int(words_of(unit)["TimeoutStopSec"][0]) >= 2 * int(patience[1])


@every_unit
def test_no_secret_is_written_into_a_unit(unit: Path) -> None:
    assert "Environment" not in words_of(unit)


def test_the_units_differ_only_in_what_belongs_to_a_shop() -> None:
    one, several = (words_of(unit) for unit in UNITS)
    different = {name for name in one | several if one.get(name) != several.get(name)}

    assert different == {
        "Description",
        "ExecStart",
        "User",
        "Group",
        "StateDirectory",
        "WorkingDirectory",
        "SyslogIdentifier",
    }
    assert all("%i" in value for name in different for value in several[name])


@needs_analyze
@every_unit
def test_systemd_understands_every_line(unit: Path, tmp_path: Path) -> None:
    said = analyze("verify", "--man=no", "--recursive-errors=no", str(here(unit, tmp_path)))

    assert (said.returncode, said.stderr.strip()) == (0, "")


@needs_analyze
@every_unit
def test_it_is_exposed_to_little(unit: Path, tmp_path: Path) -> None:
    said = analyze("security", "--offline=true", "--no-pager", str(here(unit, tmp_path)))

    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", said.stdout)
    assert exposure is not None, said.stderr
    assert float(exposure[1]) <= MOST_EXPOSED
