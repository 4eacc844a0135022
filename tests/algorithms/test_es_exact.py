"""The evolution strategy: step sizes have a floor.

Seen when planted: no floor of sigma, no ceiling of sigma.
"""

import numpy as np
import pytest

import evo


@pytest.mark.parametrize("step_sizes", ["one", "individual"])
@pytest.mark.parametrize(("wanted", "limit"), [("smallest", 1e-150), ("largest", 1e150)])
def test_step_sizes_stay_where_their_squares_are_numbers(
    wanted: str, limit: float, step_sizes: str
) -> None:
    """Step sizes that change by factors of about e^20 and more, selected for one extreme."""
    search = evo.evolution("es", "sphere", seed=1, settings={"tau": 20.0, "step_sizes": step_sizes})
    sigmas, figures = [], []
    for _ in range(40):
        sigma = search.ask().columns["sigma"].mean(axis=1)
        sigmas.append(sigma)
        figures.append(search.tell(-sigma if wanted == "smallest" else sigma).metrics["sigma"])
    last = np.concatenate(sigmas[20:])
    extreme = last.min() if wanted == "smallest" else last.max()
    assert extreme == pytest.approx(limit)
    assert figures[-1] == pytest.approx(limit, rel=1e3)
