"""The problems of Zitzler, Deb and Thiele."""

import numpy as np
import pytest

import evo
from evo.problems.zdt import FORMULAS, ZDT

NO_SEEDS = np.zeros(0, np.uint64)


def costs(name: str, x: np.ndarray) -> np.ndarray:
    problem = ZDT(ZDT.Settings(function=name, dimensions=x.shape[1]))
    return problem.goal.figures_of(problem.evaluate(x, NO_SEEDS).fitness)


@pytest.mark.parametrize(
    ("name", "front"),
    [
        ("zdt1", lambda f: 1 - np.sqrt(f)),
        ("zdt2", lambda f: 1 - f**2),
        ("zdt3", lambda f: 1 - np.sqrt(f) - f * np.sin(10 * np.pi * f)),
        ("zdt4", lambda f: 1 - np.sqrt(f)),
        ("zdt6", lambda f: 1 - f**2),
    ],
)
def test_the_front_is_where_the_paper_has_it(name: str, front) -> None:
    x = np.zeros((11, 6))
    x[:, 0] = np.linspace(0, 1, 11)
    if name == "zdt4":
        x[:, 1:] = 0.5
    f1, f2 = costs(name, x).T
    assert np.allclose(f2, front(f1), atol=1e-12)
    assert (costs(name, np.random.default_rng(0).random((11, 6)))[:, 1] > front(f1).min()).all()


@pytest.mark.parametrize(
    ("name", "x", "expected"),
    [
        ("zdt1", [0.25, 1.0, 0.5], (0.25, 7.75 * (1 - np.sqrt(0.25 / 7.75)))),
        ("zdt2", [0.5, 0.2, 0.0], (0.5, 1.9 * (1 - (0.5 / 1.9) ** 2))),
        ("zdt4", [0.5, 0.6, 0.5], (0.5, 2 * (1 - np.sqrt(0.25)))),
        (
            "zdt6",
            [0.25, 1.0, 1.0],
            (1 - np.exp(-1), 10 * (1 - ((1 - np.exp(-1)) / 10) ** 2)),
        ),
    ],
)
def test_known_values(name: str, x: list[float], expected: tuple[float, float]) -> None:
    assert costs(name, np.array([x]))[0] == pytest.approx(expected)


def test_what_they_declare() -> None:
    for name, (_, dimensions) in FORMULAS.items():
        problem = evo.problem(name)
        assert problem.needs == evo.Reals(dimensions, 0.0, 1.0, bounded=True)
        assert [score.name for score in problem.scores] == ["f1", "f2"]
        assert all(score.minimise for score in problem.scores)
