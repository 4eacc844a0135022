"""Data in a .npz file: arrays x and y, and x_test and y_test if it has a test set of its own.

Answers are classes, or numbers.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from pydantic import Field

from evo.data.base import Data, DataSettings, Examples, Form, divide
from evo.errors import UsageError

NAMES = ("x", "y", "x_test", "y_test")
WRITE = "write it with numpy.savez(file, x=inputs, y=classes)"
LARGEST = float(np.finfo(np.float32).max)
NUMBERS = "where they are numbers: data.answers=numbers, of evo run problem.answers=numbers"


class FileSettings(DataSettings):
    """Which file, and its test set if it names none."""

    path: str = Field(
        description="a .npz file with x (n, ...) and y (n,), or y (n, k) for answers of k numbers, "
        "and perhaps x_test and y_test"
    )
    answers: Literal["auto", "classes", "numbers"] = Field(
        "auto",
        description="what y holds; auto: classes where it has whole numbers, one for each example",
    )
    test: float = Field(
        0.2, gt=0, lt=1, description="share that are test examples, where the file has no x_test"
    )
    division: int = Field(
        0,
        ge=0,
        description="seed of the division in training and test, which no run's seed changes",
    )


class File(Data):
    """Examples in a .npz file. Numbers are taken as they are, bytes (uint8) as shares of 255."""

    Settings = FileSettings

    def form(self) -> Form | None:
        path, classes, numbers = Path(self.settings.path), 0, 0
        arrays, shape = _arrays(path, ("y", "y_test")), _shape(path, "x")
        if shape is None or len(shape) < 2 or "y" not in arrays:
            return None  # `read` says what is wrong
        for name, count in (("y", shape[0]), ("y_test", None)):
            if name not in arrays:
                continue
            if self._numeric(arrays):
                numbers = _numbers(path, name, arrays[name], count).shape[1]
            else:
                _check_classes(path, name, arrays[name], count)
                classes = max(classes, int(arrays[name].max()) + 1)
        return Form(shape[1:], classes, numbers)

    def read(self, rng: np.random.Generator) -> tuple[Examples, Examples]:
        path = Path(self.settings.path)
        arrays = _arrays(path)
        numeric = self._numeric(arrays)
        whole = _examples(path, arrays, "x", "y", numeric)
        if "x_test" in arrays or "y_test" in arrays:
            test = _examples(path, arrays, "x_test", "y_test", numeric)
            if test.inputs.shape[1:] != whole.inputs.shape[1:]:
                raise UsageError(
                    f"{path}: inputs of x are {whole.inputs.shape[1:]}, those of x_test "
                    f"{test.inputs.shape[1:]}"
                )
            if test.targets.shape[1:] != whole.targets.shape[1:]:
                raise UsageError(
                    f"{path}: answers in y are {whole.targets.shape[1:]}, those in y_test "
                    f"{test.targets.shape[1:]}"
                )
            return whole, test
        division = np.random.Generator(np.random.PCG64(self.settings.division))
        test, train = divide(whole, round(self.settings.test * len(whole.targets)), division)
        if not len(test.targets) or not len(train.targets):
            raise UsageError(
                f"{path}: {len(whole.targets)} examples are too few to train and to test"
            )
        return train, test

    def _numeric(self, arrays: dict[str, NDArray[Any]]) -> bool:
        """Whether the answers are numbers."""
        if self.settings.answers != "auto" or "y" not in arrays:
            return self.settings.answers == "numbers"
        y = arrays["y"]
        fractions = y.dtype.kind == "f" and bool(np.any(y != np.floor(y)))
        return y.ndim == 2 or (y.ndim == 1 and fractions)


def _arrays(path: Path, names: tuple[str, ...] = NAMES) -> dict[str, NDArray[Any]]:
    """Those of the arrays `names` that the file has."""
    with _readable(path), np.load(path, allow_pickle=False) as archive:
        return {name: np.asarray(archive[name]) for name in archive.files if name in names}


def _shape(path: Path, name: str) -> tuple[int, ...] | None:
    """The shape of an array, read without the array; None where the file has none."""
    with _readable(path), zipfile.ZipFile(path) as archive:
        if f"{name}.npy" not in archive.namelist():
            return None
        with archive.open(f"{name}.npy") as member:
            version = npy.read_magic(member)
            read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            return read(member)[0]


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turns what reading a file can lead to into errors in words."""
    try:
        yield
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}", WRITE) from None
    except Exception as error:
        # zipfile, zlib and npy each have errors of their own, and a damaged file can meet any.
        # What numpy says of other files recommends pickles, which are never read here.
        pickled = "pickle" in str(error)
        what = "it is no archive of arrays, or has arrays of objects" if pickled else str(error)
        raise UsageError(
            f"cannot read {path} as arrays of numbers: {what or type(error).__name__}", WRITE
        ) from None


def _examples(
    path: Path, arrays: dict[str, NDArray[Any]], x: str, y: str, numeric: bool
) -> Examples:
    for name in (x, y):
        if name not in arrays:
            raise UsageError(
                f"{path} has no array {name!r}; it has: "
                f"{', '.join(sorted(arrays)) or 'none that is known'}",
                WRITE,
            )
    inputs, targets = arrays[x], arrays[y]
    if inputs.dtype.kind not in "fiub" or inputs.ndim < 2:
        raise UsageError(
            f"{path}: {x} is {inputs.dtype} of shape {inputs.shape}",
            "it has to be numbers (n, features ...)",
        )
    if numeric:
        answers = _numbers(path, y, targets, len(inputs))
    else:
        _check_classes(path, y, targets, len(inputs))
        answers = targets.astype(np.int64)
    _check_finite(path, x, inputs)
    scaled = inputs.astype(np.float32) / (255 if inputs.dtype == np.uint8 else 1)
    return Examples(scaled.astype(np.float32), answers)


def _numbers(path: Path, y: str, targets: NDArray[Any], count: int | None) -> NDArray[np.float32]:
    """Answers that are numbers, `(n, k)`.

    Raises `UsageError` unless there are `count` of them, where that is known.
    """
    fits = targets.dtype.kind in "iubf" and targets.ndim in (1, 2) and targets.size > 0
    if not fits or len(targets) != (len(targets) if count is None else count):
        raise UsageError(
            f"{path}: {y} is {targets.dtype} of shape {targets.shape}",
            f"it has to be {'some' if count is None else count} numbers, or rows of numbers",
        )
    _check_finite(path, y, targets)
    return targets.reshape(len(targets), -1).astype(np.float32)


def _check_finite(path: Path, name: str, numbers: NDArray[Any]) -> None:
    """Raise `UsageError` unless all `numbers` are finite, in single precision too."""
    if numbers.dtype.kind != "f":
        return
    if not np.isfinite(numbers).all():
        raise UsageError(f"{path}: {name} has numbers that are not finite")
    largest = np.abs(numbers).max(initial=0)
    if largest > LARGEST:
        raise UsageError(
            f"{path}: {name} has the number {largest:.3g}, beyond single precision",
            f"scale the numbers of {name}: they may be {LARGEST:.3g} at most",
        )


def _check_classes(path: Path, y: str, targets: NDArray[Any], count: int | None) -> None:
    """Raise `UsageError` unless `targets` are classes, `count` of them where that is known."""
    whole = targets.dtype.kind in "iub" or (
        targets.dtype.kind == "f" and bool(np.all(targets == np.floor(targets)))
    )
    if targets.ndim != 1 or not whole or len(targets) != (len(targets) if count is None else count):
        raise UsageError(
            f"{path}: {y} is {targets.dtype} of shape {targets.shape}",
            f"it has to be {'some' if count is None else count} class numbers; {NUMBERS}",
        )
    if not len(targets) or targets.min() < 0 or targets.max() >= 100_000:
        raise UsageError(f"{path}: classes in {y} have to be 0, 1, 2 …", NUMBERS)
