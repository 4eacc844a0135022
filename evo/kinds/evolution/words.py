"""How the steps and the end of an evolution are told on a terminal."""

import shutil
from pathlib import Path
from typing import Any

from evo.kind import Object
from evo.kinds.evolution.figures import INFEASIBLE, SHOWN
from evo.kinds.evolution.page import PLAYER
from evo.kinds.evolution.solution import in_words
from evo.population import VIOLATED
from evo.reports.numbers import counted, exact, grouped, number, told

MOST_REASONS = 3
"""Constraints that a progress line names."""


def progress(line: Object) -> str:
    """The figures of a generation that fit on a line."""
    if line.get(INFEASIBLE) and _nothing(line["best"]):
        parts = ["nobody feasible"]
    elif isinstance(line["best"], dict):
        parts = [f"best {told(line['best'])}"]
    else:
        parts = [f"best {number(line['best'])}", f"mean {number(line['mean'])}"]
    if "told" in line:
        parts[0] = line["told"]
    parts += [f"{name} {_measure(line[name])}" for name in SHOWN if name in line]
    if "species_sizes" in line:
        parts.append(f"species {len(line['species_sizes'])}")
    if line.get(INFEASIBLE):
        parts.append(f"infeasible {line[INFEASIBLE]}{_by_reason(line.get(VIOLATED, {}))}")
    if line["failures"]:
        parts.append(f"failed {line['failures']}")
    parts.append(f"evaluations {grouped(line['evaluations'])}")
    parts += [f"{unit} {grouped(amount)}" for unit, amount in line.get("spent", {}).items()]
    return "  ".join(parts)


def _by_reason(counts: Object) -> str:
    """How many violate which constraint, in brackets: the three that most violate."""
    told = [f"{name} {count}" for name, count in list(counts.items())[:MOST_REASONS]]
    return f" ({', '.join(told)})" if told else ""


def ending(summary: Object) -> list[str]:
    """How an evolution ended, line by line."""
    champion = summary["champion"]
    lines: list[str] = []
    if champion:
        if champion["members"] > 1:
            members = counted(champion["members"], "solution")
            lines.append(f"  result       {members} in champion.json")
        name = "" if isinstance(champion["mean"], dict) else f"{summary['score']} "
        lines.append(f"  champion     {name}{worth(champion)}")
    if test := summary.get("test"):
        examples = counted(test["examples"], "test example")
        lines.append(f"  test         {told(test['figures'], exact)} on {examples}")
    if _nothing(summary["best"]) and summary["measures"].get(INFEASIBLE):
        lines.append("  best         no solution that satisfies the constraints was found")
    else:
        bred = summary.get("training_score") or summary["score"]
        name = "" if bred == summary["score"] else f"{bred} "
        lines.append(f"  best         {name}{told(summary['best'])} in training")
    if summary.get("solution") is not None:
        room = shutil.get_terminal_size().columns - 15
        lines.append(f"  solution     {in_words(summary['solution'], room)}")
    measures = [
        f"{name} {_measure(summary['measures'][name])}"
        for name in SHOWN
        if name in summary["measures"]
    ]
    if measures:
        lines.append(f"  measures     {', '.join(measures)}")
    failed = f", {summary['failures']} failed" if summary["failures"] else ""
    spent = [f"{grouped(summary['evaluations'])} evaluations{failed}"]
    spent += [f"{grouped(amount)} {unit}" for unit, amount in summary["spent"].items()]
    lines.append(f"  spent        {', '.join(spent)}, {summary['wall_s']:.1f} s")
    run = summary["run"]
    lines.append(f"  run          {run}")
    if (Path(run) / PLAYER).is_file():
        lines.append(f"  watch        {run}/{PLAYER}")
    lines.append(f"  next         evo replay {run}    evo report {run}")
    return lines


def _nothing(figure: Any) -> bool:
    """Whether there is no figure, of any score."""
    each = figure.values() if isinstance(figure, dict) else [figure]
    return all(value is None or value != value for value in each)


def _measure(value: int | float) -> str:
    """A figure of the algorithm: whole numbers as they are."""
    return grouped(value) if isinstance(value, int) else number(value)


def worth(champion: Object) -> str:
    """The champion's figure with its interval."""
    if champion["mean"] is None:
        return f"none: some of {champion['episodes']} fresh episodes failed or were infeasible"
    mean = told(champion["mean"])
    if not champion["ci95"]:
        return mean
    if isinstance(champion["ci95"], dict):
        return f"{mean} (means of {champion['episodes']} fresh episodes)"
    low, high = champion["ci95"]
    return (
        f"{mean} (mean of {champion['episodes']} fresh episodes, 95 % interval {number(low)} – "
        f"{number(high)})"
    )
