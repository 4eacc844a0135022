"""Numbers as people read them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any


def number(value: float | None) -> str:
    """A figure with as many digits as people read; a dash for None and NaN."""
    if value is None or value != value:
        return "–"
    return f"{value:.1f}" if 1 <= abs(value) < 1e5 else f"{value:.4g}"


def told(figure: Any, write: Callable[[Any], str] = number) -> str:
    """A number, or numbers with the names of their scores, in words."""
    if isinstance(figure, Mapping):
        return ", ".join(f"{name} {write(each)}" for name, each in figure.items())
    return write(figure)


def exact(value: object) -> str:
    """A float with six digits, a dash for None, anything else as it is."""
    return "–" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def percent(share: float | None, digits: int = 1) -> str:
    """A share of examples as a percentage, or a dash."""
    return "–" if share is None or share != share else f"{100 * share:.{digits}f} %"


def grouped(count: int) -> str:
    """A count with a space before every three digits."""
    return f"{count:,}".replace(",", " ")


def counted(count: int, noun: str) -> str:
    """``1 epoch``, ``3 epochs``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def span(counts: Sequence[int]) -> str:
    """The least and the largest of some counts, ``10–200``; one number if they are all the same."""
    low, high = grouped(min(counts)), grouped(max(counts))
    return low if low == high else f"{low}–{high}"
