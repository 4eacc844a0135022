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
    "dfa": (
        *("learn", "dfa", "data.npz", "--set", "network.hidden=[3]", "--epochs", "2"),
        *("--set", "checkpoint_interval=0", "-q"),
    ),
}
"""Runs to damage, by the name of their folder."""

READ = (("report", "{run}"), ("list", "."), ("compare", "{run}", "--format", "json"))
GO_ON = (("resume", "{run}", "-q", "{longer}", "5"), ("resume", "{run}", "-q"))
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


EVOLUTIONS = ("ga", "cma-es", "openai-es", "neat")

SUBJECTS: dict[str, Subject] = {
    "config": Subject(
        "config.toml", damage.toml, (("config", "check", "{run}/config.toml"),), weight=2
    ),
    "config of a run": Subject("config.toml", damage.toml, (*READ, *GO_ON), weight=2),
    "--set": Subject("", damage.anything, (("config", "show", "{names}", "--set", "{word}"),)),
    "run.json": Subject("run.json", damage.json_file, READ),
    "environment.json": Subject("environment.json", damage.json_file, READ[:1]),
    "metrics": Subject("metrics.jsonl", damage.json_lines, (*READ, *GO_ON), weight=2),
    "events": Subject("events.jsonl", damage.json_lines, (*READ[:1], *GO_ON), ("neat", "ga")),
    "summary": Subject("summary.json", damage.json_file, (*READ, *GO_ON, TABLE), weight=2),
    "champion": Subject(
        "champion.json", damage.json_file, (*READ[:1], *REPLAY, *REPLAY), EVOLUTIONS, weight=2
    ),
    "checkpoint": Subject("checkpoint.zip", damage.archive, (*GO_ON[:1], *REPLAY), weight=4),
    "npz": Subject(
        "data.npz",
        damage.archive,
        (("learn", "bp", "data.npz", "--set", "network.hidden=[2]", "--epochs", "1", "-q"),),
        ("dfa",),
    ),
    "study": Subject("study.toml", damage.toml, (("study.toml",),), ("dfa",), weight=2),
}
