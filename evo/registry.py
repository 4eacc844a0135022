"""What is available by name. A new algorithm or problem is one new file and one line here.

A table maps a name to ``"module:attribute"``, so that listing what exists imports nothing.
Libraries add their own with `register`: in a script, or in a module that they name as an entry
point of the group "evo.plugins", which is imported with this one.
"""

import warnings
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from evo import own_code
from evo.errors import UnknownName, UsageError

PLUGINS = "evo.plugins"

# Of several that fit, the first is the default.
REPRESENTATIONS: dict[str, str] = {
    "reals": "evo.genomes.vectors.reals:RealVectors",
    "bits": "evo.genomes.vectors.bits:BitStrings",
    "topology": "evo.genomes.topology.representation:Topology",
    "permutations": "evo.genomes.permutations:Permutations",
    "trees": "evo.genomes.trees.representation:Trees",
    "bodies": "evo.genomes.bodies.representation:Bodies",
    "parts": "evo.genomes.parts:PartsRepresentation",
}

DEVELOPMENTS: dict[str, str] = {
    "fixed": "evo.networks.fixed:FixedTopology",
}

WRAPPERS: dict[str, str] = {
    "weight-agnostic": "evo.problems.weight_agnostic:WeightAgnostic",
    "lifetime": "evo.learning.lifetimes.lifetime:Lifetime",
}
"""Problems around a problem, the innermost first, each with a section of its name."""

SECTIONS: dict[str, str] = {
    "body": "evo.problems.creatures.settings:BodySettings",
    "brain": "evo.problems.creatures.settings:BrainSettings",
}
"""Sections of settings that some problems have beside their own, see `Problem.Sections`."""

VIEWS: dict[str, str] = {
    "network": "evo.reports.views.network:draw",
    "large-network": "evo.reports.views.large_network:draw",
    "vector": "evo.reports.views.vector:draw",
    "tour": "evo.reports.views.tour:draw",
    "front": "evo.reports.views.front:draw",
    "archive": "evo.reports.views.archive:draw",
    "program": "evo.reports.views.program:draw",
    "episode": "evo.reports.views.episode:draw",
    "film": "evo.reports.creatures.picture:draw",
    "creature": "evo.reports.creatures.picture:draw_body",
    "sheet": "evo.reports.creatures.picture:draw_sheet",
    "pedigree": "evo.reports.creatures.pedigree:draw",
}
"""What draws a description, by its "kind": ``draw(description)`` returns SVG text."""

SINKS: dict[str, str] = {
    "csv": "evo.runs.sinks:Csv",
    "tensorboard": "evo.runs.sinks:TensorBoard",
}
"""Where figures go while a run goes on, beside its own files."""

ALGORITHMS: dict[str, str] = {
    "neat": "evo.algorithms.neat:NEAT",
    "ga": "evo.algorithms.ga:GA",
    "es": "evo.algorithms.es:ES",
    "cma-es": "evo.algorithms.cma_es:CMAES",
    "openai-es": "evo.algorithms.openai_es:OpenAIES",
    "xnes": "evo.algorithms.xnes:XNES",
    "snes": "evo.algorithms.snes:SNES",
    "de": "evo.algorithms.de:DE",
    "creatures": "evo.algorithms.creatures:Creatures",
    "nsga2": "evo.algorithms.nsga2:NSGA2",
    "map-elites": "evo.algorithms.map_elites:MAPElites",
    "novelty-search": "evo.algorithms.novelty_search:NoveltySearch",
    "random-search": "evo.algorithms.random_search:RandomSearch",
}

RULES: dict[str, str] = {
    "output-only": "evo.learning.rules.output_only:OutputOnly",
    "bp": "evo.learning.rules.bp:BP",
    "fa": "evo.learning.rules.fa:FA",
    "dfa": "evo.learning.rules.dfa:DFA",
    "ifa": "evo.learning.rules.ifa:IFA",
    "usf": "evo.learning.rules.sign:USF",
    "frsf": "evo.learning.rules.sign:FRSF",
    "brsf": "evo.learning.rules.sign:BRSF",
    "kolen-pollack": "evo.learning.rules.kolen_pollack:KolenPollack",
    "hebbian": "evo.learning.rules.hebbian:Hebbian",
    "tp": "evo.learning.rules.tp:TP",
    "dtp": "evo.learning.rules.dtp:DTP",
    "sdtp": "evo.learning.rules.sdtp:SDTP",
    "ao-sdtp": "evo.learning.rules.ao_sdtp:AOSDTP",
    "l-drl": "evo.learning.rules.l_drl:LDRL",
    "ep": "evo.learning.rules.ep:EP",
    "eqspike": "evo.learning.rules.eqspike:EqSpike",
}

PLASTICITIES: dict[str, str] = {
    "abcd": "evo.networks.plasticity:ABCD",
}
"""Rules by which links change while a network acts."""

LIFETIME_RULES: Mapping[str, str] = ChainMap(RULES, PLASTICITIES)
"""What individuals can learn by: from lessons, or while they act."""

OPERATORS: dict[str, str] = {
    "generational": "evo.operators.survival:Generational",
    "comma": "evo.operators.survival:Comma",
    "plus": "evo.operators.survival:Plus",
    "round-robin": "evo.operators.survival:RoundRobin",
    "discrete": "evo.genomes.vectors.recombination:discrete",
    "intermediate": "evo.genomes.vectors.recombination:intermediate",
    "self-adaptive": "evo.genomes.vectors.mutation:SelfAdaptive",
    "fitness-sharing": "evo.operators.speciation:shared_fitness",
    "offspring-quotas": "evo.operators.speciation:allot",
    "adaptive-threshold": "evo.operators.speciation:adapted_threshold",
    "compatibility-distance": "evo.genomes.topology.distance:distances",
    "innovation-crossover": "evo.genomes.topology.crossover:cross",
    "structural-mutation": "evo.genomes.topology.mutation:mutate",
    "dominance-ranks": "evo.operators.pareto:ranks",
    "crowding-distance": "evo.operators.pareto:crowding",
    "hypervolume": "evo.operators.pareto:hypervolume",
    "grid-archive": "evo.operators.archive:elites",
}
"""Operators that no setting chooses: algorithms and representations are made of them."""


@dataclass(frozen=True)
class Entry:
    """A problem or data by name.

    Attributes:
        target: where its class is.
        settings: those that make it this problem.
        about: a sentence on it; or the module, or what is in one, whose docstring tells of it; ""
            where its class's does.
    """

    target: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    about: str = field(default="", compare=False)


def _control(id: str, about: str) -> Entry:
    return Entry("evo.problems.control:Control", {"id": id}, about)


def _function(name: str) -> Entry:
    module = "evo.problems.functions"
    return Entry(f"{module}:Function", {"function": name}, f"{module}:{name}")


def _zdt(name: str) -> Entry:
    return Entry("evo.problems.zdt:ZDT", {"function": name}, f"evo.problems.zdt:{name}")


def _formula(name: str) -> Entry:
    module = "evo.problems.symbolic"
    return Entry(f"{module}:SymbolicRegression", {"formula": name}, f"{module}:{name}")


PROBLEMS: dict[str, Entry] = {
    "cartpole": _control("CartPole-v1", "evo_envs.classic.cartpole"),
    "acrobot": _control("Acrobot-v1", "evo_envs.classic.acrobot"),
    "mountaincar": _control("MountainCar-v0", "evo_envs.classic.mountain_car"),
    "mountaincar-continuous": _control(
        "MountainCarContinuous-v0", "evo_envs.classic.mountain_car_continuous"
    ),
    "pendulum": _control("Pendulum-v1", "evo_envs.classic.pendulum"),
    "steer": _control("evo/Steer-v0", "evo_envs.changing.steer"),
    "tmaze": _control("evo/TMaze-v0", "evo_envs.changing.tmaze"),
    "lunarlander": _control(
        "LunarLander-v3", "LunarLander-v3: land a craft softly between two flags, by three engines."
    ),
    "bipedalwalker": _control(
        "BipedalWalker-v3", "BipedalWalker-v3: walk over uneven ground on two legs of two joints."
    ),
    "sphere": _function("sphere"),
    "rosenbrock": _function("rosenbrock"),
    "rastrigin": _function("rastrigin"),
    "ackley": _function("ackley"),
    "onemax": Entry("evo.problems.combinatorial:OneMax"),
    "xor": Entry("evo.problems.supervised:Xor"),
    "hinton-nowlan": Entry("evo.problems.hinton_nowlan:HintonNowlan"),
    "chalmers": Entry("evo.problems.chalmers:Chalmers"),
    "tsp": Entry("evo.problems.tours:TSP"),
    "arm": Entry("evo.problems.arm:Arm"),
    "walk": Entry("evo.problems.creatures.walk:Walk"),
    "swim": Entry("evo.problems.creatures.walk:Swim"),
    "jump": Entry("evo.problems.creatures.jump:Jump"),
    "follow": Entry("evo.problems.creatures.follow:Follow"),
    "compete": Entry("evo.problems.creatures.compete:Compete"),
    "slope": Entry("evo.problems.creatures.walk:Slope"),
    "terrain": Entry("evo.problems.creatures.walk:Terrain"),
    **{name: _formula(name) for name in ("quartic", "quintic", "sextic")},
    **{name: _zdt(name) for name in ("zdt1", "zdt2", "zdt3", "zdt4", "zdt6")},
}


def _data(target: str, **settings: Any) -> Entry:
    return Entry(f"evo.data.{target}", settings)


DATA: dict[str, Entry] = {
    "digits": _data("packaged:Digits"),
    "mnist5k": _data("packaged:Mnist5k"),
    "mnist": _data("fetched:Mnist"),
    "fashion-mnist": _data("fetched:FashionMnist"),
    "cifar10": _data("fetched:Cifar10"),
    "cifar100": _data("fetched:Cifar100"),
    "two-moons": _data("drawn:TwoMoons"),
    "spirals": _data("drawn:Spirals"),
    "parity": _data("drawn:Parity"),
}


TASKS: Mapping[str, Entry] = ChainMap(PROBLEMS, DATA)
"""What algorithms can be run on: problems, and data, each of which is a problem too."""


def register(kind: str, name: str, target: str, **settings: Any) -> None:
    """Make an object available by name.

    Args:
        kind: algorithm, representation, development, wrapper, view, sink, problem, rule, plasticity
            or data.
        name: how it is called from now on.
        target: where it is, ``"package.module:Class"``.
        settings: for a problem or data: settings that make the class this problem.

    Raises:
        UsageError: there is no such kind, or the target does not name an attribute.
    """
    if ":" not in target:
        raise UsageError(f"cannot register {target!r}", 'a target reads "package.module:Class"')
    targets = {
        "algorithm": ALGORITHMS,
        "representation": REPRESENTATIONS,
        "development": DEVELOPMENTS,
        "wrapper": WRAPPERS,
        "view": VIEWS,
        "sink": SINKS,
        "rule": RULES,
        "plasticity": PLASTICITIES,
    }
    entries = {"problem": PROBLEMS, "data": DATA}
    if kind in targets:
        targets[kind][name] = target
    elif kind in entries:
        entries[kind][name] = Entry(target, settings)
    else:
        kinds = ", ".join([*targets, *entries])
        raise UsageError(f"cannot register a {kind!r}", f"kinds: {kinds}")


def resolve(target: str) -> Any:
    """The object that ``"module:attribute"`` names."""
    module, _, attribute = target.partition(":")
    return getattr(import_module(module), attribute)


def load(table: Mapping[str, str], kind: str, name: str, base: type = object) -> Any:
    """The class that `name` stands for: a registered one, or one of the user's own.

    Args:
        table: targets by name.
        kind: what the names stand for, for messages: "algorithm", "rule" …
        name: the one to look up, or the place where it is, ``path/to/file.py:Name``.
        base: what a class of the user's own has to derive from.

    Raises:
        UnknownName: nobody registered it; the message has the closest name that is registered.
        UsageError: there is nothing in that place, or nothing that derives from `base`.
    """
    if name in table:
        return resolve(table[name])
    if not own_code.is_own(name):
        raise UnknownName(kind, name, table, own=True)
    value = own_code.load(name)
    if not isinstance(value, type) or not issubclass(value, base):
        raise UsageError(
            f"{own_code.title(name)} is no {kind}",
            f"it has to be a class that derives from {base.__module__}.{base.__qualname__}",
        )
    return value


def load_known(table: Mapping[str, str], kind: str, name: str) -> Any:
    """The class that `name` stands for, without the import of anybody's own code.

    Args:
        table: targets by name.
        kind: what the names stand for, for messages.
        name: a registered one, or one whose place has been imported.

    Raises:
        UnknownName: it is neither.
    """
    if name in table:
        return resolve(table[name])
    value = own_code.loaded(name)
    if value is None:
        raise UnknownName(kind, name, table)
    return value


def _load_plugins() -> None:
    """Import what installed libraries name under `PLUGINS`; one that fails is left out."""
    for point in entry_points(group=PLUGINS):
        try:
            point.load()
        except Exception as error:  # whatever somebody else's module raises
            warnings.warn(
                f"the plugin {point.name!r} ({point.value}) cannot be imported: "
                f"{type(error).__name__}: {error}",
                stacklevel=2,
            )


_load_plugins()
