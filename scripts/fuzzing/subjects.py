"""The files that are damaged, each with the commands that read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from fuzzing import damage
from fuzzing.damage import Damage

SMALL = (
    "--set",
    "checkpoint_interval=0",
    "--set",
    "champion_episodes=2",
    "--generations",
    "3",
    "-q",
)
ROOTS: dict[str, tuple[str, ...]] = {
    "ga": ("run", "ga", "sphere", "--set", "algorithm.population=6", *SMALL),
    "cma-es": ("run", "cma-es", "sphere", "--set", "problem.dimensions=3", *SMALL),
    "openai-es": ("run", "openai-es", "sphere", "--set", "algorithm.population=6", *SMALL),
    "neat": (
        *("run", "neat", "xor", "--set", "algorithm.population=8", "--set", "stop_at_target=false"),
        *SMALL,
    ),
    "nsga2": ("run", "nsga2", "zdt1", "--set", "algorithm.population=6", *SMALL),
    "map-elites": ("run", "map-elites", "arm", "--set", "algorithm.batch=6", *SMALL),
    "tsp": ("run", "ga", "tsp", "--set", "algorithm.population=6", *SMALL),
    "quartic": ("run", "ga", "quartic", "--set", "algorithm.population=6", *SMALL),
    "lifetime": (
        *("run", "ga", "xor", "--set", "algorithm.population=4", "--set", "lifetime.steps=1"),
        *SMALL,
    ),
    "cartpole": ("run", "ga", "cartpole", "--set", "algorithm.population=4", *SMALL),
    "dfa": (
        *("learn", "dfa", "data.npz", "--set", "network.hidden=[3]", "--epochs", "2"),
        *("--set", "checkpoint_interval=0", "-q"),
    ),
}
"""Runs to damage, by the name of their folder."""

READ = (("report", "{run}"), ("list", "."), ("compare", "{run}", "--format", "json"))
GO_ON = (("resume", "{run}", "-q", "{longer}", "5"), ("resume", "{run}", "-q"))
START = (("{command}", "--config", "{run}/config.toml", "{longer}", "2", "-q", "--out", "other"),)
TABLE = ("compare", "{run}", "ga", "dfa", "--measure", "wall_s", "--out", "table", "-q")
REPLAY = (("replay", "{run}", "--format", "json"),)


@dataclass(frozen=True)
class Subject:
    """A kind of file.

    Attributes:
        file: its name in a run folder, or beside them.
        damage: what happens to it.
        commands: what reads it; {run} is the folder, {longer} the option that extends a run.
        roots: which runs have one.
        weight: how often it is taken.
    """

    file: str
    damage: Damage
    commands: Sequence[tuple[str, ...]]
    roots: Sequence[str] = tuple(ROOTS)
    weight: int = 1


EVOLUTIONS = tuple(name for name, words in ROOTS.items() if words[0] == "run")
SEVERAL = ("nsga2", "map-elites")
"""Runs whose result is a front or an archive."""

REAL = ("crossover=sbx", "mutation=polynomial", "kind=reals", "repair=clip", "mutation_rate=0.5")
WORDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("ga", "sphere"): (
        *("algorithm.population=3", "problem.dimensions=4", "seed=1", "generations=3"),
        *("target=0.5", "evaluation.workers=2", "run.wall_time=1", "problem.target=1"),
        *("run.budget={evaluations = 100}", "run.evaluations=9"),
        *(f"genome.{word}" for word in REAL),
    ),
    ("ga", "xor"): (
        *("lifetime.steps=1", "lifetime.rule=bp", "lifetime.inherit=baldwin"),
        *("lifetime.learning_rate=0.1", "run.budget={samples = 100}"),
        *("network.kind=fixed", "network.hidden=[2]", "network.activation=relu"),
        *("genome.kind=topology", "genome.kind=reals", "genome.crossover=uniform"),
    ),
    ("ga", "tsp"): (
        *("genome.kind=permutations", "genome.crossover=order", "genome.mutation=swap"),
        *("problem.cities=5", "problem.layout=scattered", "problem.seed=3", "problem.file=none"),
    ),
    ("ga", "quartic"): (
        *("genome.kind=trees", "genome.max_depth=9", "genome.start_depth=3"),
        *("genome.mutation=hoist", "genome.point_rate=0.1", "problem.formula=sextic"),
    ),
    ("nsga2", "zdt1"): (
        *("algorithm.population=8", "problem.dimensions=4", "problem.function=zdt3"),
        *("run.target=1", "stop_at_target=false", *(f"genome.{word}" for word in REAL)),
    ),
    ("map-elites", "arm"): (
        *("algorithm.resolution=5", "algorithm.batch=4", "problem.joints=3", "genome.kind=auto"),
    ),
    ("neat", "xor"): (
        *("genome.kind=topology", 'genome.activations=["tanh"]', "genome.perturb_std=1"),
        *("lifetime.inherit=lamarck", "lifetime.steps=2"),
    ),
}
"""``--set`` words that fit, by algorithm and problem."""
SHOWN: dict[tuple[str, ...], tuple[str, ...]] = {
    ("config", "show", *names, "--set", "{word}"): words for names, words in WORDS.items()
}

SUBJECTS: dict[str, Subject] = {
    "config": Subject(
        "config.toml", damage.toml, (("config", "check", "{run}/config.toml"),), weight=2
    ),
    "config of a run": Subject("config.toml", damage.toml, (*READ, *GO_ON), weight=2),
    "config to run": Subject("config.toml", damage.toml, START, weight=2),
    "--set": Subject("", damage.anything, tuple(SHOWN), ("ga",), weight=2),
    "run.json": Subject("run.json", damage.json_file, READ),
    "environment.json": Subject("environment.json", damage.json_file, READ[:1]),
    "metrics": Subject("metrics.jsonl", damage.json_lines, (*READ, *GO_ON), weight=2),
    "events": Subject("events.jsonl", damage.json_lines, (*READ[:1], *GO_ON), ("neat", "ga")),
    "timings": Subject("timings.jsonl", damage.json_lines, GO_ON),
    "summary": Subject("summary.json", damage.json_file, (*READ, *GO_ON, TABLE), weight=2),
    "champion": Subject(
        "champion.json", damage.json_file, (*READ[:1], *REPLAY, *REPLAY), EVOLUTIONS, weight=2
    ),
    "episode": Subject("episode.json", damage.json_file, (*READ[:1], *GO_ON), ("cartpole",)),
    "result": Subject("result.json", damage.json_file, (*READ[:1], *GO_ON), SEVERAL),
    "checkpoint": Subject("checkpoint.zip", damage.archive, (*GO_ON[:1], *REPLAY), weight=4),
    "network": Subject("network.npz", damage.archive, READ[:1], ("dfa",)),
    "npz": Subject(
        "data.npz",
        damage.archive,
        (("learn", "bp", "data.npz", "--set", "network.hidden=[2]", "--epochs", "1", "-q"),),
        ("dfa",),
    ),
    "study": Subject("study.toml", damage.toml, (("study.toml",),), ("dfa",), weight=2),
}
