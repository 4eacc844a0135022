"""Pictures and reports: well-formed, self-contained, and true to the numbers."""

import math
import re
import xml.etree.ElementTree as ElementTree

import pytest

from evo.config import resolve
from evo.kinds.evolution import page as pictures
from evo.reports import html, svg
from evo.reports.views import network as drawing
from evo.runs.execution import execute
from evo.runs.folder import RunFolder

NAMESPACE = "{http://www.w3.org/2000/svg}"

COSTS = [{"name": "cost", "target": 1e-8}]


def parsed(text):
    return ElementTree.fromstring(text)


def texts(text):
    return [node.text for node in parsed(text).iter(f"{NAMESPACE}text")]


def metrics(values):
    return [
        {"generation": g, "best": v, "mean": v, "best_so_far": v} for g, v in enumerate(values, 1)
    ]


@pytest.mark.parametrize(
    "values",
    [
        [],
        [1.0],
        [3.0, 3.0],
        [0.0, 0.0],
        [None, 2.0],
        [None],
        [-5e300, 5e300],
        [-1.7e308, 1.7e308],
        [5e-324, 0.0],
        [5e-324, 1e308],
        [1e-12, 1e12],
        [1e-9] * 3,
        [1.0, 2.0] * 5000,
    ],
)
@pytest.mark.parametrize("target", [None, 0.0, 475.0, -1.0])
def test_curves_of_any_numbers_are_well_formed(values, target):
    text = pictures.fitness(metrics(values), [{"name": "return", "target": target}])
    assert parsed(text).get("role") == "img"
    assert "nan" not in text
    assert "inf" not in text
    assert len(text) < 100_000


def test_a_curve_passes_through_its_points():
    text = svg.chart("t", {"a": [(1, 0.0), (3, 10.0)]}, x_name="x", y_name="y")
    (path,) = [
        node.get("d")
        for node in parsed(text).iter(f"{NAMESPACE}path")
        if "--c0" in node.get("style", "") and "L" in node.get("d")
    ]
    (x0, y0), (x1, y1) = ((float(a), float(b)) for a, b in (p.split() for p in path[1:].split("L")))
    assert (x0, x1) == (svg.LEFT, svg.WIDTH - svg.RIGHT)
    assert y0 > y1


def test_wide_positive_spans_are_logarithmic():
    assert "1e-06" in texts(pictures.fitness(metrics([10.0**-k for k in range(8)]), COSTS))
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


def test_species_stack():
    lines = [
        {"generation": g, "species_sizes": {"1": 10 - g, **({"2": g} if g > 1 else {})}}
        for g in range(1, 6)
    ]
    bands = [
        node
        for node in parsed(pictures.species(lines)).iter(f"{NAMESPACE}path")
        if "fill:var" in node.get("style", "")
    ]
    assert len(bands) == 2
    assert pictures.species(metrics([1.0, 2.0])) is None


def node(activation="tanh"):
    return {"activation": activation, "aggregation": "sum", "bias": 0.5}


def network(inputs, nodes, outputs, links, recurrent=False):
    described = [{"source": a, "target": b, "weight": w} for a, b, w in links]
    return {
        "inputs": inputs,
        "outputs": outputs,
        "nodes": [node() for _ in range(nodes)],
        "links": described,
        "recurrent": recurrent,
    }


def test_nodes_stand_right_of_what_they_read():
    links = [drawing.Link(a, b, 1.0) for a, b in [(0, 2), (2, 3), (3, 4), (1, 4), (4, 2), (4, 4)]]
    columns = drawing.arrange(2, 3, [4], links, recurrent=True)
    place = {position: x for x, column in enumerate(columns) for position in column}
    assert place[0] == place[1] == 0 < place[2] < place[3] < place[4] == len(columns) - 1


@pytest.mark.parametrize(
    "description",
    [
        network(2, 1, [2], [(0, 2, 1.0), (1, 2, -1.0)]),
        network(2, 1, [2], []),
        network(1, 2, [1, 2], [(1, 2, 0.0), (2, 1, 1.0), (2, 2, -3.0)], recurrent=True),
        network(3, 400, [402, 401], [(i % 3, 3 + i, math.sin(i)) for i in range(400)]),
        network(1, 300, [300], [(i, i + 1, 1.0) for i in range(300)]),
    ],
)
def test_drawings_show_every_node_and_link(description):
    root = parsed(drawing.draw(description))
    assert len(list(root.iter(f"{NAMESPACE}circle"))) == description["inputs"] + len(
        description["nodes"]
    )
    assert len(list(root.iter(f"{NAMESPACE}path"))) == len(description["links"])


def finished(tmp_path, *assignments, algorithm="ga", problem="sphere"):
    config = resolve(algorithm, problem, assignments=["generations=3", *assignments])
    folder = RunFolder.create(tmp_path, config, "evo run <x>")
    execute(config, folder)
    return folder


def test_a_report_is_one_file_with_everything_in_it(tmp_path):
    text = html.render(
        finished(
            tmp_path,
            "algorithm.population=30",
            "genome.recurrent=true",
            algorithm="neat",
            problem="xor",
        )
    )
    assert "neat on xor" in text
    assert "evo run &lt;x&gt;" in text
    assert text.count("<svg") >= 3
    assert not re.findall(r'(?:src|href)="', text)
    row = re.search(
        r"<code>recurrent</code></td><td><code>(.*?)</code></td><td class=\"soft\">(.*?)</td>", text
    )
    assert row.groups() == ("true", "command line")


def test_a_report_of_an_unfinished_run(tmp_path):
    config = resolve("ga", "sphere")
    folder = RunFolder.create(tmp_path, config, "evo run")
    assert "interrupted" in html.render(folder)
    (folder.path / "metrics.jsonl").write_text(
        '{"generation": 1, "evaluations": 3, "best": null}\n{"gener'
    )
    assert "nothing to show yet" in html.render(folder)
