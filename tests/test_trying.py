"""A trial judges a recipe as the program would."""

from pathlib import Path

import pytest

from contractor_auto.cli.main import main
from tests.town import town

RECIPE = """
title   = "Tell me"
promise = "Tells you, if you want it."
purpose = "owner"
starts  = "live"
[trigger]
event   = "call.missed"
subject = "{call.id}{settings.tell}"
[settings.tell]
label = "Tell me"
help = "Whether you are told."
type = "flag"
default = "yes"
[[steps]]
name = "tell the owner"
action = "tell_owner"
where = { "settings.tell" = "yes" }
body = "Missed: {customer.pretty}"
"""


@pytest.mark.parametrize("tell", ["yes", "no"])
def test_a_trial_knows_the_settings(tmp_path: Path, tell: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "mine.toml").write_text(RECIPE)
    with town(tmp_path) as shop:
        shop.set("mine", tell=tell)
        code = main(["--config", str(tmp_path / "config.toml"), "try", "mine"])
        shop.reopen()

    assert (code, "tell the owner" in capsys.readouterr().out) == (0, tell == "yes")
