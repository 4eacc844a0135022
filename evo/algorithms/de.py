"""Differential evolution: differences of individuals are the steps that others take.

Each individual makes one trial: a mutant, that is a vector plus a weighted difference of two
others, with which it is crossed. The trial takes its place if it is not worse. Weights and
crossover rates are learnt from trials that were better: as memories of their history (SHADE), or as
two means that move slowly (JADE).

Source: R. Storn, K. Price, Differential Evolution, Journal of Global Optimization 11 (1997):
equations 3 to 6 (rand/1, best/1, binomial crossover). current-to-pbest/1, the archive and the
repair at bounds: J. Zhang, A. C. Sanderson, Adaptive Differential Evolution with Optional External
Archive (JADE), IEEE Trans. EC 13 (2009), equations 6, 7 and 10 to 16. Memories of what succeeded:
R. Tanabe, A. Fukunaga, Success-History Based Parameter Adaptation for Differential Evolution
(SHADE), IEEE CEC 2013, section III.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from pydantic import Field

from evo.genomes.vectors import region
from evo.genomes.vectors.reals import RealVectors
from evo.operators.selection import best_first
from evo.population import Floats, Parents, Population, Rows
from evo.scores import FITNESS, Goal
from evo.settings import Settings as BaseSettings
from evo.skeleton import Algorithm

WEIGHT, RATE = "weight", "rate"
"""Columns with the weight of differences and the crossover rate that made an individual."""
SPREAD = 0.1
"""Of weights (Cauchy) and rates (normal) around what the memory says."""
LEARNING = 0.1
"""How fast JADE's two means move, its c."""


@dataclass(frozen=True, eq=False)
class Experience:
    """What the search has learnt.

    Attributes:
        weights, rates: `(slots,)` means of the weights and crossover rates that succeeded.
        next: the slot that is written next.
        archive: `(k, d)` genomes that were replaced lately; none where it is not used.
    """

    weights: Floats
    rates: Floats
    next: int
    archive: Floats


class DE(Algorithm):
    """Every individual competes with one trial made of differences of others."""

    searches = (RealVectors,)
    varies = False
    Memory = Experience

    class Settings(BaseSettings):
        """Those of SHADE; with `adaptation=none` the classic scheme of Storn and Price."""

        population: int = Field(
            100, ge=4, le=100_000_000, description="individuals; SHADE has 100, the classic 10 d"
        )
        variant: Literal["rand/1", "best/1", "current-to-pbest/1"] = Field(
            "current-to-pbest/1", description="to which vector the difference is added"
        )
        adaptation: Literal["none", "jade", "shade"] = Field(
            "shade",
            description="of weight and crossover rate: none, JADE's two means, or SHADE's memories",
        )
        weight: float = Field(
            0.5, gt=0, le=2, description="of differences, F; with adaptation the first mean"
        )
        crossover_rate: float = Field(
            0.5,
            ge=0,
            le=1,
            description="share of variables that come from the mutant (CR); with adaptation the "
            "first mean; Storn and Price recommend 0.9 for variables that depend on each other",
        )
        best_share: float | None = Field(
            None,
            gt=0,
            le=1,
            description="p of pbest; none: drawn for each trial from 2 / population to 0.2 (SHADE)",
        )
        slots: int = Field(
            10, ge=1, le=100_000, description="memories of SHADE; 100 in the paper learn slower"
        )
        archive: bool = Field(
            True, description="whether differences may lead to individuals that were replaced"
        )

    representation: RealVectors
    settings: Settings

    def __init__(
        self, representation: RealVectors, settings: Any = None, goal: Goal = FITNESS
    ) -> None:
        super().__init__(representation, settings, goal)
        need = representation.need
        self.lower, self.upper = region(need) if need.bounded else (-np.inf, np.inf)
        self.adapts = self.settings.adaptation != "none"
        # a trial of current-to-pbest/1 is all that uses the archive
        self.archives = self.settings.archive and self.settings.variant == "current-to-pbest/1"

    def initialise(self, rng: np.random.Generator) -> Population:
        """Genomes drawn at random, and memories as the settings say."""
        genomes = self.representation.start(self.settings.population, rng)
        slots = self.settings.slots if self.settings.adaptation == "shade" else 1
        first = Experience(
            np.full(slots, self.settings.weight),
            np.full(slots, self.settings.crossover_rate),
            0,
            genomes[:0],
        )
        nil = np.zeros(len(genomes))
        return Population.unevaluated(genomes, first, **{WEIGHT: nil, RATE: nil})

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        """For each individual itself, the vector where its trial begins, and two that differ.

        The last of the four may be beyond the population: then it is in the archive.
        """
        n, order = len(population), best_first(population.score)
        own = np.arange(n)
        if self.settings.variant == "rand/1":
            base = _others(n, (own,), n, rng)
        elif self.settings.variant == "best/1":
            base = np.full(n, order[0])
        else:
            share = self.settings.best_share
            share = rng.uniform(min(2.0 / n, 0.2), 0.2, n) if share is None else np.full(n, share)
            best = np.maximum(1, np.rint(share * n)).astype(np.intp)
            base = order[(rng.random(n) * best).astype(np.intp)]
        avoid = (own,) if self.settings.variant == "current-to-pbest/1" else (own, base)
        plus = _others(n, avoid, n, rng)
        minus = _others(n, (*avoid, plus), n + len(population.memory.archive), rng)
        return Parents(population, np.column_stack([own, base, plus, minus]))

    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        """Trials: mutants by differences, crossed with the individuals that they challenge."""
        genomes, experience = parents.population.genomes, parents.population.memory
        own, base, plus, minus = parents.rows.T
        weight, rate = self._drawn(len(own), experience, rng)
        every = np.concatenate([genomes, experience.archive])
        step = every[plus] - every[minus]
        if self.settings.variant == "current-to-pbest/1":
            step = step + genomes[base] - genomes[own]
            base = own
        mutants = genomes[base] + weight[:, None] * step
        crossed = rng.random(mutants.shape) < rate[:, None]
        # at least one variable comes from the mutant
        crossed[own, rng.integers(mutants.shape[1], size=len(own))] = True
        trials = np.where(crossed, mutants, genomes[own])
        return Population.unevaluated(
            self._within(trials, genomes[own], rng), experience, **{WEIGHT: weight, RATE: rate}
        )

    def _drawn(
        self, n: int, experience: Experience, rng: np.random.Generator
    ) -> tuple[Floats, Floats]:
        """Weights and crossover rates of n trials."""
        if not self.adapts:
            return np.full(n, self.settings.weight), np.full(n, self.settings.crossover_rate)
        slot = rng.integers(len(experience.weights), size=n)
        rate = np.clip(rng.normal(experience.rates[slot], SPREAD), 0.0, 1.0)
        centre = experience.weights[slot]
        weight = centre + SPREAD * rng.standard_cauchy(n)
        while (wrong := np.flatnonzero(weight <= 0.0)).size:
            weight[wrong] = centre[wrong] + SPREAD * rng.standard_cauchy(len(wrong))
        return np.minimum(weight, 1.0), rate

    def _within(self, trials: Floats, before: Floats, rng: np.random.Generator) -> Floats:
        """Trials within the bounds: half way from where an individual is to what it left."""
        trials = np.where(trials < self.lower, 0.5 * (self.lower + before), trials)
        trials = np.where(trials > self.upper, 0.5 * (self.upper + before), trials)
        return self.representation.moved(before, trials, rng)

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        """Nothing more: the differences were the mutation."""
        return offspring

    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        """Trials that are not worse take the places of those whom they challenged."""
        if not len(population):
            return offspring
        before, after = population.score, offspring.score
        wins, better = after >= before, after > before
        rows = np.where(wins, len(population) + np.arange(len(population)), np.arange(len(wins)))
        experience = offspring.memory
        if self.archives:
            experience = self._archived(experience, population.genomes[better], rng)
        if self.adapts and better.any():
            gain = after[better] - before[better]
            experience = self._learnt(experience, offspring.take(np.flatnonzero(better)), gain)
        return population.concat(offspring).take(rows).with_memory(experience)

    def _archived(
        self, experience: Experience, replaced: Floats, rng: np.random.Generator
    ) -> Experience:
        """With those who were replaced; of too many some at random are forgotten."""
        archive = np.concatenate([experience.archive, replaced])
        if len(archive) > self.settings.population:
            kept = rng.choice(len(archive), self.settings.population, replace=False)
            archive = archive[np.sort(kept)]
        return replace(experience, archive=archive)

    def _learnt(self, experience: Experience, winners: Population, gain: Floats) -> Experience:
        """With the weights and rates of trials that were better."""
        weight, rate = winners.columns[WEIGHT], winners.columns[RATE]
        if self.settings.adaptation == "jade":
            share = np.ones(len(gain))
        else:
            # who replaces somebody who failed gains without end: as much as who gains most
            most = gain[np.isfinite(gain)].max(initial=0.0)
            share = np.where(np.isfinite(gain), gain, most) / (most or 1.0)
            share = share if share.any() else np.ones(len(gain))
        mean_weight = float(share @ np.square(weight) / (share @ weight))  # Lehmer mean
        mean_rate = float(share @ rate / share.sum())
        weights, rates = experience.weights.copy(), experience.rates.copy()
        slot, pace = experience.next, LEARNING if self.settings.adaptation == "jade" else 1.0
        weights[slot] += pace * (mean_weight - weights[slot])
        rates[slot] += pace * (mean_rate - rates[slot])
        return replace(experience, weights=weights, rates=rates, next=(slot + 1) % len(weights))

    def carried(self, population: Population) -> Rows:
        """Everybody, in place."""
        return np.arange(len(population))

    def metrics(self, population: Population) -> dict[str, float]:
        """Means of what has succeeded, where it is learnt."""
        if not self.adapts:
            return {}
        memory = population.memory
        return {"weight": float(memory.weights.mean()), "rate": float(memory.rates.mean())}

    def check(self, population: Population) -> None:
        super().check(population)
        memory, d = population.memory, self.need.dimensions
        if memory.archive.ndim != 2 or memory.archive.shape[1] != d:
            raise ValueError(f"the archive holds no vectors of {d} numbers")
        if not memory.weights.shape == memory.rates.shape == (len(memory.weights),):
            raise ValueError("the memories of weights and of rates differ in number")
        if not 0 <= memory.next < len(memory.weights):
            raise ValueError("there is no memory that is written next")
        if not {WEIGHT, RATE} <= set(population.columns):
            raise ValueError("the individuals lack the weight and the rate that made them")


def _others(n: int, avoid: tuple[Rows, ...], count: int, rng: np.random.Generator) -> Rows:
    """`(n,)` row numbers below `count`, each of which is none of those to avoid."""
    rows = rng.integers(count, size=n)
    while (same := np.flatnonzero(np.any([rows == each for each in avoid], axis=0))).size:
        rows[same] = rng.integers(count, size=len(same))
    return rows
