"""From names and settings to an evolution that is ready to run."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from evo import memory, own_code, registry, settings
from evo.development import Development
from evo.errors import UnknownName, UsageError
from evo.evaluation import make_evaluator
from evo.genomes.choice import AUTO, Route, choose
from evo.phenotype import Need
from evo.problems.base import Problem
from evo.problems.custom import Unscored, as_problem
from evo.scores import Goal
from evo.settings import Settings
from evo.skeleton import Algorithm, Callback, Evolution
from evo.solutions import Reader
from evo.termination import Generations, Termination

CONTROL = "evo.problems.control:Control"
GYMNASIUM_ID = re.compile(r"gym:(?P<prefixed>.+)|(?P<id>.+-v\d+|.+\.py:.+|[\w.]+:\w+)")
"""A Gymnasium id, or an environment in a file or module: `path/to/file.py:Name`, `module:Name`."""

Values = Mapping[str, Any] | Settings
"""Settings as they are given: by name, or already checked."""

DEFAULTS: Values = {}


@dataclass(frozen=True)
class Composition:
    """An algorithm on a problem, and how its genomes become what the problem needs.

    Attributes:
        algorithm, problem: the two.
        development: from genomes to phenotypes.
        sections: the settings of every part, by the section that they have in a configuration.
    """

    algorithm: Algorithm
    problem: Problem
    development: Callable[[Any], Any]
    sections: Mapping[str, Settings] = field(default_factory=dict)


def find_problem(name: str) -> tuple[Any, dict[str, Any]]:
    """The class behind a problem's name, or what else makes it, and the settings for that.

    A problem can also be named by any Gymnasium id, as it is ("Acrobot-v1") or after "gym:", and by
    what is in a file or a module: an environment ("path/to/file.py:MyEnv", "module:MyEnv-v0"), a
    function, a problem or its class. Data is a problem too, by the name, the file or the class that
    ``evo learn`` knows it by, unless a problem is called the same.
    """
    if name in registry.PROBLEMS:
        entry = registry.PROBLEMS[name]
        return registry.resolve(entry.target), dict(entry.settings)
    if name in registry.DATA or name.endswith(".npz"):
        from evo.problems import on_data

        return on_data.find(name)
    name = own_code.rooted(name)
    if own_code.is_own(name) and not name.startswith("gym:"):
        from evo.problems.own_functions import find_own

        if (own := find_own(name)) is not None:
            return own
    if match := GYMNASIUM_ID.fullmatch(name):
        return registry.resolve(CONTROL), {"id": own_code.rooted(match["prefixed"] or match["id"])}
    raise UnknownName("problem", name, registry.TASKS, own=True)


def short_name(name: str) -> str:
    """The registered name of a problem that was given by its Gymnasium id, or the name itself."""
    if name not in registry.PROBLEMS and (match := GYMNASIUM_ID.fullmatch(name)):
        same = registry.Entry(CONTROL, {"id": match["prefixed"] or match["id"]})
        return next((short for short, entry in registry.PROBLEMS.items() if entry == same), name)
    return name


def find_algorithm(name: str) -> type[Algorithm]:
    """The class behind an algorithm's name."""
    return registry.load(registry.ALGORITHMS, "algorithm", name, Algorithm)


def problem(name: str, wrappers: Mapping[str, Values] = {}, /, **values: Any) -> Problem:
    """The problem `name`, with settings other than the defaults.

    ``problem("cartpole", episodes=3)``.

    Args:
        name: a registered name or a Gymnasium id.
        wrappers: problems around it by name, each with its settings, the innermost first.
        values: settings of the problem; a dict for each of its further sections, see
            `Problem.Sections`.
    """
    kind, preset = find_problem(name)
    own = {**preset, **values}
    sections: dict[str, Settings] = {}
    for section, model in getattr(kind, "Sections", {}).items():
        sections[section] = checked(model, own.pop(section, DEFAULTS), section)
    return wrapped(kind(settings.build(kind.Settings, own, "problem"), **sections), wrappers)


def wrapped(inner: Problem, wrappers: Mapping[str, Values]) -> Problem:
    """`inner` within other problems, the innermost first."""
    for name, values in wrappers.items():
        kind = registry.load(registry.WRAPPERS, "wrapper", name, Problem)
        plain = values.model_dump() if isinstance(values, Settings) else values
        inner = kind(inner, checked(settings_of_wrapper(kind, plain), plain, name))
    return inner


def settings_of_wrapper(kind: type[Problem], values: Mapping[str, Any]) -> type[Settings]:
    """The class of a wrapper's settings, which may depend on some of them."""
    chosen = getattr(kind, "settings_for", None)
    return kind.Settings if chosen is None else chosen(values)


def checked(kind: type[Settings], values: Values, section: str) -> Settings:
    """`values` as settings of a class, checked.

    Args:
        kind: the class.
        values: settings by name, or checked settings of this or another class.
        section: where they stand in a configuration, for messages.

    Raises:
        ConfigError: with every mistake in `values`.
    """
    if isinstance(values, kind):
        return values
    plain = values.model_dump() if isinstance(values, Settings) else values
    return settings.build(kind, plain, section)


def obstacle(kind: type[Algorithm], need: Need, goal: Goal) -> str | None:
    """Why an algorithm cannot search for what a problem asks; None if it can.

    Args:
        kind: the class of the algorithm.
        need: what a phenotype has to be.
        goal: the scores and descriptors of the problem.

    Returns:
        Words that go on after the name of the algorithm: "takes one score, but …".
    """
    if kind.objectives == "one" and len(goal.scores) > 1:
        names = ", ".join(score.name for score in goal.scores)
        return f"takes one score, but this problem has {len(goal.scores)}: {names}"
    if kind.needs_descriptors and not goal.descriptors:
        return "needs descriptors that tell solutions apart, but this problem declares none"
    if choose(need, kind.searches) is None:
        searched = " and ".join(each.words for each in kind.searches if hasattr(each, "words"))
        return f"searches {searched or 'any genomes'}, but this problem needs {need.words}"
    return None


def find_route(algorithm: str, need: Need, goal: Goal, genome: str, network: str) -> Route:
    """The route from what is needed to genomes that an algorithm searches.

    Args:
        algorithm: its name.
        need: what the problem asks for.
        goal: the scores and descriptors of the problem.
        genome, network: names of the representation and of the development, or "auto".

    Raises:
        UsageError: the algorithm cannot search for this; the hint names those that can.
    """
    kind = find_algorithm(algorithm)
    reason = obstacle(kind, need, goal)
    if reason is None:
        route = choose(need, kind.searches, genome, network)
        assert route is not None
        return route
    able = [
        name
        for name in sorted(registry.ALGORITHMS)
        if obstacle(find_algorithm(name), need, goal) is None
    ]
    raise UsageError(
        f"{algorithm} {reason}",
        f"algorithms for it: {', '.join(able)}"
        if able
        else f"nothing searches {need.words} yet: evo.register('representation', …)",
    )


def compose(
    algorithm: str,
    problem: Problem,
    values: Values = DEFAULTS,
    *,
    genome: Values = DEFAULTS,
    network: Values = DEFAULTS,
) -> Composition:
    """The algorithm `algorithm` on `problem`.

    Args:
        algorithm: its name.
        problem: what is to be solved.
        values: settings of the algorithm.
        genome: the `kind` of representation, and its settings.
        network: the `kind` of development between genomes and a network, and its settings.

    Raises:
        UsageError: the two do not fit together.
        ConfigError: a setting is wrong.
    """
    kind, need, goal = find_algorithm(algorithm), problem.needs, problem.goal
    route = find_route(algorithm, need, goal, _kind(genome), _kind(network))
    sections = {"algorithm": checked(kind.Settings, values, "algorithm")}
    if isinstance(genome, Settings):
        sections["genome"] = genome
    else:
        model = route.settings(kind.varies, kinds_of_parts(genome))
        sections["genome"] = checked(model, genome, "genome")
    if route.development_settings is not None:
        sections["network"] = checked(route.development_settings, network, "network")
    elif _given(network):
        raise UsageError(
            f"the settings under network are of no use: {algorithm} has genomes of "
            f"{need.words} themselves",
            "leave them out, or choose another representation by genome.kind",
        )
    served, between = route.between(sections.get("network"))
    representation = route.kind(served, sections["genome"])
    development = between or representation.development()
    if problem.writes_back and not _absorbs(development):
        raise UsageError(
            f"nothing that {need.words} learn can be inherited here: there is no way from them "
            f"back to genome.kind={route.representation}",
            "choose another representation by genome.kind; or inherit nothing: "
            "lifetime.inherit=baldwin",
        )
    if problem.layered is not None and not getattr(development, "layered", False):
        raise UsageError(
            f"{problem.layered}, and genome.kind={route.representation} develops into networks "
            "whose links skip layers",
            "ga and other searches of vectors have layers; rules for all networks: bp, fa, frsf, "
            "dfa, ep, hebbian",
        )
    built = kind(representation, sections["algorithm"], goal)
    memory.demand(
        built.bytes_needed(),
        f"{own_code.title(algorithm)} with {need.words} of this size",
        "make it smaller: algorithm.population, problem.dimensions, network.hidden; or, for many "
        "variables, openai-es or ga",
    )
    return Composition(built, problem, development, sections)


def kinds_of_parts(values: Mapping[str, Any]) -> dict[str, str]:
    """The kinds that tables within `values` name, by the tables' names."""
    tables = {name: value for name, value in values.items() if isinstance(value, Mapping)}
    return {name: str(table["kind"]) for name, table in tables.items() if "kind" in table}


def _kind(values: Values) -> str:
    kind = (
        values.get("kind", AUTO) if isinstance(values, Mapping) else getattr(values, "kind", AUTO)
    )
    return str(kind)


def _given(values: Values) -> bool:
    given = values if isinstance(values, Mapping) else values.model_fields_set
    return any(name != "kind" for name in given)


def _absorbs(development: Any) -> bool:
    back = getattr(type(development), "absorb", None)
    return back is not None and back is not Development.absorb


def evolution(
    algorithm: str,
    on: str | Problem | Need,
    *,
    seed: int = 0,
    generations: int = 100,
    workers: int | None = None,
    evaluator: str = "auto",
    timeout: float | None = None,
    noisy: bool | None = None,
    settings: Values = DEFAULTS,
    genome: Values = DEFAULTS,
    network: Values = DEFAULTS,
    wrappers: Mapping[str, Values] = {},
    stop: Iterable[Termination] = (),
    callbacks: Iterable[Callback] = (),
) -> Evolution:
    """An evolution ready to run.

    ``evo.evolution("neat", "cartpole", seed=1, generations=20).run()``.

    Args:
        algorithm: its name.
        on: the name of a problem, a problem, or, for those who evaluate by themselves between `ask`
            and `tell`, a need such as `Reals(4)`.
        seed: the only source of randomness.
        generations: how many there are at most.
        workers, evaluator, timeout: where evaluations run, see `evo.evaluation.make_evaluator`.
        noisy: whether fitness is noisy; None: what the problem says.
        settings: of the algorithm.
        genome: `kind` of representation and its settings.
        network: `kind` of development between genomes and networks and its settings.
        wrappers: problems around the problem by name, with their settings.
        stop: further reasons to stop.
        callbacks: called after each generation.

    Raises:
        UsageError: the parts do not fit together; the hint names those that do.
        ConfigError: a setting is wrong.
    """
    criteria = [Generations(generations), *stop]
    if isinstance(on, Need):
        parts = compose(algorithm, Unscored(on), settings, genome=genome, network=network)
        place = None
    else:
        asked = (problem(on) if isinstance(on, str) else as_problem(on)).seeded(seed)
        parts = compose(
            algorithm, wrapped(asked, wrappers), settings, genome=genome, network=network
        )
        place = make_evaluator(
            evaluator, parts.problem, parts.development, workers=workers, timeout=timeout
        )
    return Evolution(
        parts.algorithm,
        place,
        seed=seed,
        stop=criteria,
        callbacks=callbacks,
        noisy=noisy,
        reader=Reader(
            parts.problem.goal, parts.problem.needs, parts.development, parts.problem.describe
        ),
    )
