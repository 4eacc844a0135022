"""`evo compare`: runs that exist, side by side."""

from pathlib import Path
from typing import Annotated

import typer

from evo.cli.errors import Traceback
from evo.cli.options import Format, OutputFormat, Quiet
from evo.cli.study import show
from evo.errors import UsageError


def compare(
    runs: Annotated[
        list[Path], typer.Argument(help="Run folders, or folders of run folders.", metavar="RUN…")
    ],
    measure: Annotated[
        str | None,
        typer.Option(
            help="A key of summary.json; by default test_accuracy or champion.mean.",
            show_default=False,
        ),
    ] = None,
    success: Annotated[
        float | None,
        typer.Option(help="Measure from which on a run is a success; by default its target."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where to write tables and a figure.", show_default=False)
    ] = None,
    quiet: Quiet = False,
    format: OutputFormat = Format.text,
    traceback: Traceback = False,
) -> None:
    """Compare runs; those that differ in nothing but the seed make one row."""
    from evo.runs.folder import RunFolder
    from evo.studies import results, table
    from evo.studies.file import Figure, default_measure

    found = [
        inside.parent
        for path in runs
        for inside in ([path / "config.toml"], sorted(path.glob("*/config.toml")))[_is_parent(path)]
    ]
    folders = [RunFolder.open(path) for path in dict.fromkeys(found)]
    kinds = {folder.config().kind.command: folder.config().kind for folder in folders}
    if len(kinds) > 1 and measure is None:
        raise UsageError(
            "runs of evo run and of evo learn have no measure in common by themselves",
            "name one: --measure wall_s",
        )
    measure = measure or default_measure(next(iter(kinds.values())))
    named = results.groups(folders)
    rows = []
    for name, members in named:
        seeded = sorted(
            ((folder.config().run.seed, folder, folder.summary()) for folder in members),
            key=lambda one: one[0],
        )
        rows.append(table.row(name, seeded, measure, success=success))
    if not any(row.statistics.n for row in rows):
        raise UsageError(
            f"none of these runs has a number {measure!r} in its summary.json",
            "finish them with evo resume, or name another",
        )
    title = "Comparison"
    text = table.as_markdown(rows, measure, "", ["", results.subtitle(rows)])
    if out:
        text = results.write(out, rows, measure, title, [], Figure.model_validate({}))
    show(text, rows, out, format, quiet)


def _is_parent(path: Path) -> bool:
    """Whether a folder holds runs, but is none."""
    return not (path / "config.toml").is_file() and any(path.glob("*/config.toml"))
