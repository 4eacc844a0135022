"""Pictures of results by the kind of their description."""

import json

from evo.config import resolve
from evo.reports import html, views
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


def test_a_network_that_is_too_large_is_shown_as_its_json():
    link = {"source": 0, "target": 1, "weight": 1.0}
    assert views.draw({**NETWORK, "links": [link] * 6000}) is None
    assert len(views.show({**NETWORK, "links": [link] * 6000})) < 50_000


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
