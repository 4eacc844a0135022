"""Cells and elites."""

import numpy as np

from evo.operators.archive import elites, grid_cells
from evo.scores import Descriptor

PLANE = (Descriptor("x", 0.0, 1.0), Descriptor("y", -10.0, 10.0))


def test_cells_are_numbered_row_by_row() -> None:
    values = np.array([[0.0, -10.0], [0.0, 9.9], [0.99, -10.0], [0.5, 0.0]])
    assert grid_cells(values, PLANE, 4).tolist() == [0, 3, 12, 10]


def test_values_outside_belong_to_the_border_and_nan_to_no_cell() -> None:
    values = np.array([[-5.0, 99.0], [1.0, 10.0], [np.nan, 0.0], [0.0, np.inf]])
    assert grid_cells(values, PLANE, 4).tolist() == [3, 15, -1, -1]


def test_the_best_of_each_cell_is_its_elite() -> None:
    cells = np.array([5, 2, 5, 2, -1, 7, 5])
    score = np.array([1.0, 3.0, 4.0, 3.0, 99.0, -np.inf, 4.0])
    assert elites(cells, score).tolist() == [1, 2]


def test_elites_equal_a_slow_reference() -> None:
    rng = np.random.default_rng(0)
    cells, score = rng.integers(-1, 40, 500), rng.integers(0, 9, 500).astype(float)
    slow = {}
    for row, cell in enumerate(cells):
        if cell >= 0 and (cell not in slow or score[row] > score[slow[cell]]):
            slow[cell] = row
    assert elites(cells, score).tolist() == [slow[cell] for cell in sorted(slow)]
