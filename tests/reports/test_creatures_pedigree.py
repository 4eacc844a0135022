"""Pedigrees of creatures as SVG, and as tables.

Seen when planted: second parents beside their child instead of above it, a solid line where births
are left out, axes that end before the champion.
"""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from evo_envs.creatures.body import Body, Part

from evo.reports import views
from evo.reports.creatures.pedigree import draw, tell
from evo.reports.svg import palette


def individual(generation, parts=2, **more):
    segments = [Part(-1, "box", (0.3, 0.2, 0.1))]
    segments += [Part(k, "capsule", (0.3, 0.1, 0.1), joint="hinge") for k in range(parts - 1)]
    body = Body(tuple(segments)).describe()
    return {"generation": generation, "caption": f"walks {generation} m", "body": body} | more


def planted():
    line = [
        individual(1, births=0),
        individual(4, births=3),
        individual(5, 3, births=1, mate=individual(2)),
        individual(20, 4, births=6, mate=individual(18, 3)),
    ]
    return {"kind": "pedigree", "births": 10, "changes": 2, "line": line}


def elements(picture, name, **wanted):
    root = ElementTree.fromstring(picture)
    found = root.iter(f"{{http://www.w3.org/2000/svg}}{name}")
    return [each for each in found if all(each.get(k) == v for k, v in wanted.items())]


def frames(picture):
    """Place and size of each body's frame."""
    names = ("x", "y", "width", "height")
    found = [each for each in elements(picture, "svg") if each.get("x")]
    return [tuple(float(each.attrib[name]) for name in names) for each in found]


def test_lines_lead_from_parents_to_children():
    picture = draw(planted())
    boxes = frames(picture)
    first, second, third, fourth = (box for box in boxes if box[0] == 120)
    mates = [box for box in boxes if box[0] != 120]
    assert [box[1] for box in mates] == [second[1], third[1]]
    lines = elements(picture, "path", stroke=palette.INK)
    for line, above, below in zip(
        lines, (first, second, third), (second, third, fourth), strict=True
    ):
        x, start, end = (
            float(each) for each in re.findall(r"M([\d.]+) ([\d.]+)V([\d.]+)", line.attrib["d"])[0]
        )
        assert x == above[0] + above[2] / 2
        assert (start, end) == (above[1] + above[3], below[1])
    assert [line.get("stroke-dasharray") is not None for line in lines] == [True, False, True]
    for line, mate, child in zip(
        elements(picture, "path", stroke=palette.ORANGE, fill="none"),
        mates,
        (third, fourth),
        strict=True,
    ):
        path = line.attrib["d"]
        assert path.startswith(f"M{mate[0] + mate[2] / 2:g} {mate[1] + mate[3]:g}V")
        assert path.endswith(f"H{child[0] + child[2] / 2:g}V{child[1]:g}")


def test_generations_stand_on_an_axis_to_scale():
    picture = draw(planted())
    places = [float(dot.attrib["cy"]) for dot in elements(picture, "circle", r="3.5")]
    assert len(places) == 4
    steps = [b - a for a, b in pairwise(places)]
    assert steps == pytest.approx([steps[1] * 3, steps[1], steps[1] * 15], abs=0.5)
    leaders = elements(picture, "path", stroke=palette.BLUE, fill="none")
    middles = [y + high / 2 for x, y, _, high in frames(picture) if x == 120]
    ends = [float(re.findall(r"L\S+ ([\d.]+)h", each.attrib["d"])[0]) for each in leaders]
    assert ends == middles
    height = float(ElementTree.fromstring(picture).attrib["height"])
    assert max(places) < height and max(y + high for _, y, _, high in frames(picture)) < height


def test_words_say_what_each_did_and_what_is_left_out():
    words = [each.text for each in elements(draw(planted()), "text")]
    for expected in ("generation 20", "walks 20 m", "walks 18 m", "3 births", "6 births"):
        assert words.count(expected) == 1
    assert "10 births from the first ancestor to the champion" in words[1]
    assert {"first parents", "second parents"} <= set(words)
    assert tell(planted())[0].rows[2] == ["5", "walks 5 m", "3", "1", "generation 2: walks 2 m"]


def test_colours_are_those_of_the_palette():
    colours = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]+)"', draw(planted())))
    assert colours <= {*palette.DARK, "#000000", "#ffffff"}


def test_who_was_drawn_at_random_stands_alone():
    alone = {"births": 0, "changes": 0, "line": [individual(1, births=0)]}
    picture = draw(alone)
    assert "no parents" in picture and "second parents" not in picture
    assert len(frames(picture)) == 1 and "nan" not in picture


@pytest.mark.parametrize(
    "damage",
    [
        {"line": []},
        {"line": [individual(1, births=0)] * 1000},
        {"line": None},
        {"births": None},
        {"line": [individual(1, births=0) | {"body": {}}]},
        {"line": [individual(1, births=0) | {"generation": "x"}]},
        {"line": [individual(float("nan"), births=0)]},
        {"line": [individual(9, births=0), individual(1, births=1)]},
        {"line": [individual(10**400, births=0)]},
        {"line": [individual(1, births=0), individual(10**300, births=1)]},
    ],
)
def test_a_damaged_pedigree_is_shown_as_text(damage):
    shown = views.show(planted() | damage)
    assert "<pre>" in shown or "<svg" in shown
    assert "nan" not in shown.partition("<pre>")[0]
    views.text(planted() | damage)
