"""Charts: well-formed, true to the numbers, and right wherever SVG is drawn."""

import math
import re
import xml.etree.ElementTree as ElementTree
from functools import cache

import pytest

from evo.reports import svg
from evo.reports.svg import counts, curves, elements, frame, palette

NAMESPACE = "{http://www.w3.org/2000/svg}"
LIMIT = 2_000_000


def parsed(text):
    return ElementTree.fromstring(text)


def texts(text):
    return [node.text for node in parsed(text).iter(f"{NAMESPACE}text")]


def fitness(values, target):
    level = None if target is None else (f"target {target:g}", target)
    points = [(float(x), y) for x, y in enumerate(values, 1)]
    return svg.chart("t", {"a": points, "b": points}, x_name="x", y_name="y", level=level)


@pytest.mark.parametrize(
    "values",
    [
        [],
        [1.0],
        [3.0, 3.0],
        [0.0, 0.0],
        [1e-3],
        [math.nan, 2.0],
        [math.nan],
        [-5e300, 5e300],
        [-1.7e308, 1.7e308],
        [5e-324, 0.0],
        [5e-324, 1e308],
        [1e-12, 1e12],
        [1e-9] * 3,
        [1.0, 2.0] * 5000,
    ],
)
@pytest.mark.parametrize("target", [None, 0.0, 475.0, -1.0, 1.0])
def test_curves_of_any_numbers_are_well_formed(values, target):
    text = fitness(values, target)
    assert parsed(text).get("role") == "img"
    assert not re.search(r'[" ](nan|inf)', text)
    assert len(text) < 100_000


def test_a_curve_passes_through_its_points():
    text = svg.chart("t", {"a": [(1, 0.0), (3, 10.0)]}, x_name="x", y_name="y")
    (path,) = [
        node.get("d")
        for node in parsed(text).iter(f"{NAMESPACE}path")
        if node.get("stroke") == palette.BLUE
    ]
    (x0, y0), (x1, y1) = ((float(a), float(b)) for a, b in (p.split() for p in path[1:].split("L")))
    assert (x0, x1) == (svg.LEFT, svg.WIDTH - svg.RIGHT)
    assert y0 > y1


def test_wide_positive_spans_are_logarithmic():
    assert "1e-06" in texts(fitness([10.0**-k for k in range(8)], 1e-8))
    assert svg.Scale(1e-8, 1.0, 0, 8, True)(1e-4) == pytest.approx(4)


@pytest.mark.parametrize(
    ("least", "step"), [(0.9, 1), (1.1, 2), (3, 5), (6, 10), (0.023, 0.05), (1, 1)]
)
def test_steps_are_round(least, step):
    assert svg.round_step(least) == pytest.approx(step)


def test_titles_are_escaped():
    assert "<script>" not in svg.chart(
        "<script>", {"<b>": [(1, 1.0), (2, 2.0)]}, x_name="&", y_name='"'
    )


def test_a_legend_takes_as_many_rows_as_it_needs_and_stays_in_the_picture():
    names = [f"a name of some length {number}" for number in range(9)]
    series = {name: [(0, 0.0), (1, 1.0)] for name in names}
    root = parsed(svg.chart("t", series, x_name="", y_name=""))
    shown = {node.text: node for node in root.iter(f"{NAMESPACE}text") if node.text in names}
    assert shown.keys() == set(names)
    for name, node in shown.items():
        assert float(node.get("x")) + elements.width_of(name) <= svg.WIDTH
    assert len({node.get("y") for node in shown.values()}) > 2
    lowest = max(float(node.get("y")) for node in shown.values())
    curve = max(
        (node.get("d") for node in root.iter(f"{NAMESPACE}path") if "L" in node.get("d")), key=len
    )
    assert min(float(y) for y in re.findall(r" ([\d.]+)", curve)) > lowest


def test_areas_on_top_of_one_another():
    layers = {"1": [(g, 10.0 - g) for g in range(1, 6)], "2": [(g, float(g)) for g in range(2, 6)]}
    bands = [
        node
        for node in parsed(svg.stack("t", layers, x_name="", y_name="")).iter(f"{NAMESPACE}path")
        if node.get("fill") in palette.SERIES
    ]
    assert [band.find(f"{NAMESPACE}title").text for band in bands] == ["1", "2"]


def test_of_many_layers_the_small_ones_are_drawn_as_one():
    layers = {f"species {i}": [(float(i), 1.0), (i + 1.0, 2.0)] for i in range(5_000)}
    layers["species 7"] = [(x, 9.0) for x in range(5_000)]
    picture = svg.stack("t", layers, x_name="", y_name="")
    assert "4800 others" in picture
    assert "species 7<" in picture
    assert len(picture) < LIMIT


def test_a_fine_heat_map_draws_neighbours_as_one():
    cells = 4 * counts.MOST_CELLS
    values = {(i, i): float(i) for i in range(cells)}
    axis = svg.Axis("x", 0.0, 1.0, cells)
    text = svg.heatmap("t", values, axis, axis)
    assert "4 × 4 cells drawn as one" in text
    boxes = list(parsed(text).iter(f"{NAMESPACE}rect"))[1:]
    assert len(boxes) == counts.MOST_CELLS
    for box in boxes:
        assert float(box.get("x")) + float(box.get("width")) <= svg.WIDTH - svg.RIGHT + 0.02
    assert max(float(box.get("fill-opacity")) for box in boxes) == 1


def test_of_many_dots_some_are_drawn_and_the_title_says_so():
    points = [(float(i), -float(i)) for i in range(50_000)]
    text = svg.scatter("t", points, x_name="x", y_name="y")
    assert text.count("<circle") == counts.MOST_DOTS
    assert f"{counts.MOST_DOTS} of them drawn" in text
    assert "49999, -49999" in text, "both ends stay"


@cache
def pictures():
    many = [(float(x), math.sin(x)) for x in range(10_000)]
    family = {f"layer {number}": many for number in range(300)}
    cells = {(i, j): float(i * j) for i in range(200) for j in range(200)}
    axis = svg.Axis("x", 0.0, 1.0, 200)
    positive = {name: [(x, 1 + abs(y)) for x, y in points] for name, points in family.items()}
    return {
        "chart": svg.chart("t", family, x_name="x", y_name="y", level=("zero", 0.0)),
        "small": svg.chart("t", {"a": many}, x_name="x", y_name="y", small=True),
        "stack": svg.stack("t", positive, x_name="x", y_name="y"),
        "histogram": svg.histogram("t", [y for _, y in many], x_name="x", y_name="y"),
        "scatter": svg.scatter("t", many * 9, x_name="x", y_name="y"),
        "heat map": svg.heatmap("t", cells, axis, axis),
        "lines": svg.text_lines("t", ["x + 1"]),
    }


@pytest.fixture(
    scope="module", params=["chart", "small", "stack", "histogram", "scatter", "heat map", "lines"]
)
def picture(request):
    return pictures()[request.param]


def test_pictures_of_much_are_not_too_large(picture):
    assert len(picture) < LIMIT


def test_a_picture_that_would_be_too_large_is_refused():
    with pytest.raises(ValueError, match="too large"):
        svg.document(10, 10, "t", ["x" * LIMIT])


def test_every_colour_is_a_literal_that_has_a_counterpart_on_dark_pages(picture):
    assert "var(" not in picture
    assert "<style" not in picture
    assert "style=" not in picture
    for node in parsed(picture).iter():
        tag = node.tag.removeprefix(NAMESPACE)
        if tag in ("text", "rect", "circle", "path"):
            colours = {node.get(what) for what in ("fill", "stroke")} - {None, "none"}
            assert colours, f"a {tag} without a colour of its own"
            assert colours <= palette.DARK.keys()


def test_the_page_restyles_each_colour(picture):
    rules = palette.dark_rules()
    for what, colour in re.findall(r'(fill|stroke)="(#\w+)"', picture):
        assert f'[{what}="{colour}"] {{ {what}: {palette.DARK[colour]}; }}' in rules


def test_limits_of_points():
    assert len(frame.thinned([(x, 0.0) for x in range(10_001)])) <= frame.MOST_POINTS + 1
    text = pictures()["chart"]
    assert text.count("L") < 2 * frame.ALL_POINTS
    assert f"and {curves.MOST_CURVES - curves.MOST_NAMES} more" in text
    assert f"the first {curves.MOST_CURVES} of 300" in text
