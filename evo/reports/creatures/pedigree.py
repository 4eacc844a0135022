"""A pedigree as SVG: the line of first parents downwards, and second parents beside it."""

from collections.abc import Mapping, Sequence
from typing import Any

from evo_envs.creatures.body import Body

from evo.reports.creatures.picture import framed, still
from evo.reports.numbers import counted
from evo.reports.svg.elements import document, line, shortened, text
from evo.reports.svg.palette import BLUE, INK, ORANGE, SOFT
from evo.reports.svg.scale import Scale, label
from evo.reports.table import Table

WIDTH, TOP, BOTTOM = 760.0, 92.0, 44.0
AXIS = 64.0
CELL, CELL_LEFT = (150.0, 96.0), 120.0
MATE, MATE_LEFT = (120.0, 76.8), 474.0
STEP = 136.0
"""From the top of an ancestor to the top of the next, in pixels."""
WORDS, MATE_WORDS = 25, 21
"""Characters for which there is room beside a picture."""
MOST_ROWS = 40


def draw(description: Mapping[str, Any]) -> str:
    """A pedigree, as from `evo.kinds.evolution.pedigree`, as one picture.

    Raises:
        ValueError: it is damaged.
    """
    ancestors = _ancestors(description)
    title = "Pedigree of the champion"
    bottom = TOP + STEP * len(ancestors) - (STEP - CELL[1])
    body = [text(20, 26, title, bold=True), text(20, 46, _summary(description))]
    body += [
        text(AXIS, TOP - 14, "generation", fill=SOFT, anchor="middle"),
        text(CELL_LEFT, TOP - 14, "first parents", fill=SOFT),
    ]
    if any("mate" in each for each in ancestors):
        body.append(text(MATE_LEFT, TOP - 14, "second parents", fill=SOFT))
    body += _axis([int(each["generation"]) for each in ancestors], bottom)
    for number, ancestor in enumerate(ancestors):
        y = TOP + STEP * number
        last = number == len(ancestors) - 1
        if number:
            body += _links(y, int(ancestor["births"]), "mate" in ancestor)
        body += _individual(ancestor, (CELL_LEFT, y), CELL, WORDS, bold=last)
        if number + 1 < len(ancestors) and "mate" in ancestors[number + 1]:
            body += _individual(ancestors[number + 1]["mate"], (MATE_LEFT, y), MATE, MATE_WORDS)
    notes = "Dashed: births between are not drawn. Second parents' own ancestors are not drawn."
    body.append(text(20, bottom + 30, notes, fill=SOFT))
    return document(WIDTH, bottom + BOTTOM, title, body)


def tell(description: Mapping[str, Any]) -> Sequence[Table]:
    """The line of first parents, from the first ancestor to the champion."""
    rows = []
    for ancestor in _ancestors(description):
        mate = ancestor.get("mate")
        rows.append(
            [
                str(ancestor["generation"]),
                str(ancestor["caption"]),
                str(len(ancestor["body"]["parts"])),
                str(ancestor["births"]),
                f"generation {mate['generation']}: {mate['caption']}" if mate else "",
            ]
        )
    heads = ("generation", "what it did", "parts", "births since the one above", "second parent")
    return [Table("The line of first parents", heads, rows)]


def _ancestors(description: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Those to draw, the champion last."""
    ancestors = description["line"]
    if not 1 <= len(ancestors) <= MOST_ROWS:
        raise ValueError(f"{len(ancestors)} ancestors; a picture shows 1 to {MOST_ROWS}")
    return ancestors


def _summary(description: Mapping[str, Any]) -> str:
    births, changes = int(description["births"]), int(description["changes"])
    if not births:
        return "It was drawn at random: it has no parents."
    words = f"{counted(births, 'birth')} from the first ancestor to the champion; "
    return words + f"number, shapes or joints of parts changed at {changes or 'none'}."


def _axis(generations: Sequence[int], bottom: float) -> list[str]:
    """The axis of generations, with a line from each ancestor's to its picture."""
    first = generations[0]
    # Lines leave the axis at the height of the first and the last picture.
    scale = Scale(
        first,
        max(generations[-1], first + 1),
        TOP + CELL[1] / 2,
        bottom - CELL[1] / 2 if len(generations) > 1 else bottom,
        whole=True,
    )
    body = [line(f"M{AXIS:g} {TOP:g}V{bottom:g}")]
    for tick in scale.ticks(8):
        y = scale(tick)
        body.append(line(f"M{AXIS - 5:g} {y:.1f}h5"))
        body.append(text(AXIS - 9, y + 4, label(tick), fill=SOFT, anchor="end"))
    for number, generation in enumerate(generations):
        y, middle = scale(generation), TOP + STEP * number + CELL[1] / 2
        body.append(line(f"M{AXIS:g} {y:.1f}L{CELL_LEFT - 14:g} {middle:.1f}h14", BLUE, 1.4))
        body.append(f'<circle cx="{AXIS:g}" cy="{y:.1f}" r="3.5" fill="{BLUE}"/>')
    return body


def _links(y: float, births: int, mated: bool) -> list[str]:
    """Lines to the child whose picture begins at `y`, from its parents in the row above."""
    middle, above = CELL_LEFT + CELL[0] / 2, y - STEP
    dashes = 'stroke-dasharray="3 5"' if births > 1 else ""
    body = [line(f"M{middle:g} {above + CELL[1]:g}V{y:g}", INK, 1.6, more=dashes)]
    if births > 1:
        words = text(middle + 9, above + CELL[1] + 18, counted(births, "birth"), fill=SOFT)
        body.append(words)
    if mated:
        start, joint = MATE_LEFT + MATE[0] / 2, y - 11
        path = f"M{start:g} {above + MATE[1]:g}V{joint - 8:g}q0 8 -8 8H{middle:g}V{y:g}"
        body.append(line(path, ORANGE, 1.6))
    return body


def _individual(
    individual: Mapping[str, Any],
    place: tuple[float, float],
    size: tuple[float, float],
    most: int,
    bold: bool = False,
) -> list[str]:
    """The body of an individual in a frame, with words beside it."""
    try:
        film = still(Body.read(individual["body"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"no creature: {error}") from None
    (x, y), (wide, high) = place, size
    x += wide + 12
    lines = [f"generation {int(individual['generation'])}", str(individual["caption"])]
    return [
        framed(film, 0, place, size, margin=0.08),
        text(x, y + high / 2 - 6, lines[0], bold=bold),
        text(x, y + high / 2 + 12, shortened(lines[1], most), bold=bold),
    ]
