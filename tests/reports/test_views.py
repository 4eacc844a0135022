"""Pictures of results by the kind of their description."""

import json
import math
import re
from io import BytesIO

import pytest

from evo.config import resolve
from evo.reports import html, views
from evo.reports.svg import palette
from evo.runs.execution import execute
from evo.runs.folder import RunFolder

NETWORK = {
    "kind": "network",
    "inputs": 1,
    "outputs": [1],
    "recurrent": False,
    "nodes": [{"position": 1, "bias": 0.0, "activation": "tanh", "aggregation": "sum"}],
    "links": [{"source": 0, "target": 1, "weight": 1.0}],
}


FRONT = {"kind": "front", "scores": ["f1", "f2"], "points": [[0.5, 0.5], [0.0, 1.0]]}
ARCHIVE = {
    "kind": "archive",
    "score": "cost",
    "descriptors": [{"name": name, "lower": -1.0, "upper": 1.0} for name in ("x", "y")],
    "resolution": 4,
    "cells": [1, 6],
    "figures": [0.25, 0.5],
}
EPISODE = {
    "kind": "episode",
    "seed": 1,
    "return": 3.0,
    "steps": 3,
    "every": 1,
    "choices": 2,
    "observation_names": ["angle"],
    "action_names": ["push left", "push right"],
    "observations": [[0.0], [0.5], [1.0]],
    "actions": [0, 1, 1],
    "rewards": [1.0, 1.0, 1.0],
}
TOUR = {"kind": "tour", "order": [0, 2, 1], "cities": [[0, 0], [1, 0], [0, 1]]}
ALL = {
    "network": NETWORK,
    "vector": {"kind": "vector", "values": [1.0, 2.5], "names": ["mass", "length"]},
    "bits": {"kind": "vector", "values": [True, False, True]},
    "tour": TOUR,
    "front": FRONT,
    "archive": ARCHIVE,
    "program": {"kind": "program", "expression": "x + 1", "nodes": 3},
    "episode": EPISODE,
}
CITIES = [[math.cos(i), math.sin(i)] for i in range(100_000)]
LARGE = {
    "vector": {"kind": "vector", "values": [math.sin(i) for i in range(200_000)]},
    "tour": {"kind": "tour", "order": list(range(100_000)), "cities": CITIES},
    "front": {**FRONT, "points": [[float(i), -float(i)] for i in range(100_000)]},
    "front of three": {
        **FRONT,
        "scores": ["a", "b", "c"],
        "points": [[float(i), -float(i), 0.0] for i in range(50_000)],
    },
    "archive": {
        **ARCHIVE,
        "resolution": 400,
        "cells": list(range(160_000)),
        "figures": [0.5] * 160_000,
    },
    "program": {"kind": "program", "expression": "(x + 1) * " * 60_000 + "x", "nodes": 240_001},
    "episode": {
        **EPISODE,
        "choices": 0,
        "observation_names": [f"o{i}" for i in range(200)],
        "action_names": [f"a{i}" for i in range(200)],
        "observations": [[math.sin(t * i) for i in range(200)] for t in range(500)],
        "actions": [[math.sin(t + i) for i in range(200)] for t in range(500)],
        "rewards": [1.0] * 500,
    },
}
SAID = {
    "vector": "a bar spans 667 numbers",
    "tour": "one of every 2 stops",
    "front": "of them drawn",
    "front of three": "the first 100 of them drawn",
    "archive": "cells drawn as one",
    "program": "more lines in champion.json",
    "episode": "188 more observations",
}


@pytest.mark.parametrize("name", LARGE)
def test_of_what_is_too_large_a_part_or_a_summary_is_drawn_and_said_so(name):
    picture = views.draw(LARGE[name])
    assert picture is not None
    assert len(picture) < 2_000_000
    assert SAID[name] in picture
    assert len(views.text(LARGE[name])) < 200_000


@pytest.mark.parametrize("name", ALL)
def test_every_view_has_literal_colours(name):
    picture = views.draw(ALL[name])
    assert picture is not None
    for forbidden in ("var(", "<style", "style="):
        assert forbidden not in picture
    colours = set(re.findall(r'(?:fill|stroke)="(#\w+)"', picture))
    assert 1 < len(colours) <= len(palette.DARK)
    assert colours <= palette.DARK.keys()


@pytest.mark.parametrize("name", ALL)
def test_every_view_has_several_colours_in_cairo(name):
    cairosvg = pytest.importorskip("cairosvg", exc_type=(ImportError, OSError))
    Image = pytest.importorskip("PIL.Image")
    picture = views.draw(ALL[name])
    image = Image.open(BytesIO(cairosvg.svg2png(bytestring=picture.encode()))).convert("RGB")
    shown = {colour for count, colour in image.getcolors(1 << 24) if count > 3}
    assert len(shown) > 3
    assert (255, 255, 255) in shown


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("vector", ("mass", "2.5")),
        ("bits", ("101",)),
        ("tour", ("0 2 1",)),
        ("front", ("f2", "0.5")),
        ("archive", ("cost", "-0.75")),
        ("program", ("x + 1",)),
        ("network", ("in 0", "out 0")),
    ],
)
def test_what_a_view_says_as_text(name, words):
    text = views.text(ALL[name])
    for word in words:
        assert word in text


def test_a_number_that_stands_for_a_choice_is_told_by_its_label():
    choice = {"kind": "vector", "values": [0.5, 2], "names": ["rate", "kernel"]}
    (table,) = views.tell({**choice, "labels": {"1": "linear"}})
    assert table.rows == [["rate", "0.5"], ["kernel", "linear"]]


def test_a_vector_of_coefficients_is_told_as_a_formula_first():
    rule = {"kind": "vector", "values": [2.0], "names": ["k"], "formula": "y = 2 x"}
    formula, table = views.tell(rule)
    assert formula.rows == [["y = 2 x"]]
    assert table.rows == [["k", "2"]]


def test_text_is_escaped():
    assert "<b>" not in views.text({"kind": "vector", "values": [1.0], "names": ["<b>"]})
    assert "<b>" not in views.text({"kind": "program", "expression": "<b>", "nodes": 1})


def test_the_front_is_told_by_its_first_score():
    (table,) = views.tell(FRONT)
    assert table.rows == [["0", "1"], ["0.5", "0.5"]]


def test_an_episode_shows_when_which_action_was_taken():
    picture = views.draw(EPISODE)
    marks = re.findall(r'fill="#8e5ea2" d="([^"]*)"><title>(.*?)<', picture)
    assert [(title, path.count("M")) for path, title in marks] == [
        ("push left", 1),
        ("push right", 1),
    ]
    assert "return 3" in picture
    assert views.draw({**EPISODE, "actions": [0, 1, 2]}) is None, "there is no third action"
    assert views.draw({**EPISODE, "observation_names": []}) is None


def test_parts_are_pictures_of_their_own():
    parts = {"kind": "parts", "parts": {"body": ALL["vector"], "brain": NETWORK}}
    assert set(views.pictures(parts)) == {"body-vector", "brain-network"}
    assert set(views.pictures(NETWORK)) == {"network"}
    assert views.pictures({"kind": "poem"}) == {}
    assert "mass" in views.text(parts)


def test_a_network_is_drawn():
    assert views.draw(NETWORK).startswith("<svg")
    assert views.show(NETWORK) == views.draw(NETWORK)


def test_numbers_are_bars_and_parts_stand_side_by_side():
    vector = {"kind": "vector", "values": [1.0, -2.5, 0.0, float("nan")]}
    picture = views.draw(vector)
    assert picture.count("<rect") == 4, "three bars and the paper"
    assert "3 numbers from -2.5 to 1" in picture
    assert views.draw({"kind": "vector", "values": []}) is None
    both = views.show({"kind": "parts", "parts": {"body": vector, "brain": NETWORK}})
    assert picture in both
    assert views.draw(NETWORK) in both
    assert "body" in both


def test_an_unknown_kind_is_shown_as_its_json():
    text = views.show({"kind": "poem", "code": "x < <script>"})
    assert views.draw({"kind": "poem"}) is None
    assert "&lt;script&gt;" in text
    assert "<script>" not in text
    assert '"code"' in text.replace("&quot;", '"')
    assert len(views.show({"kind": "poem", "code": "x" * 10**6})) < 50_000


def test_a_damaged_description_is_shown_as_its_json():
    assert views.show({**NETWORK, "links": [{"source": 7, "target": 1, "weight": 1.0}]}).startswith(
        "<pre"
    )
    assert views.show({**NETWORK, "nodes": None}).startswith("<pre")


def test_a_new_view_is_one_line(monkeypatch, tmp_path):
    monkeypatch.setitem(views.VIEWS, "poem", "tests.reports.test_views:draw_poem")
    config = resolve("neat", "xor", assignments=["generations=1", "algorithm.population=10"])
    folder = RunFolder.create(tmp_path, config, "evo run")
    execute(config, folder)
    path = folder.path / "champion.json"
    content = json.loads(path.read_text())
    assert content["individuals"][0]["description"]["kind"] == "network"
    assert (folder.path / "network.svg").exists()
    content["individuals"][0]["description"] = {"kind": "poem", "code": "x + 1"}
    path.write_text(json.dumps(content))
    assert "POEM x + 1" in html.render(folder)
    content["individuals"].append({**content["individuals"][0], "description": {"kind": "fable"}})
    path.write_text(json.dumps(content))
    assert "fable" in html.render(folder)


def draw_poem(description):
    return f"<svg>POEM {description['code']}</svg>"
