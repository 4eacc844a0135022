"""From names and settings to an evolution that is ready to run."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evo import registry, settings
from evo.errors import UnknownName, UsageError
from evo.evaluation import make_evaluator
from evo.phenotype import Bits, Need, Network, Reals
from evo.problems.base import Problem
from evo.skeleton import Algorithm, Callback, Evolution
from evo.termination import Generations, Termination

CONTROL = "evo.problems.control:Control"
GYMNASIUM_ID = re.compile(r"gym:(?P<prefixed>.+)|(?P<id>.+-v\d+)")


@dataclass(frozen=True)
class Composition:
    """An algorithm on a problem, with the development that turns the one's genomes into what the other needs."""

    algorithm: Algorithm
    problem: Problem
    development: Callable[[Any], Any]


def find_problem(name: str) -> tuple[type[Problem], dict[str, Any]]:
    """The class behind a problem's name and the settings that make it that problem.

    Beside the registered names every Gymnasium id is one: as it is ("Acrobot-v1") or after "gym:".
    """
    if name in registry.PROBLEMS:
        entry = registry.PROBLEMS[name]
        return registry.resolve(entry.target), dict(entry.settings)
    if match := GYMNASIUM_ID.fullmatch(name):
        return registry.resolve(CONTROL), {"id": match["prefixed"] or match["id"]}
    raise UnknownName("problem", name, registry.PROBLEMS)


def short_name(name: str) -> str:
    """The registered name of a problem that was given by its Gymnasium id, or the name itself."""
    if name not in registry.PROBLEMS and (match := GYMNASIUM_ID.fullmatch(name)):
        same = registry.Entry(CONTROL, {"id": match["prefixed"] or match["id"]})
        return next((known for known, entry in registry.PROBLEMS.items() if entry == same), name)
    return name


def find_algorithm(name: str) -> type[Algorithm]:
    """The class behind an algorithm's name."""
    return registry.load(registry.ALGORITHMS, "algorithm", name)


def problem(name: str, **values: Any) -> Problem:
    """The problem `name`, with settings other than the defaults.

    ``problem("cartpole", episodes=3)``.
    """
    kind, preset = find_problem(name)
    return kind(settings.build(kind.Settings, {**preset, **values}, "problem"))


def has_topology(kind: type[Algorithm], need: Need) -> bool:
    """Whether a network of fixed topology stands between an algorithm that searches weights and a problem."""
    return isinstance(need, Network) and Network not in kind.searches and Reals in kind.searches


def suits(kind: type[Algorithm], need: Need) -> bool:
    """Whether an algorithm has genomes for what a problem needs, by itself or with a fixed topology."""
    return isinstance(need, kind.searches) or has_topology(kind, need)


def compose(
    algorithm: str,
    problem: Problem,
    values: Mapping[str, Any] = {},
    network: Mapping[str, Any] = {},
) -> Composition:
    """The algorithm `algorithm` on `problem`.

    An algorithm without genomes for networks gets the weights of a fixed topology to search;
    `network` says which one.
    """
    kind = find_algorithm(algorithm)
    parsed = settings.build(kind.Settings, values, "algorithm")
    need = problem.needs
    if isinstance(need, kind.searches):
        built = kind(need, parsed)
        return Composition(built, problem, built.development())
    if isinstance(need, Network) and suits(kind, need):
        from evo.networks.fixed import FixedTopology

        topology = FixedTopology(need, settings.build(FixedTopology.Settings, network, "network"))
        return Composition(kind(topology.needs, parsed), problem, topology)
    words = {Reals: "real vectors", Bits: "bit strings", Network: "networks"}
    able = " and ".join(words[s] for s in kind.searches)
    raise UsageError(
        f"{algorithm} searches {able}, but this problem needs {words[type(need)]}",
        "algorithms for it: "
        + ", ".join(
            name for name in sorted(registry.ALGORITHMS) if suits(find_algorithm(name), need)
        ),
    )


def evolution(
    algorithm: str,
    on: str | Problem,
    *,
    seed: int = 0,
    generations: int = 100,
    workers: int | None = None,
    evaluator: str = "auto",
    timeout: float | None = None,
    settings: Mapping[str, Any] = {},
    network: Mapping[str, Any] = {},
    stop: Iterable[Termination] = (),
    callbacks: Iterable[Callback] = (),
) -> Evolution:
    """An evolution ready to run.

    ``evo.evolution("neat", "cartpole", seed=1, generations=20).run()``.
    """
    parts = compose(algorithm, problem(on) if isinstance(on, str) else on, settings, network)
    place = make_evaluator(
        evaluator, parts.problem, parts.development, workers=workers, timeout=timeout
    )
    return Evolution(
        parts.algorithm,
        place,
        seed=seed,
        stop=[Generations(generations), *stop],
        callbacks=callbacks,
    )
