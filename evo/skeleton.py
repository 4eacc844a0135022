"""The one loop in which everything evolves.

initialise → evaluate → repeat: select parents → recombine → mutate → evaluate offspring → survive

An `Algorithm` is what stands in the five slots. `Evolution` runs the loop: `ask()` is select,
recombine and mutate; `tell()` is survive; `step()` is one whole generation; iterating yields one
`Record` per generation.

Source: A. E. Eiben, J. E. Smith, Introduction to Evolutionary Computing, 2nd ed. (2015),
section 3.1, Fig. 3.1.
"""

import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from evo.errors import EvaluationError, UsageError
from evo.evaluator import Evaluator
from evo.genomes.representation import Representation
from evo.population import (
    IDENTITY,
    NO_ROWS,
    VIOLATED,
    VIOLATION,
    Evaluation,
    Floats,
    Parents,
    Population,
    Rows,
    without_parents,
)
from evo.records import Event, Figures, Record
from evo.rng import Role, Streams
from evo.scenes import Scene, Setting, load_scene, scene_state
from evo.scores import FITNESS, Goal
from evo.settings import Settings as BaseSettings
from evo.settings import settings_of
from evo.solutions import Reader, Solution, brings_new, improves
from evo.termination import Termination, first_reason


class Algorithm(ABC):
    """Five steps, and what the frame has to know about them.

    Steps are pure: what a search has learnt travels in `Population.memory`, from the population to
    its offspring, and an array that a population holds is replaced, never changed in place. So
    asking twice gives the same, and one algorithm object can drive many runs.

    Args:
        representation: the genomes that are searched.
        settings: of this algorithm's class `Settings`, or a dict of them; None for the defaults.
        goal: the scores and descriptors that the problem declares.
    """

    searches: ClassVar[tuple[type[Representation], ...]] = (Representation,)
    """The representations that the steps work on; by default any."""
    varies: ClassVar[bool] = True
    """Whether it crosses and mutates by the representation's operators, or by means of its own."""
    objectives: ClassVar[Literal["one", "several"]] = "one"
    """How many scores it takes."""
    needs_descriptors: ClassVar[bool] = False
    """Whether the problem has to declare descriptors."""
    Settings: ClassVar[type[BaseSettings]]
    Memory: ClassVar[type | None] = None
    """The class of `Population.memory`: a frozen dataclass; None if nothing is remembered."""

    def __init__(
        self, representation: Representation, settings: Any = None, goal: Goal = FITNESS
    ) -> None:
        given: Any = representation
        if not isinstance(given, Representation):
            raise UsageError(
                f"{type(self).__name__} takes a representation of genomes, not {given!r:.60}",
                "evo.evolution(name of the algorithm, problem, settings={…}) puts them together",
            )
        self.representation = representation
        self.need = representation.need
        self.settings = settings_of(self.Settings, settings, "algorithm")
        self.goal = goal

    @property
    def individuals(self) -> int:
        """How many individuals there are at most in a generation; 0 where that is not known."""
        return getattr(self.settings, "population", None) or 0

    def bytes_needed(self) -> float:
        """How much memory a generation takes at least: parents, offspring and one step's work."""
        return 3.0 * self.individuals * self.representation.bytes_of_one()

    @abstractmethod
    def initialise(self, rng: np.random.Generator) -> Population:
        """The first individuals, not yet evaluated, with the memory that a search begins with.

        They pass `survive` as the offspring of an empty population.
        """

    @abstractmethod
    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        """Who breeds with whom."""

    @abstractmethod
    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        """One offspring per row of `parents`, not yet evaluated; it carries the memory on.

        With the column that `parents.named` gives, a run can tell pedigrees.
        """

    @abstractmethod
    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        """The offspring, varied; it carries the memory on."""

    @abstractmethod
    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        """The next population.

        Args:
            population: the individuals that may survive (see `carried`), empty in the first
                generation. On a noisy problem they were evaluated again with the offspring.
            offspring: the evaluated offspring.
            rng: the stream of this step.
        """

    def carried(self, population: Population) -> Rows:
        """Rows of `population` that may survive beside the offspring; by default nobody."""
        return NO_ROWS

    def best(self, population: Population) -> Rows | None:
        """Rows of the survivors that are the result of the search, the foremost first.

        By default None: the result is the fittest individual that was ever evaluated.
        """
        return None

    def check(self, population: Population) -> None:
        """Raise `ValueError` unless `population`, read from a file, is one of this algorithm."""
        self.check_individuals(population)

    def check_individuals(self, population: Population) -> None:
        """Raise `ValueError` unless these have genomes and fitness as the search has them."""
        n, scores = len(population), len(self.goal.scores)
        if n == 0:
            raise ValueError("there are no individuals")
        self.representation.check(population.genomes)
        if population.fitness.shape != ((n,) if scores == 1 else (n, scores)):
            raise ValueError(
                f"fitness of shape {population.fitness.shape} does not fit {scores} declared scores"
            )

    def metrics(self, population: Population) -> dict[str, Any]:
        """Figures of this generation worth a curve, by name; a mapping is a family of curves."""
        return {}

    def events(self, population: Population) -> list[Event]:
        """What happened in the step that led to `population`, each with an "event" name."""
        return []

    def picture(self, population: Population) -> Mapping[str, Any] | None:
        """The population as plain data to draw, with a "kind" of view; None for no picture."""
        return None


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
        noisy: whether survivors have to be evaluated again with the offspring; by default what the
            evaluator says, and no without one.
        reader: tells the result as people read it; by default in the terms of the genomes.
        pedigree: whether individuals have an identity and know their parents, in the columns
            `evo.population.IDENTITY` and, where the algorithm tells it, `PARENTS`.

    Attributes:
        generation: number of generations completed; the first is the evaluated initial population.
        spent: what was spent so far, by unit: "evaluations", failures and second evaluations of
            survivors included, and what evaluations say they spend.
        population: the survivors of the last generation.
        best: the result so far: the fittest individual as a population of one (of the last
            generation, where a problem arranges a scene for each), or a front or an archive, the
            foremost individual first.
        best_generation: when the result last got better.
    """

    def __init__(
        self,
        algorithm: Algorithm,
        evaluator: Evaluator | None = None,
        *,
        seed: int = 0,
        stop: Iterable[Termination] = (),
        callbacks: Iterable[Callback] = (),
        noisy: bool | None = None,
        reader: Reader | None = None,
        pedigree: bool = False,
    ) -> None:
        self.algorithm = algorithm
        self.reader = reader or Reader(
            algorithm.goal, algorithm.need, algorithm.representation.development()
        )
        self.evaluator = evaluator
        self.noisy = (evaluator is not None and evaluator.noisy) if noisy is None else noisy
        self.pedigree = pedigree
        self.streams = Streams(seed)
        self.stop = list(stop)
        self.callbacks = list(callbacks)
        self.generation = 0
        self.spent: dict[str, int] = {"evaluations": 0}
        self.population: Population | None = None
        self.best: Population | None = None
        self.best_generation = 0
        self.scene: Scene | None = None
        self.stopped: str | None = None
        self._asked: tuple[Population, Population] | None = None
        self._started = time.monotonic()

    @property
    def evaluations(self) -> int:
        """Individuals evaluated so far."""
        return self.spent["evaluations"]

    @property
    def elapsed(self) -> float:
        """Seconds of wall time spent, those before a resume included."""
        return time.monotonic() - self._started

    @property
    def count(self) -> int:
        """Completed generations, under the name that stop criteria know."""
        return self.generation

    @property
    def best_count(self) -> int:
        """`best_generation`, under the name that stop criteria know."""
        return self.best_generation

    @property
    def best_value(self) -> float:
        """Fitness of the best individual so far, by the first score; NaN before there is one."""
        if self.best is None or not len(self.best):
            return float("nan")
        return float(self.best.fitness.reshape(len(self.best), -1)[:, 0].max())

    @property
    def solution(self) -> Solution:
        """The result as people read it; of a front or an archive, its foremost member.

        Raises:
            UsageError: nobody has been evaluated yet.
        """
        if self.best is None or not len(self.best):
            raise UsageError(
                "there is no solution yet", "call run(), step() or ask() and tell() first"
            )
        return self.reader.read(self.best.take(slice(0, 1)))[0]

    @property
    def solutions(self) -> list[Solution]:
        """All of the result as people read it: one, or the members of a front or an archive."""
        return [] if self.best is None else self.reader.read(self.best)

    def phenotypes(self, individuals: Population) -> Any:
        """What the problem gets for these individuals: vectors with whole numbers, networks."""
        return self.reader.development(individuals.genomes)

    def ask(self) -> Population:
        """The individuals to evaluate next.

        On a noisy problem these are the survivors first, for a second look, then the offspring.
        """
        generation, streams = self.generation + 1, self.streams
        algorithm, population = self.algorithm, self.population
        if population is None:
            offspring = algorithm.initialise(streams.generator(generation, Role.INITIALISE))
            carried = offspring.take(NO_ROWS)
        else:
            parents = algorithm.select_parents(
                population, streams.generator(generation, Role.SELECT)
            )
            offspring = algorithm.recombine(parents, streams.generator(generation, Role.RECOMBINE))
            offspring = algorithm.mutate(offspring, streams.generator(generation, Role.MUTATE))
            carried = population.take(algorithm.carried(population))
        birth = np.full(len(offspring), generation)
        offspring = offspring.with_columns(birth=birth)
        if self.pedigree:
            offspring = self._identified(offspring)
        self._asked = carried, offspring
        if self.noisy and len(carried):
            return carried.to_evaluate().concat(offspring)
        return offspring

    def _identified(self, offspring: Population) -> Population:
        """The offspring with identities, which follow from the generation and the row alone."""
        if self.population is None:
            offspring = offspring.with_columns(**without_parents(len(offspring)))
        identities = (self.generation + 1 << 32) + np.arange(len(offspring))
        return offspring.with_columns(**{IDENTITY: identities})

    def seeds(self, count: int) -> NDArray[np.uint64]:
        """The `(count,)` seeds under which the individuals that were asked for are evaluated."""
        common = self.evaluator is not None and self.evaluator.common_random_numbers
        seeds = self.streams.seeds(self.generation + 1, Role.EVALUATE, 1 if common else count)
        return np.broadcast_to(seeds, (count,)) if common else seeds

    def tell(self, evaluation: Evaluation | Sequence[float] | Floats) -> Record:
        """Give the individuals that `ask` returned their fitness, and let them survive.

        Args:
            evaluation: fitness of `(n,)`, or `(n, m)` for m scores, or an `Evaluation`.

        Returns:
            The generation in figures.

        Raises:
            UsageError: `ask` was not called, or this is no evaluation of what it returned.
            EvaluationError: every evaluation failed.
        """
        if self._asked is None:
            raise UsageError(
                "tell() without ask()",
                "call ask() first; its individuals, in that order, are what tell() is about",
            )
        carried, offspring = self._asked
        again = len(carried) if self.noisy else 0
        scores = len(self.algorithm.goal.scores)
        evaluation = Evaluation.checked(evaluation, again + len(offspring), scores)
        fitness = evaluation.fitness
        failed = np.isnan(fitness).reshape(len(fitness), -1).any(axis=1) & ~evaluation.infeasible
        failures = int(failed.sum())
        if failures == len(fitness):
            reason = next(iter(evaluation.errors.values()), "every fitness is NaN")
            raise EvaluationError(
                f"generation {self.generation + 1}: all {failures} evaluations failed",
                f"the first: {reason}",
            )
        if again:
            carried = carried.evaluated(evaluation.take(slice(0, again)))
            offspring = offspring.evaluated(evaluation.take(slice(again, None)))
        else:
            offspring = offspring.evaluated(evaluation)
        # What the steps of this generation have learnt is with the offspring.
        if carried.memory is not offspring.memory:
            carried = carried.with_memory(offspring.memory)
        rng = self.streams.generator(self.generation + 1, Role.SURVIVE)
        self.population = self.algorithm.survive(carried, offspring, rng)
        self._asked = None
        self.generation += 1
        self._count(evaluation)
        self._keep_best([carried, offspring] if again else [offspring])
        return self._record(evaluation, failures)

    def _count(self, evaluation: Evaluation) -> None:
        spent = {unit: int(amount.sum()) for unit, amount in evaluation.spent.items()}
        spent["evaluations"] = len(evaluation.fitness)
        self.spent = {
            unit: self.spent.get(unit, 0) + spent.get(unit, 0) for unit in (self.spent | spent)
        }

    def _keep_best(self, evaluated: Sequence[Population]) -> None:
        assert self.population is not None
        rows = self.algorithm.best(self.population)
        if rows is not None:
            best = self.population.take(rows).with_memory(None)
            if self.best is None or brings_new(best, self.best, self.generation):
                self.best_generation = self.generation
            self.best = best
            return
        # what is worth something against the rivals of one scene may be worth nothing in the next
        best = self.best if self.scene is None else None
        for part in evaluated:
            row = part.best()
            if row < 0:
                continue
            new = part.take(np.array([row])).with_memory(None)
            if best is None or improves(new, best):
                self.best = best = new
                self.best_generation = self.generation

    def _record(self, evaluation: Evaluation, failures: int) -> Record:
        fitness = evaluation.fitness
        assert self.population is not None
        infeasible = evaluation.infeasible
        failed: list[Event] = [
            {"event": "evaluation_failed", "row": int(row), "reason": why}
            for row, why in sorted(evaluation.errors.items())
            if not infeasible[row]
        ]
        metrics = dict(self.algorithm.metrics(self.population))
        reasons = [why for row, why in evaluation.errors.items() if infeasible[row]]
        if reasons:
            metrics[VIOLATED] = dict(Counter(reasons).most_common())
        names = [score.name for score in self.algorithm.goal.scores]
        columns = fitness.reshape(len(fitness), -1).T
        best = np.full(len(names), np.nan)
        if self.best is not None and len(self.best):
            best = self.best.fitness.reshape(len(self.best), -1).max(axis=0)
        return Record(
            generation=self.generation,
            spent=self.spent,
            figures={
                name: Figures.of(column, float(so_far))
                for name, column, so_far in zip(names, columns, best, strict=True)
            },
            failures=failures,
            metrics=metrics,
            events=[*self.algorithm.events(self.population), *failed],
            infeasible=int(infeasible.sum()) if VIOLATION in evaluation.results else None,
        )

    def step(self) -> Record:
        """One generation: ask, evaluate, tell."""
        if self.evaluator is None:
            raise UsageError(
                "step() needs an evaluator", "pass one to Evolution(…), or use ask() and tell()"
            )
        batch = self.ask()
        stream = partial(self.streams.generator, self.generation + 1, Role.ARRANGE)
        setting = Setting(self.generation + 1, batch, self.population, self.scene, stream)
        scene = self.evaluator.arrange(setting)
        evaluation = self.evaluator.evaluate(batch.genomes, self.seeds(len(batch)), scene)
        self.scene = scene
        record = self.tell(evaluation)
        for callback in self.callbacks:
            callback(self, record)
        self.stopped = first_reason(self.stop, self)
        return record

    def __iter__(self) -> Iterator[Record]:
        """One record per generation, until a stop criterion holds."""
        while self.stopped is None:
            yield self.step()

    def run(self) -> Population:
        """Iterate to the end; the result: the best individual, a front or an archive."""
        if not self.stop:
            raise UsageError(
                "run() would never end",
                "pass stop=[Generations(100)] or another criterion to Evolution(…)",
            )
        for _ in self:
            pass
        assert self.best is not None
        return self.best

    def state_dict(self) -> dict[str, Any]:
        """All that the rest of the run depends on, as of the last completed generation.

        It is the same between `ask` and `tell`.
        """
        return {
            "seed": self.streams.seed,
            "generation": self.generation,
            "spent": dict(self.spent),
            "best_generation": self.best_generation,
            "population": None if self.population is None else self.population.state_dict(),
            "best": None if self.best is None else self.best.state_dict(),
            "scene": scene_state(self.scene),
            "elapsed": self.elapsed,
            "stopped": self.stopped,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue where `state` was taken.

        Args:
            state: of an evolution of the same algorithm on the same problem.

        Raises:
            ValueError: it is no state of this evolution.
            KeyError: a part is missing.
        """
        population, best, generation = state["population"], state["best"], int(state["generation"])
        if not (population is None) == (best is None) == (generation == 0):
            raise ValueError(f"generation {generation}, population and result do not fit together")
        if int(state["best_generation"]) > generation or "evaluations" not in state["spent"]:
            raise ValueError("the counters do not fit together")
        loaded = population and Population.from_state_dict(population, self.algorithm.Memory)
        fittest = best and Population.from_state_dict(best)
        if loaded is not None:
            self.algorithm.check(loaded)
        if fittest is not None:
            self.algorithm.check_individuals(fittest)
        self.streams = Streams(int(state["seed"]))
        self.generation = generation
        self.spent = {str(unit): int(amount) for unit, amount in state["spent"].items()}
        self.best_generation = int(state["best_generation"])
        self.population, self.best = loaded, fittest
        self.scene = load_scene(state["scene"])
        self.stopped = state["stopped"]
        self._started = time.monotonic() - float(state["elapsed"])
        self._asked = None
