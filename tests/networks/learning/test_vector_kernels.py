"""Sums of products by vectors have the bits of those by single numbers."""

import numpy as np
import pytest

from evo.networks.learning.pass_kernels import correlate, dot


@pytest.mark.parametrize("batch", [1, 2, 3, 4, 5, 31, 32, 35])
@pytest.mark.parametrize("links", [0, 1, 3, 4, 7, 12])
def test_many_products_at_once_have_the_bits_of_one(batch, links):
    rng = np.random.default_rng(batch)
    values, numbers = rng.normal(size=(9, batch)), rng.normal(size=batch)
    sources = rng.integers(0, 9, links + 3).astype(np.int32)
    sums = rng.normal(size=links)
    expected = [
        before + dot(numbers, values[source])
        for before, source in zip(sums, sources[2 : 2 + links], strict=True)
    ]
    correlate(numbers, values, 2, 2 + links, sources, sums)
    np.testing.assert_array_equal(sums, expected)
    np.testing.assert_allclose(dot(numbers, values[4]), numbers @ values[4], rtol=1e-12, atol=1e-13)


def test_what_is_not_a_number_stays_in_its_sum():
    values = np.ones((5, 8))
    values[2, 5] = np.nan
    sums = np.zeros(4)
    correlate(np.ones(8), values, 0, 4, np.arange(1, 5, dtype=np.int32), sums)
    np.testing.assert_array_equal(sums, [8.0, np.nan, 8.0, 8.0])
