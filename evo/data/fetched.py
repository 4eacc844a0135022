"""Images that are fetched once and kept: MNIST, Fashion-MNIST, CIFAR-10, CIFAR-100.

They are kept as they were fetched, in the folder that EVO_DATA names or in evo-neuro under the
user's cache, and each file is held against its checksum before it is used.
"""

import gzip
import hashlib
import os
import sys
import tarfile
import urllib.request
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from evo.data.base import Data, Examples, Form
from evo.errors import UsageError

TIMEOUT = 30.0


@dataclass(frozen=True)
class Remote:
    """A file, where it is and its MD5 sum as its publisher gives it."""

    name: str
    base: str
    md5: str


def _idx(base: str, sums: tuple[str, str, str, str]) -> tuple[Remote, ...]:
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    return tuple(
        Remote(f"{name}-ubyte.gz", base, md5) for name, md5 in zip(names, sums, strict=True)
    )


class Idx(Data):
    """Images in the IDX format, 28 × 28, from 0 to 1: 60 000 to learn from, 10 000 to judge by."""

    fetches = True
    folder: ClassVar[str]
    files: ClassVar[tuple[Remote, ...]]

    def read(self, rng: np.random.Generator) -> tuple[Examples, Examples]:
        images, labels, test_images, test_labels = (
            idx(fetched(self.folder, file)) for file in self.files
        )
        return _images(images[:, None], labels), _images(test_images[:, None], test_labels)

    def form(self) -> Form:
        return Form((1, 28, 28), 10)


class Mnist(Idx):
    """MNIST: 70 000 images of handwritten digits, 28 × 28, from 0 to 1.

    60 000 are to learn from, 10 000 to judge by.

    Source: LeCun, Bottou, Bengio, Haffner (1998); the mirror that torchvision uses, with its
    checksums.
    """

    folder = "mnist"
    files = _idx(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        (
            "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "d53e105ee54ea40749a09fcbcd1e9432",
            "9fb629c4189551a2d022fa330f9573f3",
            "ec29112dd5afa0611ce80d1b7f02629c",
        ),
    )


class FashionMnist(Idx):
    """Fashion-MNIST: 70 000 images of ten kinds of clothes, 28 × 28, from 0 to 1.

    60 000 are to learn from, 10 000 to judge by.

    Source: Xiao, Rasul, Vollgraf, arXiv:1708.07747 (2017), with the checksums of its page.
    """

    folder = "fashion-mnist"
    files = _idx(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        (
            "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "25c81989df183df01b3e8a0aad5dffbe",
            "bef4ecab320f06d8554ea6380940ec79",
            "bb300cfdad3c16e7a12a480ee83cd310",
        ),
    )


class Cifar(Data):
    """Colour images, 3 × 32 × 32, from 0 to 1: 50 000 to learn from, 10 000 to judge by.

    The binary version, which is no pickle.
    """

    fetches = True
    archive: ClassVar[Remote]
    train: ClassVar[tuple[str, ...]]
    test: ClassVar[tuple[str, ...]]
    labels: ClassVar[int]
    """Bytes of labels before each image; the last is the class."""
    classes: ClassVar[int]

    def read(self, rng: np.random.Generator) -> tuple[Examples, Examples]:
        path = fetched("cifar", self.archive)
        return cifar(path, self.train, self.labels), cifar(path, self.test, self.labels)

    def form(self) -> Form:
        return Form((3, 32, 32), self.classes)


class Cifar10(Cifar):
    """CIFAR-10: 60 000 colour images of ten kinds of things, 3 × 32 × 32, from 0 to 1.

    50 000 are to learn from, 10 000 to judge by.

    Source: A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images (2009), with the
    checksums of its page.
    """

    archive = Remote(
        "cifar-10-binary.tar.gz",
        "https://www.cs.toronto.edu/~kriz/",
        "c32a1d4ab5d03f1284b67883e8d87530",
    )
    train = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
    test = ("test_batch.bin",)
    labels = 1
    classes = 10


class Cifar100(Cifar):
    """CIFAR-100: 60 000 colour images of a hundred kinds of things, 3 × 32 × 32, from 0 to 1.

    The classes are the fine ones. 50 000 images are to learn from, 10 000 to judge by.

    Source: A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images (2009), with the
    checksums of its page.
    """

    archive = Remote(
        "cifar-100-binary.tar.gz",
        "https://www.cs.toronto.edu/~kriz/",
        "03b5dce01913d631647c71ecec9e9cb8",
    )
    train = ("train.bin",)
    test = ("test.bin",)
    labels = 2
    classes = 100


def cache_folder() -> Path:
    """Where fetched files are kept."""
    if named := os.environ.get("EVO_DATA"):
        return Path(named)
    base = (
        os.environ.get("LOCALAPPDATA")
        if sys.platform == "win32"
        else os.environ.get("XDG_CACHE_HOME")
    )
    return (Path(base) if base else Path.home() / ".cache") / "evo-neuro"


def fetched(folder: str, file: Remote) -> Path:
    """The file, fetched if it is not there.

    Raises:
        UsageError: it cannot be had, or is not what its checksum says.
    """
    path = cache_folder() / folder / file.name
    if not path.is_file():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with urllib.request.urlopen(file.base + file.name, timeout=TIMEOUT) as answer:
                content = answer.read()
        except OSError as error:
            reason = getattr(error, "reason", None) or error
            raise UsageError(
                f"cannot fetch {file.base}{file.name}: {reason}",
                f"without a network put the file at {path}, or learn from mnist5k or digits, which "
                "are installed",
            ) from None
        _check(content, file, f"what {file.base}{file.name} sent")
        partial = path.with_name(f".{path.name}-{os.getpid()}")
        partial.write_bytes(content)
        partial.replace(path)
    _check(path.read_bytes(), file, str(path))
    return path


def _check(content: bytes, file: Remote, what: str) -> None:
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if digest != file.md5:
        raise UsageError(
            f"{what} is not {file.name}: its MD5 sum is {digest}, not {file.md5}",
            "remove it and fetch it again",
        )


@cache
def idx(path: Path) -> NDArray[np.uint8]:
    """An array of bytes in the IDX format, compressed.

    Source: LeCun's page of MNIST, "File formats".
    """
    content = gzip.decompress(path.read_bytes())
    if content[:3] != b"\0\0\x08":
        raise UsageError(f"{path} is no IDX file of bytes")
    dimensions = content[3]
    shape = tuple(int(size) for size in np.frombuffer(content, ">u4", dimensions, 4))
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


@cache
def cifar(path: Path, members: tuple[str, ...], labels: int) -> Examples:
    """The examples in files of an archive, each an image of 3 × 32 × 32 bytes after its labels.

    Args:
        path: the archive.
        members: the files in it, in the order of their examples.
        labels: bytes of labels before each image; the last of them is the class.

    Raises:
        UsageError: a file is not in the archive.
    """
    rows = []
    with tarfile.open(path) as archive:
        inside = {Path(name).name: name for name in archive.getnames()}
        for member in members:
            content = archive.extractfile(inside[member]) if member in inside else None
            if content is None:
                raise UsageError(f"{path} has no {member}")
            rows.append(np.frombuffer(content.read(), np.uint8).reshape(-1, labels + 3072))
    table = np.concatenate(rows)
    return _images(table[:, labels:].reshape(-1, 3, 32, 32), table[:, labels - 1])


def _images(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Examples:
    return Examples(images.astype(np.float32) / np.float32(255), labels.astype(np.int64))
