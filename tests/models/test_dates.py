"""Dates that may be known in part."""

import pytest

from models.rules.dates import agreed, is_partial


@pytest.mark.parametrize("value", ["1974", "1974-12", "1974-12-14", "2000-02-29", "1996-02-29", "0999-04-30"])
def test_dates_and_parts_of_dates_are_known(value):
    assert is_partial(value)


@pytest.mark.parametrize("value", ["", "1974-", "1974-04-31", "2100-02-29", "1974-12-14T00:00", "1974\n", None, 1974])
def test_nothing_else_is(value):
    assert not is_partial(value)


@pytest.mark.parametrize(
    ("values", "common"),
    [
        (["1974"], "1974"),
        (["1974", "1974-12-14", "1974-12"], "1974-12-14"),
        (["1974-12-14", "1974-12-15"], "1974-12"),
        (["1974-12-14", "1974-11"], "1974"),
        (["1974-12-14", "1975"], None),
        ([], None),
    ],
)
def test_several_dates_agree_on_their_common_part(values, common):
    assert agreed(values) == common
