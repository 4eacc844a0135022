"""Runs of creatures: what they leave behind, and the commands that read it."""

import json
import re
import shutil

import pytest
from PIL import Image
from typer.testing import CliRunner

from evo.cli import app
from evo.kinds.evolution.words import progress
from evo.reports.creatures.raster import CELL

TINY = [
    "--set",
    "algorithm.population=6",
    "--set",
    "problem.seconds=1",
    "--set",
    "run.champion_episodes=2",
    "--workers",
    "1",
]


def call(*words):
    return CliRunner().invoke(app, list(words))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder of a short run of swimmers."""
    return folder_of(tmp_path_factory.mktemp("swim"), "creatures", "swim", *TINY, generations=3)


def folder_of(place, *words, generations=1):
    """The folder of a run that has ended."""
    result = call("run", *words, "--generations", str(generations), "--out", str(place))
    assert result.exit_code == 0, f"{result.output} {result.exception}"
    return next(path for path in place.iterdir() if path.is_dir() and not path.is_symlink())


def test_a_run_says_what_was_found_and_leaves_films(run):
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert re.fullmatch(r"swims -?\d+\.\d m, \d+ parts", lines[-1]["told"])
    champion = json.loads((run / "champion.json").read_text())["individuals"][0]
    assert champion["description"]["body"]["kind"] == "body"
    films = json.loads((run / "milestones.json").read_text())["films"]
    assert films[0]["caption"].startswith("generation 1: swims")
    shown = json.loads((run / "generation.json").read_text())["creatures"]
    assert all(each["body"]["parts"] for each in shown)
    drawn = {"film.svg", "creature.svg", "sheet.svg", "pedigree.svg", "replay.html"}
    assert drawn <= {path.name for path in run.iterdir()}


def test_the_report_plays_the_champion_without_a_network(run, tmp_path):
    result = call("report", str(run), "--output", str(tmp_path / "report.html"))
    assert result.exit_code == 0, result.output
    text = (tmp_path / "report.html").read_text()
    assert "canvas" in text
    assert "generation 1: swims" in text
    assert 'aria-label="Pedigree of the champion"' in text
    assert len(text) < 1_000_000
    assert not re.search(r"(?:src|href)=[\"']https?:", text)


def test_replay_writes_a_page_and_a_picture(run, tmp_path):
    picture = tmp_path / "creature.png"
    result = call("replay", str(run), "--html", "--png", str(picture), "--world", "land")
    assert result.exit_code == 0, result.output
    assert "swims" in (run / "replay.html").read_text()
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_pedigree_leads_to_the_champion_and_is_drawn(run, tmp_path):
    line = json.loads((run / "pedigree.json").read_text())["line"]
    champion = json.loads((run / "champion.json").read_text())["individuals"][0]
    assert line[-1]["body"] == champion["description"]["body"]
    picture = tmp_path / "pedigree.svg"
    result = call("replay", str(run), "--pedigree", str(picture))
    assert result.exit_code == 0, result.output
    assert picture.read_text() == (run / "pedigree.svg").read_text()
    assert "has to end in .svg" in call("replay", str(run), "--pedigree", "a.png").output


@pytest.mark.parametrize("algorithm", ["creatures", "ga", "nsga2", "map-elites"])
def test_the_pedigree_of_a_resumed_run_is_that_of_one_without_a_break(algorithm, tmp_path):
    given = [each.replace("population", "batch") if "map" in algorithm else each for each in TINY]
    given += ["--set", "problem.guards=none"]
    given += ["--set", "algorithm.protection=age"] if algorithm == "creatures" else []
    whole, halves = (
        folder_of(tmp_path / name, algorithm, "swim", *given, generations=generations)
        for name, generations in (("whole", 6), ("halves", 3))
    )
    result = call("resume", str(halves), "--generations", "6", "-q")
    assert result.exit_code == 0, result.output
    pedigrees = [json.loads((each / "pedigree.json").read_text()) for each in (whole, halves)]
    assert pedigrees[0] == pedigrees[1]
    assert pedigrees[0]["births"] == sum(each["births"] for each in pedigrees[0]["line"]) > 0


def test_replay_writes_a_sheet_of_the_last_generation(run, tmp_path):
    path = tmp_path / "sheet.png"
    result = call("replay", str(run), "--sheet", str(path))
    assert result.exit_code == 0, result.output
    shown = json.loads((run / "generation.json").read_text())["creatures"]
    with Image.open(path) as picture:
        assert picture.width == min(len(shown), 4) * CELL[0]


def test_a_sheet_of_a_run_that_has_none_is_refused(run, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(run, copy)
    (copy / "generation.json").write_text('{"kind": "sheet", "creatures": [{"caption": "x"}]}')
    sheet = ["--sheet", str(tmp_path / "sheet.png")]
    assert "generation.json is damaged" in call("replay", str(copy), *sheet).output
    (copy / "generation.json").unlink()
    assert "has no generation.json" in call("replay", str(copy), *sheet).output
    assert not (tmp_path / "sheet.png").exists()


def test_bodies_from_files_are_replayed_and_have_no_sheet(run, tmp_path):
    body, model = tmp_path / "body.json", tmp_path / "creature.xml"
    for kind, path in (("body", body), ("mjcf", model)):
        assert call("export", str(run), "--to", kind, "-o", str(path)).exit_code == 0
        given = [*TINY, "--set", f"body.file={path}", "--set", "brain.kind=sine"]
        folder = folder_of(tmp_path / kind, "ga", "swim", *given)
        assert not (folder / "generation.json").exists()
        assert "where bodies evolve" in call("replay", str(folder), "--sheet", "a.png").output
        result = call("replay", str(folder), "--html")
        assert result.exit_code == 0, result.output


def test_another_world_needs_a_page_or_a_picture(run):
    assert "--world is for" in call("replay", str(run), "--world", "land").output
    wrong = call("replay", str(run), "--html", "--world", "moon")
    assert "no world 'moon'" in wrong.output


def test_bodies_are_exported_and_moved_by_another_search(run, tmp_path):
    body, model = tmp_path / "body.json", tmp_path / "creature.xml"
    assert call("export", str(run), "--to", "body", "-o", str(body)).exit_code == 0
    assert call("export", str(run), "--to", "mjcf", "-o", str(model)).exit_code == 0
    assert "<mujoco" in model.read_text()
    for algorithm, brain in (("neat", "neat"), ("ga", "sine")):
        given = ["--set", f"body.file={body}", "--set", f"brain.kind={brain}"]
        given += ["--set", "problem.guards=none"]
        folder = folder_of(tmp_path / algorithm, algorithm, "swim", *TINY, *given)
        assert (folder / "film.svg").exists()
        assert "has no pedigree" in call("replay", str(folder), "--pedigree", "a.svg").output


def test_first_genomes_descend_from_a_champion(run, tmp_path):
    given = ["--set", f"genome.ancestor={run}", "--set", "problem.guards=none"]
    folder = folder_of(tmp_path, "creatures", "walk", *TINY, *given)
    nodes = [
        json.loads((place / "champion.json").read_text())["individuals"][0]["genome"]["arrays"]
        for place in (run, folder)
    ]
    identities = [{row[0] for row in _rows(arrays["node"])} for arrays in nodes]
    assert identities[0] & identities[1]


def test_a_lost_limb_stays_lost_in_films_and_files(run, tmp_path):
    given = ["--set", f"genome.ancestor={run}", "--set", "genome.evolve=brain"]
    given += ["--set", "genome.lost=60", "--set", "problem.guards=none"]
    folder = folder_of(tmp_path, "creatures", "swim", *TINY, *given)
    before, after = (
        json.loads((place / "champion.json").read_text())["individuals"][0]["description"]["body"]
        for place in (run, folder)
    )
    assert after["parts"] == before["parts"][:-1]
    film = json.loads((folder / "episode.json").read_text())
    assert len(film["shapes"]) == len(after["parts"])


def _rows(array):
    width = array["shape"][1]
    return [array["values"][i : i + width] for i in range(0, len(array["values"]), width)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ga", "sphere", "--set", "body.file=x"], "[body] has no meaning"),
        (["creatures", "walk", "--set", "brain.kind=sin"], "brain.kind"),
        (["creatures", "walk", "--set", "body.file=nowhere.json"], "body.file"),
        (["creatures", "walk", "--set", "genome.ancestor=nowhere"], "genome.ancestor"),
        (["cma-es", "walk"], "creatures"),
    ],
)
def test_what_makes_no_sense_is_said(words, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = call("run", *words, "--generations", "1")
    assert result.exit_code != 0
    assert said in str(result.exception) + result.output


def test_commands_for_creatures_refuse_others(tmp_path):
    folder = folder_of(tmp_path, "ga", "sphere")
    for command in (
        ["audit"],
        ["export", "--to", "body"],
        ["replay", "--html"],
        ["replay", "--sheet", "s.png"],
    ):
        result = call(command[0], str(folder), *command[1:])
        assert "no creatures" in result.output


def test_the_guards_that_are_broken_are_named(tmp_path):
    given = ["--set", "problem.power=0.001", "--set", "problem.kick=0"]
    folder = folder_of(tmp_path, "creatures", "swim", *TINY, *given)
    line = json.loads((folder / "metrics.jsonl").read_text().splitlines()[0])
    assert line["infeasible"] == sum(line["violated"].values()) > 0
    assert "power" in line["violated"]
    assert not [
        each for each in (folder / "events.jsonl").read_text().splitlines() if "row" in each
    ]
    assert re.search(r"infeasible \d+ \((power|joints) \d", progress(line))
