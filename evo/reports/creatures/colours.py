"""Which colour each shape has, from the palette of all pictures."""

from collections.abc import Sequence

from evo_envs.creatures.film import Shape

from evo.reports.svg.palette import GREY, SERIES

OWN = tuple(colour for colour in SERIES if colour != GREY)


def colours(shapes: Sequence[Shape]) -> list[str]:
    """A colour for each shape, in light mode.

    The parts of one creature differ by their kind; among several creatures each has one colour.
    Things are grey.
    """
    several = len({shape.creature for shape in shapes if shape.creature >= 0}) > 1
    numbers = [shape.creature if several else shape.group for shape in shapes]
    return [
        GREY if shape.creature < 0 else OWN[number % len(OWN)]
        for shape, number in zip(shapes, numbers, strict=True)
    ]


def shades(shapes: Sequence[Shape]) -> list[float]:
    """How much darker each shape is than its colour: parts of one kind alike, 0 to 0.2."""
    several = len({shape.creature for shape in shapes if shape.creature >= 0}) > 1
    return [0.1 * (shape.group % 3) if several else 0.0 for shape in shapes]
