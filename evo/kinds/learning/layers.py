"""The layers of what was learned, by names that people read."""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from numpy.lib import format as npy

from evo.errors import RunFolderError
from evo.reports.table import Table


@dataclass(frozen=True)
class Layers:
    """The arrays of a network, in order.

    Attributes:
        shapes: of each array, by its name in network.npz, as "2.weight".
    """

    shapes: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, path: Path) -> "Layers":
        """The layers of a network file; none if there is no such file yet.

        Raises `RunFolderError` if it is damaged.
        """
        if not path.exists():
            return cls({})
        try:
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
                return cls({name.removesuffix(".npy"): _shape(archive, name) for name in names})
        except Exception as error:
            # zipfile and npy each have errors of their own; a damaged file can meet any of them.
            raise RunFolderError(
                f"{path} is damaged: {type(error).__name__}: {error}",
                "remove it: the report shows the rest of the run without it",
            ) from None

    @property
    def numbers(self) -> dict[str, int]:
        """The number of each module that has a matrix of weights, from 1 on."""
        modules = [
            name.removesuffix(".weight")
            for name, shape in self.shapes.items()
            if name.endswith(".weight") and len(shape) > 1
        ]
        return {module: number for number, module in enumerate(modules, 1)}

    def called(self, name: str) -> str:
        """What a module, or the weight of one, is called: "layer 2", "layer 3 (output)"."""
        module = name.removesuffix(".weight")
        number = self.numbers.get(module)
        if number is None:
            return f"layer {module}" if module.isdecimal() else name
        return f"layer {number} (output)" if number == len(self.numbers) else f"layer {number}"

    def sorted(self, names: Iterable[str]) -> list[str]:
        """The names by the order of layers, then by their letters; numbers count as numbers."""

        def place(name: str) -> tuple[float, list[tuple[int, str]]]:
            module = name.removesuffix(".weight")
            parts = [(int(p), "") if p.isdecimal() else (-1, p) for p in module.split(".")]
            return self.numbers.get(module, float("inf")), parts

        return sorted(names, key=place)

    def table(self) -> Table | None:
        """The arrays of each layer; None if there are none."""
        rows = [
            [self.called(name.rpartition(".")[0]), name, " × ".join(map(str, shape))]
            for name, shape in self.shapes.items()
        ]
        title = "What was learned; the numbers are in network.npz"
        return Table(title, ("layer", "array", "shape"), rows) if rows else None


def _shape(archive: zipfile.ZipFile, name: str) -> tuple[int, ...]:
    """The shape of an array, without its numbers."""
    with archive.open(name) as file:
        first = npy.read_magic(file) == (1, 0)
        header = npy.read_array_header_1_0 if first else npy.read_array_header_2_0
        return header(file)[0]
