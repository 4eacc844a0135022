"""Study files: what they say, and every mistake in them at once."""

import pytest

from evo.errors import ConfigError
from evo.studies.plan import read

FILE = """
[study]
title = "two rules"
seeds = [0, 4]
success = 0.5

[settings]
data.name = "two-moons"
run.epochs = 2
network.hidden = [4]

[[cells]]
name = "bp"
settings.rule.name = "bp"
settings.optimiser.lr = 0.001

[[cells]]
name = "dfa, faster"
settings.rule = { name = "dfa", scale = 2.0 }
settings.optimiser.lr = 0.01
success = 0.7
published = 0.9

[grid]
"network.repeat" = [1, 2]
"""


@pytest.fixture
def study(tmp_path):
    def write(text=FILE, *rest, **options):
        path = tmp_path / "study.toml"
        path.write_text(text)
        return read(path, *rest, **options)

    return write


def test_cells_are_all_combinations(study):
    found = study()
    assert [cell.name for cell in found.cells] == [
        "bp, repeat=1",
        "bp, repeat=2",
        "dfa, faster, repeat=1",
        "dfa, faster, repeat=2",
    ]
    assert [(cell.success, cell.published) for cell in found.cells] == [(0.5, None)] * 2 + [
        (0.7, 0.9)
    ] * 2
    config = found.cells[3].seeded(4)
    assert (config.method, config.run.seed, config.run.epochs) == ("dfa", 4, 2)
    assert config.values("network")["repeat"] == 2
    assert config.values("rule")["scale"] == 2.0
    assert config.values("optimiser")["lr"] == 0.01
    assert found.cells[0].config.values("optimiser")["lr"] == 0.001
    assert found.measure == "test_accuracy"


def test_jobs_have_folders_of_their_own_and_take_all_cells_first(study):
    jobs = list(study().jobs())
    assert [seed for _, seed, _ in jobs] == [0] * 4 + [4] * 4
    assert jobs[2][2] == "dfa-faster-repeat=1_s0"
    assert len({name for _, _, name in jobs}) == 8


def test_options_of_the_command_hold_in_every_cell(study):
    found = study(FILE, ["run.epochs=7"], seeds=1)
    assert found.seeds == [0]
    assert {cell.seeded(0, found.assignments).run.epochs for cell in found.cells} == {7}
    assert {cell.config.run.epochs for cell in found.cells} == {7}


def test_a_study_of_evolutions(study):
    text = '[study]\ntitle = "t"\n[settings]\nproblem.name = "sphere"\n'
    text += '[grid]\n"algorithm.name" = ["ga", "es"]\n'
    found = study(text)
    assert [cell.name for cell in found.cells] == ["algorithm=ga", "algorithm=es"]
    assert (found.measure, found.seeds) == ("champion.mean", [0, 1, 2])


def test_cells_say_their_task_and_what_is_left_of_their_name(study):
    text = '[study]\ntitle = "t"\n[settings]\nalgorithm.name = "ga"\n[grid]\n'
    text += (
        '"problem.name" = ["sphere"]\n"problem.dimensions" = [2]\n"algorithm.population" = [9]\n'
    )
    (alone,) = study(text).cells
    assert (alone.task, alone.label) == ("sphere, dimensions=2", "population=9")
    (named,) = study(text + '[[cells]]\nname = "all of it"\n').cells
    assert (named.task, named.label) == ("sphere, dimensions=2", "all of it, population=9")
    assert study().cells[3].label == "dfa, faster, repeat=2"
    assert study().cells[3].task == "two-moons"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FILE.replace("title", "titel"), "did you mean 'title'"),
        (FILE.replace("[0, 4]", "0"), "study.seeds"),
        (FILE.replace("[0, 4]", "[-1]"), "study.seeds"),
        (FILE.replace('name = "two-moons"', 'name = "two-mons"'), "did you mean 'two-moons'"),
        (FILE.replace('name = "two-moons"', f'name = "{"x" * 5000}"'), "unknown data set"),
        (FILE.replace("scale = 2.0", "scale = -2.0"), r"rule\.scale = -2\.0"),
        (FILE.replace("network.hidden", "netwrk.hidden"), r"unknown section \[netwrk\]"),
        (FILE.replace('"dfa, faster"', '"bp"'), "two cells are called"),
        (FILE.replace("[grid]", "[grd]"), "did you mean 'grid'"),
        ("nonsense", "not valid TOML"),
        ("", "study.title is missing"),
        (FILE.replace('"network.repeat" = [1, 2]', '"network.repeat" = 2'), "lists of values"),
        (FILE.replace("run.epochs = 2", "run = 2"), "settings are written"),
        (FILE.replace("[0, 4]", "1_000_000_000_000"), "more than 10000 runs"),
        (FILE.replace("[1, 2]", str(list(range(20_000)))), "more than 10000 combinations"),
        (FILE + '[figure]\nkind = "lines"\nx = "rule.scale"\n', "no setting of the grid"),
        (
            FILE.replace("[1, 2]", '["a", 2]') + '[figure]\nkind = "lines"\nx = "network.repeat"\n',
            "have to be numbers",
        ),
    ],
)
def test_mistakes_are_told(study, text, words):
    with pytest.raises(ConfigError, match=words):
        study(text)


def test_all_mistakes_are_told_at_once(study):
    with pytest.raises(ConfigError) as raised:
        study(
            FILE.replace("scale = 2.0", "scale = -2.0")
            .replace("lr = 0.01", "lr = -1")
            .replace("[0, 4]", "[]")
        )
    text = "\n".join(raised.value.problems)
    assert all(words in text for words in ("rule.scale", "optimiser.lr", "study.seeds"))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="cannot read"):
        read(tmp_path / "none.toml")
