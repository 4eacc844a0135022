"""Runs from Python: what `evo run` and `evo learn` do, with the same folder."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from evo import own_code
from evo.config import resolve
from evo.config.sources import Layer
from evo.errors import UsageError
from evo.kind import kind_of_command
from evo.runs.execution import Reporter, execute
from evo.runs.folder import RunFolder
from evo.runs.result import Result

CALLER = "Python"


def run(
    algorithm: Any,
    problem: Any,
    *,
    seed: int | None = None,
    generations: int | None = None,
    workers: int | None = None,
    evaluator: str | None = None,
    settings: Mapping[str, Any] | Iterable[str] = (),
    config: str | Path | None = None,
    out: str | Path = "runs",
    reporter: Reporter | None = None,
) -> Result:
    """Evolve, and leave the run folder that ``evo run`` leaves.

    ``evo.run("neat", "cartpole", seed=1, generations=20).act(observation)``.

    Args:
        algorithm: its name, or a class of `evo.Algorithm` of one's own.
        problem: its name, or one's own: a function of a vector, a problem such as `evo.minimise`
            returns, a class of `evo.Problem` or of `gymnasium.Env`. What is one's own stands under
            a name in a file or module, so that the run can be resumed by that name.
        seed: the run's only source of randomness; 0 by default.
        generations: how many at most; 100 by default.
        workers, evaluator: where evaluations run.
        settings: of any section, by its name, ``{"algorithm": {"population": 300}}``, or as words,
            ``["algorithm.population=300"]``.
        config: a TOML file with settings.
        out: where run folders go.
        reporter: is told how the run goes on; None for nobody.

    Returns:
        An `EvolutionResult`, as `evo.load` gives it.

    Raises:
        UsageError: the request cannot be carried out, see its hint.
        EvaluationError: no individual of a generation could be evaluated.
    """
    flags = {
        "run": {"seed": seed, "generations": generations},
        "evaluation": {"workers": workers, "evaluator": evaluator},
    }
    return _carry_out("run", algorithm, problem, settings, flags, config, out, reporter)


def learn(
    rule: Any,
    data: Any,
    *,
    seed: int | None = None,
    epochs: int | None = None,
    device: str | None = None,
    settings: Mapping[str, Any] | Iterable[str] = (),
    config: str | Path | None = None,
    out: str | Path = "runs",
    reporter: Reporter | None = None,
) -> Result:
    """Let a rule train a network, and leave the run folder that ``evo learn`` leaves.

    Args:
        rule: its name, or a class of `Rule` of one's own.
        data: its name, a .npz file, or a class of `Data` of one's own.
        seed: the run's only source of randomness; 0 by default.
        epochs: passes through the training examples; 20 by default.
        device: "cpu", "cuda" or "auto".
        settings, config, out, reporter: see `run`.

    Returns:
        A `LearningResult`, as `evo.load` gives it.

    Raises:
        UsageError: the request cannot be carried out, see its hint.
    """
    flags = {"run": {"seed": seed, "epochs": epochs, "device": device}}
    return _carry_out("learn", rule, data, settings, flags, config, out, reporter)


def _carry_out(
    command: str,
    method: Any,
    subject: Any,
    settings: Mapping[str, Any] | Iterable[str],
    flags: Mapping[str, Mapping[str, Any]],
    config: str | Path | None,
    out: str | Path,
    reporter: Reporter | None,
) -> Result:
    kind = kind_of_command(command)
    names = [_name(each) for each in (method, subject)]
    by_section = isinstance(settings, Mapping)
    given = {
        section: {key: value for key, value in values.items() if value is not None}
        for section, values in flags.items()
    }
    chosen = resolve(
        *names,
        kind=kind,
        file=None if config is None else Path(config),
        layers=[Layer(CALLER, settings)] if by_section else [],
        assignments=() if by_section else settings,
        flags={section: values for section, values in given.items() if values},
    )
    chosen.check()
    words = f'evo.{command}("{names[0]}", "{names[1]}")'
    folder = RunFolder.create(Path(out), chosen, words)
    execute(chosen, folder, reporter)
    return kind.result(folder)


def _name(value: Any) -> str:
    """The name by which an algorithm, a problem, a rule or data can be loaded again."""
    if isinstance(value, str | Path):
        return str(value)
    name = own_code.name_of(value)
    if name is None:
        raise UsageError(
            f"{value!r} stands under no name in a file or module, by which the run could be "
            "resumed",
            "define it in a file, outside of functions, as in problem = evo.minimise(cost, …); "
            "evo.evolution(…) takes any object, and leaves no folder",
        )
    return name
