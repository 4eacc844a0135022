"""The picture of a network: everything in it, no link over a node, large ones in summary."""

import math
import random
import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest

from evo.reports.views import network as view
from evo.reports.views.network import full, places

NAMESPACE = "{http://www.w3.org/2000/svg}"


def network(inputs, nodes, outputs, links, recurrent=False, **names):
    described = [{"source": a, "target": b, "weight": w} for a, b, w in links]
    node = {"activation": "tanh", "aggregation": "sum", "bias": 0.5}
    return {
        "kind": "network",
        "inputs": inputs,
        "outputs": outputs,
        "nodes": [node for _ in range(nodes)],
        "links": described,
        "recurrent": recurrent,
        **names,
    }


def random_network(inputs, hidden, outputs, links, recurrent=False, seed=0):
    """A network in which every node reads something."""
    draw, inner = random.Random(seed), inputs + hidden
    size, pairs = inner + outputs, set()
    while len(pairs) < links:
        target = inputs + len(pairs) if len(pairs) < size - inputs else draw.randrange(inputs, size)
        pairs.add((draw.randrange(size if recurrent else min(target, inner)), target))
    weighted = [(a, b, draw.gauss(0, 1)) for a, b in sorted(pairs)]
    return network(inputs, hidden + outputs, list(range(inner, size)), weighted, recurrent)


SMALL = {
    "xor": network(2, 2, [3], [(0, 2, 1.0), (1, 2, -1.0), (2, 3, 2.0), (0, 3, 1.0)]),
    "no links": network(2, 1, [2], []),
    "loops": network(1, 2, [1, 2], [(1, 2, 0.0), (2, 1, 1.0), (2, 2, -3.0)], recurrent=True),
    "newcomer's": random_network(8, 30, 3, 122),
    "recurrent": random_network(3, 6, 2, 30, recurrent=True),
    "memory": random_network(128, 0, 6, 768),
    "deep": random_network(4, 40, 2, 80, seed=3),
}


def root_of(description):
    return ElementTree.fromstring(view.draw(description))


def lines(root):
    """The links: the lines that have a title."""
    return [
        node for node in root.iter(f"{NAMESPACE}path") if node.find(f"{NAMESPACE}title") is not None
    ]


def dots(root):
    return [
        node
        for node in root.iter(f"{NAMESPACE}circle")
        if node.find(f"{NAMESPACE}title") is not None
    ]


def test_nodes_stand_right_of_what_they_read():
    links = [view.Link(a, b, 1.0) for a, b in [(0, 2), (2, 3), (3, 4), (1, 4), (4, 2), (4, 4)]]
    columns = view.arrange(2, 3, [4], links, recurrent=True)
    place = {position: x for x, column in enumerate(columns) for position in column}
    assert place[0] == place[1] == 0 < place[2] < place[3] < place[4] == len(columns) - 1


@pytest.mark.parametrize("name", SMALL)
def test_drawings_show_every_node_and_link(name):
    description, root = SMALL[name], root_of(SMALL[name])
    assert len(dots(root)) == description["inputs"] + len(description["nodes"])
    assert len(lines(root)) == len(description["links"])


def points(path):
    """Places along a path of the letters M, H, V, C, Q and c."""
    x = y = 0.0
    for letter, text in re.findall(r"([MHVCQc])([^MHVCQc]*)", path):
        n = [float(each) for each in re.findall(r"-?[\d.]+", text)]
        if letter == "M":
            x, y = n
            yield x, y
            continue
        if letter == "c":
            n = [value + (x, y)[i % 2] for i, value in enumerate(n)]
        ends = {"H": [n[0], y], "V": [x, n[0]]}.get(letter, n)
        poly = [(x, y), *zip(ends[::2], ends[1::2], strict=True)]
        for step in range(1, 33):
            row, t = poly, step / 32
            while len(row) > 1:
                row = [
                    ((1 - t) * a + t * c, (1 - t) * b + t * d) for (a, b), (c, d) in pairwise(row)
                ]
            yield row[0]
        x, y = poly[-1]


@pytest.mark.parametrize("name", SMALL)
def test_no_link_runs_through_a_node_that_is_not_its_own(name):
    root = root_of(SMALL[name])
    nodes = {
        node.find(f"{NAMESPACE}title").text.split(":")[0]: tuple(
            float(node.get(key)) for key in ("cx", "cy", "r")
        )
        for node in dots(root)
    }
    assert len(nodes) == len(dots(root))
    for link in lines(root):
        ends = re.split(" → |: ", link.find(f"{NAMESPACE}title").text)[:2]
        for x, y in points(link.get("d")):
            for other, (cx, cy, radius) in nodes.items():
                if other not in ends:
                    assert math.hypot(x - cx, y - cy) > radius, f"{ends} runs through {other}"


def test_a_link_is_level_where_nodes_may_stand():
    way = full._forward([(0.0, 0.0), (20.0, 300.0), (40.0, 0.0)], 6.0)
    beside = [y for x, y in points(way) if abs(x - 20) <= 6]
    assert len(beside) > 10
    assert set(beside) == {300.0}


@pytest.mark.parametrize("name", SMALL)
def test_text_stays_readable_and_in_the_picture(name):
    root = root_of(SMALL[name])
    width, height = float(root.get("width")), float(root.get("height"))
    assert width <= 760, "wider than the page shows it"
    places = []
    for node in root.iter(f"{NAMESPACE}text"):
        size, x, y = float(node.get("font-size", 13)), float(node.get("x")), float(node.get("y"))
        long = 0.6 * size * len(node.text)
        left = x - {"start": 0, "middle": long / 2, "end": long}[node.get("text-anchor", "start")]
        assert size >= 9
        assert left >= 0
        assert left + long <= width + 1
        assert size <= y <= height
        places.append((left, y - 0.7 * size, long, 0.7 * size, node.text))
    for i, (x, y, w, h, words) in enumerate(places):
        for x2, y2, w2, h2, others in places[:i]:
            apart = x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y
            assert apart, f"{words!r} stands on {others!r}"


def test_counts_and_names_are_in_words():
    names = {"input_names": ["left", "right"], "output_names": ["either <one>"]}
    text = view.draw({**SMALL["xor"], **names})
    assert "2 inputs, 1 hidden node, 1 output, 4 links" in text
    assert ">left</text>" in text
    assert "either &lt;one&gt;" in text
    assert "left → hidden 1: 1" in text
    assert "in 0" in view.draw({**SMALL["xor"], "input_names": ["only one"]})
    assert "leads back" in view.draw(SMALL["loops"])
    assert "leads back" not in text
    assert "excites" in text and "inhibits" in text


def test_nodes_that_compute_different_things_say_what():
    description = {**SMALL["xor"], "nodes": [dict(node) for node in SMALL["xor"]["nodes"]]}
    assert "each node is tanh of sum" in view.draw(description)
    description["nodes"][0]["activation"] = "relu"
    assert ">relu</text>" in view.draw(description)


def test_places_keep_order_and_room_and_come_near_to_wishes():
    wishes = [30.0, 10.0, 10.0, 90.0]
    found = places.spread([0, 1, (0, 1), 2], wishes, lambda item: 20.0)
    assert all(b - a >= 20 - 1e-9 for a, b in pairwise(found))
    assert found[3] == 90
    assert sum(found[:3]) == pytest.approx(sum(wishes[:3]))


LARGE = {
    "wide": random_network(3000, 0, 6, 18_000),
    "many links": random_network(60, 60, 4, 4_000),
    "chain": network(1, 300, [300], [(i, i + 1, 1.0) for i in range(300)]),
}


@pytest.mark.parametrize("name", LARGE)
def test_what_is_too_large_is_drawn_in_summary(name):
    text = view.draw(LARGE[name])
    assert "this is a summary" in text
    assert len(text) < 60_000
    strongest = max(LARGE[name]["links"], key=lambda link: abs(link["weight"]))
    assert f"{strongest['weight']:.4g}" in text


def test_the_largest_drawings_with_every_link_are_small_enough():
    limit = random_network(view.MOST_ROOM, 0, 9, view.MOST_LINKS - 60)
    text = view.draw(limit)
    assert "summary" not in text
    assert len(text) < 2_000_000
    chain = [(i, i + 1, 1.0) for i in range(24)]
    long = [(0, 24, float(i)) for i in range(view.MOST_LINKS - 24)]
    assert len(view.draw(network(1, 24, [24], chain + long))) < 2_000_000


def test_a_table_names_the_strongest_link_first():
    links, nodes = view.tell(SMALL["xor"])
    assert links.rows[0] == ["hidden 1", "out 0", "2"]
    assert len(nodes.rows) == 2
    many = view.tell(LARGE["wide"])[0]
    assert many.count == 18_000
    assert "and 17700 more" in many.html()


@pytest.mark.parametrize(
    "damage",
    [
        {"nodes": None},
        {"outputs": [9]},
        {"links": [{"source": 0, "target": 1, "weight": 1.0}]},
        {"links": [{"source": -1, "target": 2, "weight": 1.0}]},
    ],
)
def test_a_damaged_network_is_refused(damage):
    with pytest.raises((LookupError, TypeError, ValueError)):
        view.draw({**SMALL["xor"], **damage})
