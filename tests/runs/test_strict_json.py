"""JSON with numbers that nothing behind it can overflow on."""

import pytest

from evo.runs.strict_json import parse


@pytest.mark.parametrize(
    "text", ["1" + "0" * 30, "-1e999", "NaN", "Infinity", "[1e400]", "9" * 5000]
)
def test_numbers_that_do_not_fit_are_refused(text):
    with pytest.raises(ValueError):
        parse(text)


@pytest.mark.parametrize("value", [2**64 - 1, -(2**63), 1e308, -0.0, 0])
def test_numbers_that_fit_are_kept(value):
    assert parse(f'{{"x": {value!r}}}') == {"x": value}
