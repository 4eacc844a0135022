"""Reports: self-contained, complete, in a person's order, and without foreign code."""

import json
import re
import sys

import pytest

from evo.config import resolve
from evo.reports import film, html
from evo.runs.execution import execute
from evo.runs.folder import RunFolder


def finished(tmp_path, *assignments, algorithm="ga", problem="sphere"):
    config = resolve(algorithm, problem, assignments=["generations=3", *assignments])
    folder = RunFolder.create(tmp_path, config, "evo run <x>")
    execute(config, folder)
    return folder


@pytest.fixture(scope="module")
def neat(tmp_path_factory):
    """A run of NEAT on XOR with two settings of its own."""
    return finished(
        tmp_path_factory.mktemp("neat"),
        *("algorithm.population=30", "genome.recurrent=true"),
        algorithm="neat",
        problem="xor",
    )


@pytest.fixture(scope="module")
def cartpole(tmp_path_factory):
    """A run of a control problem, which acts."""
    return finished(
        tmp_path_factory.mktemp("cartpole"),
        *("algorithm.population=8", "champion_episodes=3", "problem.max_steps=40"),
        algorithm="neat",
        problem="cartpole",
    )


def headings(text):
    return re.findall("<h2>(.*?)</h2>", text)


def test_a_report_is_one_file_with_everything_in_it(neat):
    text = html.render(neat)
    assert "neat on xor" in text
    assert "evo run &lt;x&gt;" in text
    assert headings(text) == ["Champion", "Course", "Events", "Settings", "Environment"]
    assert text.count("<svg") >= 4
    assert text.count("<svg") == text.count('role="img" aria-label=')
    assert not re.findall(r'(?:src|href)="', text)
    assert "a xor b" in text
    assert "Species by generation" in text
    assert "Hidden nodes" in text or "Connections" in text


def test_settings_that_are_not_the_defaults_are_in_sight_and_all_of_them_behind_a_fold(neat):
    seen, _, folded = html.render(neat).partition("<summary>All settings</summary>")
    row = r"<code>{}</code></td><td><code>(.*?)</code></td><td class=\"soft\">(.*?)</td>"
    assert re.search(row.format("recurrent"), seen).groups() == ("true", "command line")
    assert not re.search(row.format("add_node"), seen)
    assert re.search(row.format("add_node"), folded)[2] == "default"
    assert re.search(row.format("recurrent"), folded)


def test_pictures_follow_light_and_dark_mode_by_rules_of_the_page(neat):
    text = html.render(neat)
    dark = text.partition("prefers-color-scheme: dark")[2]
    assert '.evo [fill="#ffffff"] { fill: #161b20; }' in dark
    assert '.evo [stroke="#2166ac"] { stroke: #6db3f2; }' in dark


def test_a_run_that_acts_shows_its_behaviour_and_how_to_get_a_film(cartpole):
    text = html.render(cartpole)
    assert headings(text)[:4] == ["Film", "Champion", "Behaviour", "Course"]
    assert f"evo report {cartpole.path} --film" in text
    for name in ("cart position", "pole angular velocity", "push left"):
        assert text.count(name) >= 2, "in the network and in the episode"
    assert "3 fresh episodes" in text
    assert (cartpole.path / "episode.svg").read_text().startswith("<svg")


def test_pictures_of_runs_have_literal_colours(neat, cartpole):
    written = [*neat.path.glob("*.svg"), *cartpole.path.glob("*.svg")]
    assert {path.stem for path in written} >= {"fitness", "network", "episode", "species"}
    for path in written:
        text = path.read_text()
        assert "var(" not in text
        assert "<style" not in text
        assert len(set(re.findall(r'(?:fill|stroke)="(#\w+)"', text))) > 2


def test_the_episode_is_the_first_of_the_validation(cartpole):
    (champion,) = json.loads((cartpole.path / "champion.json").read_text())["individuals"]
    episode = json.loads((cartpole.path / "episode.json").read_text())
    assert episode["seed"] == champion["seeds"][0]
    assert episode["return"] == champion["scores"][0] == sum(episode["rewards"])
    assert champion["description"]["input_names"][0] == "cart position"


@pytest.mark.parametrize("name", ["film.mp4", "film.gif"])
def test_a_film_is_part_of_the_page_if_it_is_small(cartpole, name):
    path = cartpole.path / name
    try:
        path.write_bytes(b"moving pictures")
        text = html.render(cartpole)
        assert re.findall(r'src="(.{16})', text)[0].startswith(("data:video/mp4", "data:image/gif"))
        assert "bW92aW5nIHBpY3R1cmVz" in text
        path.write_bytes(bytes(film.MOST_BYTES + 1))
        text = html.render(cartpole)
        assert "src=" not in text
        assert f"{name} has 3.0 MB" in text
    finally:
        path.unlink()


def test_what_is_missing_is_said_on_top(cartpole):
    text = html.render(cartpole, "There is no film: pygame is <not> installed")
    assert "pygame is &lt;not&gt; installed" in text.partition("tiles")[2].partition("<h2>")[0]


def test_a_deterministic_figure_is_not_called_an_episode(tmp_path):
    text = html.render(finished(tmp_path, "algorithm.population=4"))
    assert "fresh episode" not in text
    assert "champion&#39;s cost" in text


def test_the_champion_has_its_numbers_beside_it(tmp_path):
    folder = finished(tmp_path, "algorithm.population=4", "problem.dimensions=3")
    genome = json.loads((folder.path / "champion.json").read_text())["individuals"][0]
    values = genome["description"]["values"]
    text = html.render(folder)
    assert headings(text)[0] == "Champion"
    for number, value in enumerate(values, 1):
        assert f"<td>x{number}</td><td>{value:.10g}</td>" in text


def test_a_champion_without_description_is_told_as_its_genome(tmp_path):
    folder = finished(tmp_path, "algorithm.population=4")
    path = folder.path / "champion.json"
    content = json.loads(path.read_text())
    content["individuals"][0]["description"] = None
    path.write_text(json.dumps(content))
    champion = html.render(folder).partition("<h2>Champion</h2>")[2].partition("<h2>")[0]
    assert "A genome of" in champion


def test_fitness_is_drawn_over_evaluations(neat):
    assert "Fitness by evaluations" in html.render(neat)


def test_a_report_of_an_unfinished_run(tmp_path):
    config = resolve("ga", "sphere")
    folder = RunFolder.create(tmp_path, config, "evo run")
    assert "interrupted" in html.render(folder)
    (folder.path / "metrics.jsonl").write_text(
        '{"generation": 1, "evaluations": 3, "best": null}\n{"gener'
    )
    assert "nothing to show yet" in html.render(folder)


def test_a_report_loads_no_code_that_the_folder_names(cartpole, tmp_path, monkeypatch):
    (tmp_path / "evil_module.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    path = cartpole.path / "config.toml"
    text = path.read_text()
    try:
        path.write_text(text.replace('id = "CartPole-v1"', 'id = "evil_module:Evil-v0"'))
        assert "evil_module" in html.render(cartpole)
        assert "evil_module" not in sys.modules
    finally:
        path.write_text(text)


def test_damaged_episodes_are_refused_or_shown_as_they_are(cartpole):
    path = cartpole.path / "episode.json"
    text = path.read_text()
    try:
        path.write_text("{}")
        with pytest.raises(Exception, match=r"episode\.json is damaged"):
            html.render(cartpole)
        path.write_text(json.dumps({**json.loads(text), "actions": "none"}))
        assert "<pre>" in html.render(cartpole)
    finally:
        path.write_text(text)
