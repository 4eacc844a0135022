"""How the steps and the end of a learning are told on a terminal."""

from evo.kind import Object
from evo.reports.numbers import number, percent


def progress(line: Object) -> str:
    """The figures of an epoch that fit on a line."""
    parts = [f"loss {number(line['train_loss'])}", f"train {percent(line['train_accuracy'])}"]
    validation = line["validation_accuracy"]
    if validation is not None and validation == validation:
        parts.append(f"validation {percent(validation)}")
    return "  ".join(parts)


def ending(summary: Object) -> list[str]:
    """How a learning ended, line by line."""
    lines = [f"  test         {percent(summary['test_accuracy'])} right, measured once"]
    if summary["best_test_accuracy"] is not None:
        after = f"after epoch {summary['best_epoch']}, the best by validation"
        lines.append(f"  best         {percent(summary['best_test_accuracy'])} right {after}")
    if summary["validation_accuracy"] is not None:
        lines.append(f"  validation   {percent(summary['validation_accuracy'])}")
    lines.append(f"  training     {percent(summary['train_accuracy'])}")
    lines.append(
        f"  spent        {summary['wall_s']:.1f} s, {summary['parameters']} parameters, "
        f"{summary['examples']} examples an epoch"
    )
    run = summary["run"]
    lines.append(f"  run          {run}")
    lines.append(f"  next         evo report {run}")
    return lines
