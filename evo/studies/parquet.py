"""The runs of a study as a Parquet file: the columns of runs.csv, with their types.

Source: Apache Parquet, https://parquet.apache.org/docs/file-format; written by pyarrow.
"""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from evo.errors import MissingExtra
from evo.runs.atomic import replace


def demand() -> None:
    """Raise `MissingExtra` if pyarrow, which writes Parquet, is not installed."""
    if find_spec("pyarrow") is None:
        raise MissingExtra("pyarrow, which writes Parquet,", "parquet")


def write(path: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    """Write lines as a table, a column for each key.

    A column is of whole numbers (int64), of numbers (double) or of truth values where all that
    stands in it is; of anything else it holds what runs.csv does, as text. What a line lacks is
    null.

    Args:
        path: the file, which is replaced if it is there.
        lines: values by column.

    Raises:
        MissingExtra: pyarrow is not installed.
        RunFolderError: the file cannot be written.
    """
    demand()
    import pyarrow as pa  # pyright: ignore[reportMissingImports]
    from pyarrow import parquet  # pyright: ignore[reportMissingImports]

    types = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}
    columns = {}
    for name in dict.fromkeys(name for line in lines for name in line):
        values = [line.get(name) for line in lines]
        kind = column_type(values)
        typed = [None if value is None else kind(value) for value in values]
        columns[name] = pa.array(typed, types[kind])
    table = pa.table(columns)
    replace(path, lambda file: parquet.write_table(table, file))


def column_type(values: Sequence[Any]) -> type[bool | int | float | str]:
    """The narrowest type that all values of a column have, those aside that are None.

    Whole numbers that do not fit into 64 bits are text, which keeps every digit.
    """
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return bool
    if kinds == {int} and all(-(2**63) <= value < 2**63 for value in values if value is not None):
        return int
    if float in kinds and kinds <= {int, float}:
        return float
    return str if kinds else float
