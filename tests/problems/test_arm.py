"""The planar arm."""

import numpy as np
import pytest

from evo.problems.arm import Arm


def test_where_the_hand_is() -> None:
    arm = Arm(Arm.Settings(joints=4))
    straight, folded = np.full(4, 0.5), np.array([0.5, 1.0, 1.0, 1.0])
    quarter = np.array([0.75, 0.5, 0.5, 0.5])
    result = arm.evaluate(np.array([straight, folded, quarter]), np.zeros(3, np.uint64))
    assert result.results["x"] == pytest.approx([1.0, 0.0, 0.0], abs=1e-12)
    assert result.results["y"] == pytest.approx([0.0, 0.0, 1.0], abs=1e-12)
    assert -result.fitness == pytest.approx(
        [0.0, np.var([0, np.pi, np.pi, np.pi]), np.pi**2 * 3 / 64]
    )
