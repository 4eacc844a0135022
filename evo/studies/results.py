"""What a study or a comparison leaves behind: tables, a line for each run, and a figure."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evo.errors import RunFolderError
from evo.reports.numbers import span
from evo.runs.atomic import write_text
from evo.runs.folder import RunFolder
from evo.studies import parquet, table
from evo.studies import rows as cells
from evo.studies.carry_out import Outcome
from evo.studies.comparison import Comparison
from evo.studies.figure import METADATA, draw
from evo.studies.plan import Figure, Study
from evo.studies.rows import Row

PARQUET = "runs.parquet"


def rows_of(study: Study, outcomes: Sequence[Outcome]) -> list[Row]:
    """One row for each cell of a study."""
    return [
        cells.row(
            cell.name,
            [(one.seed, one.folder, one.summary) for one in outcomes if one.cell == cell.name],
            study.measure,
            group=cell.group,
            subject=cell.config.subject,
            task=cell.task,
            label=cell.label,
            success=cell.success,
            lower=study.lower_is_better(cell),
            published=cell.published,
            point=cell.point,
        )
        for cell in study.cells
    ]


def write(
    folder: Path,
    rows: Sequence[Row],
    measure: str,
    title: str,
    notes: Sequence[str],
    figure: Figure,
    comparisons: Mapping[str, Comparison] = {},
    formats: Sequence[str] = (),
    tables: Sequence[str] = (),
) -> str:
    """Write tables and figures into a folder.

    Args:
        folder: is made if it is not there.
        rows: the cells and their runs.
        measure: key of the summary that is compared.
        title: heading.
        notes: lines below the table.
        figure: what the figure shows.
        comparisons: of the cells with their baselines, by name.
        formats: of the figure beside PNG: "pdf", "svg"; one that is there is drawn anew.
        tables: formats of the runs beside CSV: "parquet"; one that is there is written anew.

    Returns:
        The table in Markdown.

    Raises:
        RunFolderError: the folder cannot be made or written.
        MissingExtra: pyarrow, which writes Parquet, is not installed.
    """
    size = subtitle(rows)
    below = [*(["", size] if size else []), *(["", *notes] if notes else [])]
    text = table.as_markdown(rows, measure, title, below, comparisons)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunFolderError(
            f"cannot make {folder}: {error.strerror or error}", "name another place with --out DIR"
        ) from None
    write_text(folder / "table.csv", table.as_csv(rows, comparisons))
    write_text(folder / "runs.csv", table.runs_csv(rows, measure))
    write_text(folder / "table.md", text)
    before = [path.suffix[1:] for path in folder.glob("figure.*") if path.suffix[1:] in METADATA]
    paths = [folder / f"figure.{format}" for format in dict.fromkeys(("png", *formats, *before))]
    draw(paths, rows, measure, title, size, figure)
    if "parquet" in tables or (folder / PARQUET).exists():
        parquet.write(folder / PARQUET, table.of_runs(rows, measure))
    return text


def subtitle(rows: Sequence[Row]) -> str:
    """Words for all runs: on what, how large, how long and with which seeds."""
    ended = [
        (folder.kind, folder.names()[1], summary)
        for row in rows
        for folder in row.folders
        if (summary := folder.summary())
    ]
    if not ended:
        return ""
    parts = [", ".join(dict.fromkeys(subject for _, subject, _ in ended))]
    for kind in dict.fromkeys(kind for kind, _, _ in ended):
        summaries = [summary for other, _, summary in ended if other is kind]
        parts += kind.sizes(summaries)
        steps = span([summary[kind.limit] for summary in summaries])
        parts.append(f"{steps} {kind.step if steps == '1' else kind.limit}")
    seeds = sorted({summary["seed"] for _, _, summary in ended})
    if len(seeds) > 2 and seeds == list(range(seeds[0], seeds[-1] + 1)):
        parts.append(f"seeds {seeds[0]}–{seeds[-1]}")
    else:
        parts.append(f"{'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}")
    return " · ".join(parts)


def groups(folders: Sequence[RunFolder]) -> list[tuple[str, list[RunFolder]]]:
    """The groups of runs that differ in nothing but their seed, each with a name.

    The name says what is run, and the settings in which the group differs from others that run the
    same. Loads no code of what is run.
    """
    members: dict[str, list[RunFolder]] = {}
    settings: dict[str, dict[str, Any]] = {}
    titles: dict[str, str] = {}
    for folder in folders:
        flat = _flat(folder)
        key = repr(sorted(flat.items()))
        members.setdefault(key, []).append(folder)
        settings[key] = flat
        titles[key] = " on ".join(folder.names())
    names = dict.fromkeys(name for flat in settings.values() for name in flat)
    named = []
    for key, runs in members.items():
        alike = [settings[other] for other in settings if titles[other] == titles[key]]
        differing = [name for name in names if len({repr(flat.get(name)) for flat in alike}) > 1]
        details = [f"{name}={settings[key].get(name)}" for name in differing]
        named.append((", ".join([titles[key], *details]), runs))
    return named


def _flat(folder: RunFolder) -> dict[str, Any]:
    """The settings of a run, the seed aside: "section.key" → value."""
    return {
        f"{section}.{key}": value
        for section, values in folder.settings().items()
        for key, value in values.items()
        if (section, key) != ("run", "seed")
    }
