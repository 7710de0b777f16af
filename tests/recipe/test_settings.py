"""What an owner may write into a setting, and what they are told when it is something else."""

import pytest

from contractor_auto.recipe.model import Setting
from contractor_auto.recipe.settings import SettingError, parse_value


def number(low: float | None = None, high: float | None = None) -> Setting:
    return Setting(label="Visits", help="How many.", type="number", default=2, min=low, max=high)


@pytest.mark.parametrize("written", ["2", " 2.0 ", 2])
def test_a_number_may_be_written_in_any_way(written: object) -> None:
    assert parse_value(number(1, 3), written) == 2


@pytest.mark.parametrize(
    ("low", "high", "written", "said"),
    [
        (None, 3, "4", "At most 3, please."),
        (1, None, "0", "At least 1, please."),
        (1, 3, "4", "Between 1 and 3, please."),
        (1, 3, "0", "Between 1 and 3, please."),
        (None, None, "many", "'many' is not a number."),
        (1, 3, "nan", "'nan' is not a number."),
        (None, None, "inf", "'inf' is not a number."),
    ],
)
def test_a_number_out_of_range_is_refused_in_words(
    low: float | None, high: float | None, written: str, said: str
) -> None:
    with pytest.raises(SettingError) as refused:
        parse_value(number(low, high), written)

    assert str(refused.value) == said
