"""CMA-ES, step by step beside a second one written in plain NumPy from the tutorial's equations.

Source: N. Hansen, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772 (version of 2023).

Which test sees which fault (each was planted once):
    wrong c_sigma, d_sigma or expected norm: `test_parameters…`, and every path that follows.
    h_sigma always 1: `approach`, where sigma grows so fast that the path is stalled.
    no cap on sigma's change: `leap`, where samples come from far outside of the distribution.
    sign of the rank-one path: every path, as `path_c` is compared.
    decomposition in every generation: the paths with `lazy` 4, and `test_parameters…` in 300-D.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

import evo
from evo.algorithms.cma_es import Distribution, Parameters
from evo.population import Floats
from evo.rng import Role, Streams

GENERATIONS = 80


@dataclass
class Tutorial:
    """One run of CMA-ES in the tutorial's own symbols; `n` variables, `lam` samples."""

    n: int
    lam: int
    m: Floats
    sigma: float
    lazy: int | None = None
    g: int = 0
    stalled: int = 0
    capped: int = 0
    p_sigma: Floats = field(init=False)
    p_c: Floats = field(init=False)
    C: Floats = field(init=False)
    decomposed_C: Floats = field(init=False)

    def __post_init__(self) -> None:
        n, lam = self.n, self.lam
        self.p_sigma, self.p_c, self.C = np.zeros(n), np.zeros(n), np.eye(n)
        self.decomposed_C = np.eye(n)
        raw = [np.log((lam + 1) / 2) - np.log(i) for i in range(1, lam + 1)]  # eq. 49
        positive = [w for w in raw if w >= 0]
        negative = [w for w in raw if w < 0]
        self.mu_eff = sum(positive) ** 2 / sum(w**2 for w in positive)
        mu_eff_negative = sum(negative) ** 2 / sum(w**2 for w in negative)
        self.c_sigma = (self.mu_eff + 2) / (n + self.mu_eff + 5)  # eq. 55
        excess = np.sqrt((self.mu_eff - 1) / (n + 1)) - 1
        self.d_sigma = 1 + 2 * max(0, excess) + self.c_sigma
        self.c_c = (4 + self.mu_eff / n) / (n + 4 + 2 * self.mu_eff / n)  # eq. 56
        self.c_1 = 2 / ((n + 1.3) ** 2 + self.mu_eff)  # eq. 57
        self.c_mu = min(
            1 - self.c_1,
            2 * (1 / 4 + self.mu_eff + 1 / self.mu_eff - 2) / ((n + 2) ** 2 + 2 * self.mu_eff / 2),
        )  # eq. 58
        alpha = min(
            1 + self.c_1 / self.c_mu,  # eq. 50
            1 + 2 * mu_eff_negative / (self.mu_eff + 2),  # eq. 51
            (1 - self.c_1 - self.c_mu) / (n * self.c_mu),  # eq. 52
        )
        self.w = np.array(
            [w / sum(positive) if w >= 0 else alpha * w / -sum(negative) for w in raw]
        )  # eq. 53
        self.mu = len(positive)
        self.chi_n = np.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n**2))
        self.gap = max(1, int(1 / (10 * n * (self.c_1 + self.c_mu))))  # B.2
        self.lazy = self.gap if self.lazy is None else self.lazy

    def tell(self, x: Floats) -> None:
        """Take `x` `(lam, n)`, best first."""
        values, vectors = np.linalg.eigh(self.decomposed_C)
        C_to_minus_half = vectors @ np.diag(1 / np.sqrt(values)) @ vectors.T
        y = (x - self.m) / self.sigma
        y_w = sum(self.w[i] * y[i] for i in range(self.mu))
        self.m = self.m + self.sigma * y_w  # eq. 42
        gain = np.sqrt(self.c_sigma * (2 - self.c_sigma) * self.mu_eff)
        self.p_sigma = (1 - self.c_sigma) * self.p_sigma + gain * (C_to_minus_half @ y_w)  # eq. 43
        norm = np.sqrt((self.p_sigma**2).sum())
        exponent = self.c_sigma / self.d_sigma * (norm / self.chi_n - 1)  # eq. 44
        self.capped += int(exponent > 1)
        self.sigma *= np.exp(min(1, exponent))
        start = np.sqrt(1 - (1 - self.c_sigma) ** (2 * (self.g + 1)))
        h_sigma = int(norm / start < (1.4 + 2 / (self.n + 1)) * self.chi_n)
        self.stalled += 1 - h_sigma
        gain = np.sqrt(self.c_c * (2 - self.c_c) * self.mu_eff)
        self.p_c = (1 - self.c_c) * self.p_c + h_sigma * gain * y_w  # eq. 45
        delta = (1 - h_sigma) * self.c_c * (2 - self.c_c)
        C = (1 + self.c_1 * delta - self.c_1 - self.c_mu * self.w.sum()) * self.C
        C = C + self.c_1 * np.outer(self.p_c, self.p_c)  # eq. 47
        for w, y_i in zip(self.w, y, strict=True):
            if w < 0:
                w = w * self.n / ((C_to_minus_half @ y_i) ** 2).sum()  # eq. 46
            C = C + self.c_mu * w * np.outer(y_i, y_i)
        self.C = C
        self.g += 1
        assert self.lazy is not None
        if self.g % self.lazy == 0:
            self.decomposed_C = self.C


def cost(x: Floats) -> Floats:
    """`(n,)` values of an ellipsoid with axes of length 1 to 1/100."""
    return (np.logspace(0, 4, x.shape[1]) * np.square(x)).sum(axis=1)


def plain(x: Floats, mean: Floats, generation: int) -> Floats:
    """Samples as they are."""
    return x


def leap(x: Floats, mean: Floats, generation: int) -> Floats:
    """Samples; those of every twentieth generation lie far off, all on one side of the mean."""
    if generation % 20:
        return x
    return mean + 50.0 * np.abs(x - mean)


Twist = Callable[[Floats, Floats, int], Floats]
PATHS: dict[str, tuple[float, float, int | None, Twist]] = {
    "descent": (1.0, 0.5, None, plain),
    "approach": (1e4, 1e-3, None, plain),
    "leap": (1.0, 0.5, None, leap),
    "lazy descent": (1.0, 0.5, 4, plain),
    "lazy approach": (1e4, 1e-3, 4, plain),
}
"""Scale of the first mean, first sigma, `lazy` (None: the tutorial's), and what changes samples."""


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("d", "n"), [(5, 8), (12, 11), (12, 40)])
def test_every_step_is_that_of_the_tutorial(path: str, d: int, n: int) -> None:
    at, sigma, lazy, twist = PATHS[path]
    rng = np.random.default_rng(d * n)
    parameters = Parameters.default(d, n)
    if lazy is not None:
        parameters = replace(parameters, lazy=lazy)
    mean = at * rng.standard_normal(d)
    eye, zeros = np.eye(d), np.zeros(d)
    now = Distribution(mean, sigma, eye, zeros, zeros, eye, np.ones(d))
    theirs = Tutorial(d, n, mean, sigma, lazy)
    for generation in range(1, GENERATIONS + 1):
        samples = twist(now.sample(n, rng), now.mean, generation)
        ranked = samples[np.argsort(cost(samples), kind="stable")]
        now = now.updated(ranked, parameters)
        theirs.tell(ranked)
        same = {"rtol": 1e-6, "atol": 1e-9 * np.abs(theirs.C).max()}
        assert now.sigma == pytest.approx(theirs.sigma, rel=1e-7), generation
        np.testing.assert_allclose(now.mean, theirs.m, atol=1e-7 * theirs.sigma, rtol=1e-9)
        np.testing.assert_allclose(now.path_sigma, theirs.p_sigma, rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(now.path_c, theirs.p_c, rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(now.covariance, theirs.C, **same)
        axes = now.basis * np.square(now.scales) @ now.basis.T
        np.testing.assert_allclose(axes, theirs.decomposed_C, **same)
    if "approach" in path:
        assert theirs.stalled > 3, "the path is not stalled: h_sigma is not tested"
    if path == "leap":
        assert theirs.capped > 1, "sigma never changes so much that the cap is tested"


@pytest.mark.parametrize(("d", "n"), [(1, 4), (2, 6), (5, 8), (12, 11), (40, 15), (300, 21)])
def test_parameters_are_those_of_the_tutorial(d: int, n: int) -> None:
    ours, theirs = Parameters.default(d, n), Tutorial(d, n, np.zeros(d), 1.0)
    np.testing.assert_allclose(ours.weights, theirs.w, rtol=1e-12, atol=1e-15)
    pairs = {
        "mu_effective": theirs.mu_eff,
        "c_sigma": theirs.c_sigma,
        "d_sigma": theirs.d_sigma,
        "c_c": theirs.c_c,
        "c_1": theirs.c_1,
        "c_mu": theirs.c_mu,
        "expected_norm": theirs.chi_n,
        "lazy": theirs.gap,
    }
    for name, value in pairs.items():
        assert getattr(ours, name) == pytest.approx(value, rel=1e-12), name
    assert (d == 300) == (ours.lazy > 1)


def test_an_evolution_samples_the_distribution_of_the_tutorial() -> None:
    """Through ask and tell: sigma and the ratio of the axes, generation by generation."""
    d, n, seed = 5, 8, 3
    problem = evo.problem("sphere", dimensions=d)
    width = problem.needs.upper - problem.needs.lower
    search = evo.evolution("cma-es", problem, seed=seed)
    first = Streams(seed).generator(1, Role.INITIALISE)
    mean = first.uniform(problem.needs.lower, problem.needs.upper, d)
    theirs = Tutorial(d, n, mean, 0.3 * width)
    for _ in range(GENERATIONS):
        samples = search.ask().genomes
        assert samples.shape == (n, d)
        distance = np.sqrt(np.square((samples - theirs.m) / theirs.sigma).sum(axis=1))
        assert distance.max() < 8 * np.sqrt(np.linalg.eigvalsh(theirs.C)[-1])
        record = search.tell(-cost(samples))
        axes = np.sqrt(np.linalg.eigvalsh(theirs.decomposed_C))
        assert record.metrics["sigma"] == pytest.approx(theirs.sigma, rel=1e-6)
        assert record.metrics["axis_ratio"] == pytest.approx(axes[-1] / axes[0], rel=1e-6)
        theirs.tell(samples[np.argsort(cost(samples), kind="stable")])
