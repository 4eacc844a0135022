"""What is said below a table: what its figures mean, and what the runs show."""

from collections.abc import Mapping, Sequence

from evo.reports.numbers import counted, span
from evo.studies.comparison import SIGNIFICANT, Comparison, runs_needed
from evo.studies.rows import Row

MOST_NAMES = 8


def name_of(measure: str) -> str:
    """A key as people read it."""
    return measure.replace("_", " ").replace(".", " ")


def probability(p: float) -> str:
    """A p value with two digits that count."""
    return "< 0.0001" if p < 0.0001 else f"{p:.2g}"


def direction(rows: Sequence[Row]) -> str:
    """What P counts: runs that are better, or those with a higher measure where nothing says."""
    return "higher" if all(row.lower is None for row in rows) else "better"


def below(
    rows: Sequence[Row], measure: str, percent: bool, comparisons: Mapping[str, Comparison]
) -> list[str]:
    """The lines below a table.

    Args:
        rows: the cells.
        measure: key of the summary that is compared.
        percent: whether it is written in percent.
        comparisons: of the cells with their baselines, by name.
    """
    lines = [
        f"{name_of(measure)}{' in %' if percent else ''}{_which_way(rows)}. The interval is the "
        "95 % bootstrap interval (BCa) of the mean: how far the mean may be off because of the "
        "seeds that were drawn, not how far runs lie apart"
        f"{_of_few(rows)}. IQM is the mean without the lowest and the highest quarter of the runs."
    ]
    if comparisons:
        lines += ["", _test(rows, comparisons), "", _least(rows, comparisons), ""]
        lines += _shown(rows, comparisons)
    elif len(rows) > 1 and all(row.statistics.n < 2 for row in rows):
        lines += ["", "One run a cell cannot show a difference between cells: use more seeds."]
    return lines


def _which_way(rows: Sequence[Row]) -> str:
    ways = {row.lower for row in rows}
    if ways == {None}:
        return ""
    if len(ways) > 1:
        return "; whether higher or lower is better depends on the problem"
    return ", lower is better" if ways == {True} else ", higher is better"


def _of_few(rows: Sequence[Row]) -> str:
    few = any(2 <= row.statistics.n <= 3 for row in rows)
    return "; of two or three runs it is little more than their range" if few else ""


def _test(rows: Sequence[Row], comparisons: Mapping[str, Comparison]) -> str:
    baselines = list(dict.fromkeys(one.baseline for one in comparisons.values()))
    against = baselines[0] if len(baselines) == 1 else "its baseline"
    way = direction(rows)
    what = "better than one" if way == "better" else "higher than that"
    corrected = (
        f", corrected for {len(comparisons)} comparisons (Holm)" if len(comparisons) > 1 else ""
    )
    unknown = (
        ""
        if way == "better"
        else " Which way is better nobody has said: study.better and evo compare --better do."
    )
    return (
        f"P is the probability that a run is {what} of {against}; ties count half, and in brackets "
        "is the 95 % bootstrap interval. p is that of the two-sided Mann–Whitney test for no "
        f"difference{corrected}.{unknown}"
    )


def _least(rows: Sequence[Row], comparisons: Mapping[str, Comparison]) -> str:
    """Which p so many runs can have, and whether that is enough."""
    count = len(comparisons)
    least = min(1.0, count * min(one.least for one in comparisons.values()))
    runs = span([row.statistics.n for row in rows if row.statistics.n > 1])
    several = f" and {counted(count, 'comparison')}" if count > 1 else ""
    text = f"With {runs} runs a cell{several} p cannot be below {least:.2g}"
    if least <= SIGNIFICANT:
        return f"{text}."
    return (
        f"{text}, so they cannot show a difference, however large it is: that takes "
        f"{runs_needed(count)} runs a cell."
    )


def _shown(rows: Sequence[Row], comparisons: Mapping[str, Comparison]) -> list[str]:
    """Which cells the runs show to be better or worse."""
    better, worse, open_ = (
        [name for name, one in comparisons.items() if one.verdict == verdict]
        for verdict in (1, -1, 0)
    )
    up, down = ("better", "worse") if direction(rows) == "better" else ("higher", "lower")
    said = (
        (better, f"{up} than the baseline (p ≤ {SIGNIFICANT:g})"),
        (worse, f"{down} than the baseline (p ≤ {SIGNIFICANT:g})"),
        (open_, "no difference shown, which does not say that there is none"),
    )
    return [f"- {text}: {_names(names)}" for names, text in said if names]


def _names(names: Sequence[str]) -> str:
    return "; ".join(names) if len(names) <= MOST_NAMES else f"{len(names)} cells"
