"""Values and derivatives of single functions."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from evo.networks.functions import Activation, Aggregation
from evo.networks.kernels import activate
from evo.networks.learning.pass_kernels import dot, join, total
from evo.networks.learning.response_kernels import answer, respond

EVERYWHERE = np.concatenate([np.linspace(-20, 20, 40_001), [-1e6, -800, -0.0, 1e-9, 800, 1e6]])


def values(code, x):
    found, slopes = np.array(x, float), np.empty(len(x))
    respond(np.uint8(code), found, slopes)
    return found, slopes


@pytest.mark.parametrize("code", Activation)
def test_values_are_those_of_the_network_at_work(code):
    x = EVERYWHERE[::7]
    expected = np.array([activate(np.uint8(code), number) for number in x])
    assert_allclose(values(code, x)[0], expected, rtol=1e-15, atol=5e-16)
    without_slopes = x.copy()
    answer(np.uint8(code), without_slopes)
    assert_allclose(without_slopes, expected, rtol=1e-15, atol=5e-16)


@pytest.mark.parametrize("code", Activation)
def test_slopes_are_those_of_the_values(code):
    x = np.random.default_rng(code).uniform(-2, 2, 4001)
    # Away from corners, where a difference quotient means nothing.
    corners = np.array([-1.0, 0.0, 1.0])
    x = x[np.abs(x[:, None] - corners).min(1) > 1e-2]
    step = 1e-6
    quotient = (values(code, x + step)[0] - values(code, x - step)[0]) / (2 * step)
    assert_allclose(values(code, x)[1], quotient, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("code", Activation)
def test_slopes_are_finite_at_corners_and_far_out(code):
    x = np.array([-1e3, -60.0, -12.0, -3.4, -1.0, 0.0, 1e-7, 1.0, 3.4, 12.0, 60.0, 1e3])
    if code == Activation.EXP:
        x = x[np.abs(x) < 1e3]
    assert np.isfinite(values(code, x)[1]).all()


@pytest.mark.parametrize("code", [Activation.TANH, Activation.SIGMOID, Activation.NEAT_TANH])
def test_what_is_not_a_number_stays_so(code):
    found, slopes = values(code, [math.nan, 0.5, math.nan])
    assert np.isnan(found).tolist() == np.isnan(slopes).tolist() == [True, False, True]


@pytest.mark.parametrize("code", [Activation.TANH, Activation.SIGMOID])
def test_a_value_does_not_depend_on_its_place_in_the_batch(code):
    x = np.random.default_rng(1).normal(size=67)
    whole, steep = values(code, x)
    for place in range(67):
        assert values(code, x[place : place + 1])[0] == whole[place]
        assert values(code, x[place : place + 1])[1] == steep[place]


@pytest.mark.parametrize(
    ("code", "parts", "result", "gains"),
    [
        (Aggregation.PRODUCT, [2.0, 0.0, 3.0], 0.0, [0.0, 6.0, 0.0]),
        (Aggregation.PRODUCT, [], 1.0, []),
        (Aggregation.MAX, [1.0, 5.0, 5.0], 5.0, [0.0, 1.0, 0.0]),
        (Aggregation.MIN, [1.0, 5.0, 1.0], 1.0, [1.0, 0.0, 0.0]),
        (Aggregation.MAXABS, [1.0, -5.0, 5.0], -5.0, [0.0, 1.0, 0.0]),
        (Aggregation.MEAN, [1.0, 5.0], 3.0, [0.5, 0.5]),
        (Aggregation.MEDIAN, [9.0, 1.0, 5.0, 2.0], 3.5, [0.0, 0.0, 0.5, 0.5]),
        (Aggregation.MEDIAN, [7.0, 7.0], 7.0, [1.0, 0.0]),
        (Aggregation.SUM, [], 0.0, []),
    ],
)
def test_parts_are_joined_and_share_the_gain(code, parts, result, gains):
    found = np.full(len(parts), np.nan)
    assert join(np.uint8(code), len(parts), np.array(parts, float), found) == result
    assert found.tolist() == gains


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 11, 32])
def test_sums(count):
    first, second = np.random.default_rng(count).normal(size=(2, count))
    assert dot(first, second) == pytest.approx(math.fsum(first * second), abs=1e-14)
    assert total(first) == pytest.approx(math.fsum(first), abs=1e-14)
