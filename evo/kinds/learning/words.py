"""How the steps and the end of a learning are told on a terminal."""

from collections.abc import Mapping
from typing import Any

from evo.kind import Object
from evo.reports.numbers import number, percent

MOST_LAYERS = 4
"""The figures of so many layers are told one by one; of more, the least and the largest."""


def score(figures: Object, part: str) -> str | None:
    """How good the outputs are for a part of the data: "97.2 %" or "R² 0.912"; None without it."""
    accuracy, r2 = (figures.get(f"{part}_{name}") for name in ("accuracy", "r2"))
    if accuracy is not None and accuracy == accuracy:
        return percent(accuracy)
    return None if r2 is None or r2 != r2 else f"R² {r2:.3f}"


def progress(line: Object) -> str:
    """The figures of an epoch that fit on a line."""
    parts = [f"loss {number(line['train_loss'])}"]
    parts += [f"{part} {found}" for part in ("train", "validation") if (found := score(line, part))]
    return "  ".join(parts)


def ending(summary: Object) -> list[str]:
    """How a learning ended, line by line."""
    tested = score(summary, "test") or "–"
    if summary.get("test_mse") is not None:
        tested += f", mean squared error {summary['test_mse']:.4g}"
    elif summary.get("test_accuracy") is not None:
        tested += " right"
    kept = summary.get("kept_epoch")
    if kept is not None and kept != summary["epochs"]:
        tested += f", of the network kept after epoch {kept}, the best by validation"
    else:
        tested += ", measured once"
    lines = [f"  test         {tested}"]
    if found := score(summary, "validation"):
        lines.append(f"  validation   {found}")
    lines.append(f"  training     {score(summary, 'train') or '–'}")
    lines += [f"  {words}" for words in measures(summary.get("measures", {}))]
    lines += [f"  warning      {sentence}" for sentence in summary.get("warnings", [])]
    lines.append(
        f"  spent        {summary['wall_s']:.1f} s, {summary['parameters']} parameters, "
        f"{summary['examples']} examples an epoch"
    )
    run = summary["run"]
    lines.append(f"  run          {run}")
    lines.append(f"  next         evo report {run}")
    return lines


def measures(figures: Object) -> list[str]:
    """The measures of the rule that say how close it is to what it imitates: angles, residuals."""
    found = []
    for name, value in figures.items():
        if not name.endswith(("residual", "error")) and "angle" not in name:
            continue
        called = name.replace("angle_to_bp", "angle to backpropagation").replace("_", " ")
        found.append(f"measured     {called} {_told(value, '°' if 'angle' in name else '')}")
    return found


def _told(value: Any, unit: str) -> str:
    """A measure, or one for each layer, the first layer first."""
    if not isinstance(value, Mapping):
        return _figure(value, unit)
    known = [each for each in value.values() if each is not None and each == each]
    if len(value) <= MOST_LAYERS:
        return ", ".join(_figure(each, unit) for each in value.values())
    if not known:
        return "–"
    return f"{_figure(min(known), unit)} to {_figure(max(known), unit)} in {len(value)} layers"


def _figure(value: float | None, unit: str) -> str:
    if value is None or value != value:
        return "–"
    return f"{value:.1f}{unit}" if unit else f"{value:.2g}"
