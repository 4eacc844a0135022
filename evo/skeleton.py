"""The one loop in which everything evolves.

initialise → evaluate → repeat: select parents → recombine → mutate → evaluate offspring → survive

An `Algorithm` is what stands in the five slots. `Evolution` runs the loop: `ask()` is select,
recombine and mutate; `tell()` is survive; `step()` is one whole generation; iterating yields one
`Record` per generation.

Source: A. E. Eiben, J. E. Smith, Introduction to Evolutionary Computing, 2nd ed. (2015), section
3.1, Fig. 3.1.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from evo.errors import EvaluationError, UsageError
from evo.phenotype import Need
from evo.population import Evaluation, Floats, Parents, Population, Rows
from evo.rng import Role, Streams
from evo.settings import Settings as BaseSettings
from evo.termination import Termination

Event = Mapping[str, Any]


def identity(genomes: Any) -> Any:
    """The development of genomes that are their own phenotypes."""
    return genomes


class Algorithm(ABC):
    """Five steps, and what the frame has to know about them.

    A step never changes an array in place that a population or `state_dict` holds: it replaces it.
    So a state taken at the end of a generation stays what it was.
    """

    searches: ClassVar[tuple[type, ...]]
    """The needs (`Reals`, `Bits`, `Network`) for which this algorithm has genomes."""
    Settings: ClassVar[type[BaseSettings]]

    def __init__(self, need: Need, settings: Any = None):
        self.need = need
        self.settings = self.Settings() if settings is None else settings

    @abstractmethod
    def initialise(self, rng: np.random.Generator) -> Population:
        """The first individuals, not yet evaluated.

        They pass `survive` as the offspring of an empty population.
        """

    @abstractmethod
    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        """Who breeds with whom."""

    @abstractmethod
    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        """One offspring per row of `parents`, not yet evaluated."""

    @abstractmethod
    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        """The offspring, varied."""

    @abstractmethod
    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        """The next population, from the present one (empty in the first generation) and its evaluated offspring."""

    def carried(self, population: Population) -> Rows:
        """Rows of `population` that may survive beside the offspring.

        On a noisy problem they are evaluated again together with the offspring, under the same
        conditions.
        """
        return np.empty(0, np.intp)

    def development(self) -> Callable[[Any], Any]:
        """What turns genomes into phenotypes: a small object that can be sent to a worker."""
        return identity

    def metrics(self, population: Population) -> dict[str, Any]:
        """Figures of this generation worth a curve, by name; a mapping is a family of curves."""
        return {}

    def events(self) -> list[Event]:
        """What happened in the last `survive`: each with an "event" name."""
        return []

    def state_dict(self) -> dict[str, Any]:
        """Memory that outlives a generation, as nested dicts of arrays, numbers and strings."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Inverse of `state_dict`. Raises `ValueError` or `KeyError` if `state` is not one."""
        return


class Evaluator(Protocol):
    """What gives genomes their fitness.

    A problem, or a problem with a place where its batches run.
    """

    @property
    def noisy(self) -> bool:
        """Whether a second evaluation under another seed may give another fitness."""
        ...

    @property
    def common_random_numbers(self) -> bool:
        """Whether all individuals of a generation get the same seed."""
        ...

    def evaluate(self, genomes: Any, seeds: NDArray[np.uint64]) -> Evaluation:
        """The fitness of n genomes; row i draws its randomness from `seeds[i]` alone."""
        ...


@dataclass(frozen=True)
class Record:
    """One generation in figures; fitness in the sense that is maximised.

    `best`, `mean`, `median` and `worst` are of the individuals evaluated in this generation,
    failures left out (NaN if none is left); `best_so_far` is the best of all generations.
    """

    generation: int
    evaluations: int
    best: float
    mean: float
    median: float
    worst: float
    best_so_far: float
    failures: int
    metrics: Mapping[str, Any] = field(default_factory=dict)
    events: Sequence[Event] = ()


Callback = Callable[["Evolution", Record], None]


class Evolution:
    """The loop around an algorithm.

    Args:
        algorithm: the five steps.
        evaluator: gives fitness; None for those who use `ask` and `tell` and evaluate themselves.
        seed: the run's only source of randomness.
        stop: criteria, asked after each generation; the first that holds ends the run and is named
            in `stopped`.
        callbacks: called with (evolution, record) after each generation.

    Attributes:
        generation: number of generations completed; the first is the evaluated initial population.
        evaluations: individuals evaluated so far, failures and second evaluations of survivors
            included.
        population: the survivors of the last generation.
        best: the best individual so far as a population of one, and `best_generation`, when it
            appeared.
    """

    def __init__(
        self,
        algorithm: Algorithm,
        evaluator: Evaluator | None = None,
        *,
        seed: int = 0,
        stop: Iterable[Termination] = (),
        callbacks: Iterable[Callback] = (),
    ):
        self.algorithm = algorithm
        self.evaluator = evaluator
        self.streams = Streams(seed)
        self.stop = list(stop)
        self.callbacks = list(callbacks)
        self.generation = 0
        self.evaluations = 0
        self.population: Population | None = None
        self.best: Population | None = None
        self.best_generation = 0
        self.stopped: str | None = None
        self._asked: tuple[Rows, Population] | None = None
        self._started = time.monotonic()
        self._boundary = self._state()

    @property
    def elapsed(self) -> float:
        """Seconds of wall time spent, those before a resume included."""
        return time.monotonic() - self._started

    @property
    def noisy(self) -> bool:
        return getattr(self.evaluator, "noisy", False)

    def ask(self) -> Population:
        """The individuals to evaluate next.

        Survivors that need a second look first, then the offspring.
        """
        generation, streams = self.generation + 1, self.streams
        carried = np.empty(0, np.intp)
        if self.population is None:
            offspring = self.algorithm.initialise(streams.generator(generation, Role.INITIALISE))
        else:
            parents = self.algorithm.select_parents(
                self.population, streams.generator(generation, Role.SELECT)
            )
            offspring = self.algorithm.recombine(
                parents, streams.generator(generation, Role.RECOMBINE)
            )
            offspring = self.algorithm.mutate(offspring, streams.generator(generation, Role.MUTATE))
            if self.noisy:
                carried = self.algorithm.carried(self.population)
        self._asked = carried, offspring
        if len(carried) and self.population is not None:
            return self.population.take(carried).concat(offspring)
        return offspring

    def seeds(self, count: int) -> NDArray[np.uint64]:
        """The `(count,)` seeds under which the individuals that were asked for are evaluated."""
        common = getattr(self.evaluator, "common_random_numbers", False)
        seeds = self.streams.seeds(self.generation + 1, Role.EVALUATE, 1 if common else count)
        return np.broadcast_to(seeds, (count,)) if common else seeds

    def tell(self, evaluation: Evaluation | Sequence[float] | Floats) -> Record:
        """Give the individuals that `ask` returned their fitness.

        Survivors become the population.
        """
        if self._asked is None:
            raise UsageError(
                "tell() without ask()",
                "call ask() first; its individuals, in that order, are what tell() is about",
            )
        carried, offspring = self._asked
        if not isinstance(evaluation, Evaluation):
            evaluation = Evaluation(np.asarray(evaluation, np.float64))
        fitness = np.where(np.isfinite(evaluation.fitness), evaluation.fitness, np.nan)
        old = len(carried)
        if len(fitness) != old + len(offspring):
            raise UsageError(
                f"tell() got {len(fitness)} fitness values for {old + len(offspring)} individuals",
                "one value for each that ask() returned",
            )
        failures = int(np.isnan(fitness).reshape(len(fitness), -1).any(axis=1).sum())
        if failures == len(fitness):
            reason = next(iter(evaluation.errors.values()), "every fitness is NaN")
            raise EvaluationError(
                f"generation {self.generation + 1}: all {failures} evaluations failed",
                f"the first: {reason}",
            )

        offspring = offspring.with_fitness(fitness[old:]).with_columns(
            **{k: v[old:] for k, v in evaluation.columns.items()}
        )
        population = (
            offspring.take(np.empty(0, np.intp)) if self.population is None else self.population
        )
        if old:
            again = population.fitness.copy()
            again[carried] = fitness[:old]
            population = population.with_fitness(again)
        self._keep_best(population.take(carried), offspring)
        self.population = self.algorithm.survive(
            population, offspring, self.streams.generator(self.generation + 1, Role.SURVIVE)
        )
        self._asked = None
        self.generation += 1
        self.evaluations += len(fitness)
        self._boundary = self._state()
        return self._record(fitness, failures, evaluation.errors)

    def _keep_best(self, *evaluated: Population) -> None:
        for part in evaluated:
            row = -1 if part.fitness.ndim > 1 else part.best()
            if row >= 0 and (self.best is None or part.fitness[row] > self.best.fitness[0]):
                self.best = part.take(np.array([row]))
                self.best_generation = self.generation + 1

    def _record(self, fitness: Floats, failures: int, errors: Mapping[int, str]) -> Record:
        seen = fitness[~np.isnan(fitness)] if fitness.ndim == 1 else np.full(1, np.nan)
        assert self.population is not None
        failed = [
            {"event": "evaluation_failed", "row": int(row), "reason": why}
            for row, why in sorted(errors.items())
        ]
        return Record(
            generation=self.generation,
            evaluations=self.evaluations,
            best=float(seen.max()),
            mean=float(seen.mean()),
            median=float(np.median(seen)),
            worst=float(seen.min()),
            best_so_far=float("nan") if self.best is None else float(self.best.fitness[0]),
            failures=failures,
            metrics=self.algorithm.metrics(self.population),
            events=[*self.algorithm.events(), *failed],
        )

    def step(self) -> Record:
        """One generation: ask, evaluate, tell."""
        if self.evaluator is None:
            raise UsageError(
                "step() needs an evaluator", "pass one to Evolution(…), or use ask() and tell()"
            )
        batch = self.ask()
        record = self.tell(self.evaluator.evaluate(batch.genomes, self.seeds(len(batch))))
        for callback in self.callbacks:
            callback(self, record)
        self.stopped = next((criterion.reason for criterion in self.stop if criterion(self)), None)
        return record

    def __iter__(self) -> Iterator[Record]:
        """One record per generation, until a stop criterion holds."""
        while self.stopped is None:
            yield self.step()

    def run(self) -> Population:
        """Iterate to the end; the best individual, as a population of one."""
        if not self.stop:
            raise UsageError(
                "run() would never end",
                "pass stop=[Generations(100)] or another criterion to Evolution(…)",
            )
        for _ in self:
            pass
        assert self.best is not None
        return self.best

    def _state(self) -> dict[str, Any]:
        return {
            "seed": self.streams.seed,
            "generation": self.generation,
            "evaluations": self.evaluations,
            "best_generation": self.best_generation,
            "population": None if self.population is None else self.population.state_dict(),
            "best": None if self.best is None else self.best.state_dict(),
            "algorithm": self.algorithm.state_dict(),
        }

    def state_dict(self) -> dict[str, Any]:
        """All that the rest of the run depends on, as of the last completed generation, also between `ask` and `tell`."""
        return {**self._boundary, "elapsed": self.elapsed, "stopped": self.stopped}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue where `state` was taken.

        Raises `ValueError` or `KeyError` if it is not a state of this evolution.
        """
        self.streams = Streams(int(state["seed"]))
        self.generation = int(state["generation"])
        self.evaluations = int(state["evaluations"])
        self.best_generation = int(state["best_generation"])
        self.population = (
            None if state["population"] is None else Population.from_state_dict(state["population"])
        )
        self.best = None if state["best"] is None else Population.from_state_dict(state["best"])
        self.algorithm.load_state_dict(state["algorithm"])
        self.stopped = state["stopped"]
        self._started = time.monotonic() - float(state["elapsed"])
        self._asked = None
        self._boundary = self._state()
