import pytest

from models.rules.shrink import shrank


@pytest.mark.parametrize(("before", "after"), [(10, 6), (100, 69), (3, 0), (9, 6)])
def test_losing_three_or_more_and_over_three_tenths_is_suspicious(before, after):
    assert shrank(before, after)


@pytest.mark.parametrize(("before", "after"), [(10, 7), (100, 70), (2, 0), (5, 3), (10, 12), (0, 0)])
def test_losing_a_few_or_a_small_share_is_ordinary(before, after):
    assert not shrank(before, after)
