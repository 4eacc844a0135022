"""What to try a name on: algorithms and problems that fit together, tuned settings first."""

from collections.abc import Iterator
from functools import cache

from evo import registry
from evo.compose import find_algorithm, obstacle, problem
from evo.config.sources import configs
from evo.errors import EvoError
from evo.genomes.representation import Representation
from evo.problems.base import Problem


@cache
def task(name: str) -> Problem | None:
    """The problem called `name`; None where it cannot be made, as an extra is missing."""
    try:
        return problem(name)
    except EvoError:
        return None


def suits(algorithm: str, name: str) -> bool:
    """Whether an algorithm can search for a solution of a problem that can be made here."""
    made = task(name)
    return made is not None and obstacle(find_algorithm(algorithm), made.needs, made.goal) is None


def problems_for(algorithm: str) -> Iterator[str]:
    """Problems that an algorithm suits, those with tuned settings first."""
    tuned = [name for name in registry.PROBLEMS if is_tuned(algorithm, name)]
    yield from tuned
    yield from (n for n in registry.PROBLEMS if n not in tuned and suits(algorithm, n))


def algorithms_for(name: str) -> list[str]:
    """Algorithms that suit a problem, those with tuned settings first."""
    able = [each for each in registry.ALGORITHMS if suits(each, name)]
    return sorted(able, key=lambda each: not is_tuned(each, name))


def problem_of(kind: type[Representation]) -> str | None:
    """A problem that asks for what genomes of a kind are, None if there is none.

    Those with tuned settings for a genetic algorithm come first: they are quick.
    """
    for name in sorted(registry.PROBLEMS, key=lambda name: not is_tuned("ga", name)):
        made = task(name)
        if made is not None and isinstance(made.needs, kind.serves):
            return name
    return None


def is_tuned(algorithm: str, name: str) -> bool:
    """Whether there is a packaged file of settings for an algorithm on a problem."""
    return (configs() / algorithm / f"{name}.toml").is_file()


def is_slow(name: str) -> bool:
    """Whether a run takes minutes, as with episodes of an environment that is not compiled."""
    problem = task(name)
    return problem is not None and (problem.lengthy or (problem.noisy and not problem.compiled))
