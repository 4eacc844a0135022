"""What a study or a comparison leaves behind: table.csv, table.md, runs.csv and figure.png."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evo.errors import RunFolderError
from evo.runs.files import write_text
from evo.runs.folder import RunFolder
from evo.studies import table
from evo.studies.carry_out import Outcome
from evo.studies.figure import draw
from evo.studies.file import Figure, Study
from evo.studies.table import Row


def rows_of(study: Study, outcomes: Sequence[Outcome]) -> list[Row]:
    """One row for each cell of a study."""
    return [
        table.row(
            cell.name,
            [(one.seed, one.folder, one.summary) for one in outcomes if one.cell == cell.name],
            study.measure,
            group=cell.group,
            success=cell.success,
            lower=study.head.better == "lower",
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
) -> str:
    """Write tables and figure into `folder`; the Markdown table."""
    size = subtitle(rows)
    text = table.as_markdown(
        rows, measure, title, [*(["", size] if size else []), *(["", *notes] if notes else [])]
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunFolderError(
            f"cannot make {folder}: {error.strerror or error}", "name another place with --out DIR"
        ) from None
    write_text(folder / "table.csv", table.as_csv(rows))
    write_text(folder / "runs.csv", table.runs_csv(rows, measure))
    write_text(folder / "table.md", text)
    draw(folder / "figure.png", rows, measure, title, size, figure)
    return text


def subtitle(rows: Sequence[Row]) -> str:
    """On what, how large and with which seeds."""
    summaries = [summary for row in rows for folder in row.folders if (summary := folder.summary())]
    if not summaries:
        return ""
    subjects = _either([str(one.get("data", one.get("problem"))) for one in summaries])
    parts = [subjects]
    if examples := _range([one["examples"] for one in summaries if "examples" in one]):
        parts.append(f"{examples} training examples")
    if parameters := _range([one["parameters"] for one in summaries if "parameters" in one]):
        parts.append(f"networks of {parameters} parameters")
    if steps := _range([one.get("epochs", one.get("generations")) for one in summaries]):
        parts.append(f"{steps} {'epochs' if 'epochs' in summaries[0] else 'generations'}")
    seeds = sorted({int(one["seed"]) for one in summaries})
    whole = len(seeds) > 2 and seeds == list(range(seeds[0], seeds[-1] + 1))
    parts.append(
        "seed"
        + "s" * (len(seeds) > 1)
        + " "
        + (f"{seeds[0]}–{seeds[-1]}" if whole else ", ".join(map(str, seeds)))
    )
    return " · ".join(parts)


def groups(folders: Sequence[RunFolder]) -> list[tuple[str, list[RunFolder]]]:
    """Runs that differ in nothing but their seed, each group under a name that says in what it differs from the others."""
    found: dict[str, list[RunFolder]] = {}
    settings: dict[str, dict[str, Any]] = {}
    for folder in folders:
        config = folder.config()
        flat = {
            f"{section}.{key}": entry.value
            for section, entries in config.sections.items()
            for key, entry in entries.items()
        }
        flat = {config.kind.names[0]: config.method, config.kind.names[1]: config.subject, **flat}
        flat.pop("run.seed")
        key = repr(sorted(flat.items()))
        settings[key] = flat
        found.setdefault(key, []).append(folder)
    names = dict.fromkeys(name for flat in settings.values() for name in flat)
    methods = [
        f"{next(iter(flat.values()))} on {list(flat.values())[1]}" for flat in settings.values()
    ]
    named = []
    for (key, members), method in zip(found.items(), methods, strict=True):
        alike = [
            flat for flat, other in zip(settings.values(), methods, strict=True) if other == method
        ]
        differing = [name for name in names if len({repr(flat.get(name)) for flat in alike}) > 1]
        named.append(
            (
                ", ".join([method, *(f"{name}={settings[key].get(name)}" for name in differing)]),
                members,
            )
        )
    return named


def _either(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _range(numbers: Sequence[Any]) -> str:
    if not numbers:
        return ""
    low, high = min(numbers), max(numbers)
    written = [f"{number:,}".replace(",", " ") for number in (low, high)]
    return written[0] if low == high else "–".join(written)
