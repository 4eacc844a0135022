"""Data: divided as it says, drawn from what is handed in, and refused in words."""

import gzip
import hashlib
import io
import tarfile
import urllib.error
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evo.data import data, find_data
from evo.data.base import Examples, divide
from evo.data.fetched import Cifar10, Cifar100, Idx, Mnist, Remote, cifar, idx
from evo.errors import UnknownName, UsageError


def rng(seed: int = 0) -> Any:
    return np.random.Generator(np.random.PCG64(seed))


def rows(examples: Any) -> Any:
    return {row.tobytes() for row in examples.inputs.reshape(len(examples.targets), -1)}


def test_division_keeps_the_shares_of_classes() -> None:
    targets = np.repeat([0, 1, 2], [60, 30, 10])
    whole = Examples(np.arange(100, dtype=np.float32)[:, None], targets.astype(np.int64))
    part, rest = divide(whole, 20, rng())
    assert np.bincount(part.targets).tolist() == [12, 6, 2]
    assert np.bincount(rest.targets).tolist() == [48, 24, 8]
    assert sorted([*part.inputs[:, 0], *rest.inputs[:, 0]]) == list(range(100))
    assert len(divide(whole, 0, rng())[0].targets) == 0


def test_mnist5k_has_its_split() -> None:
    found = data("mnist5k").load(rng(1))
    assert [len(part.targets) for part in (found.train, found.validation, found.test)] == [
        3600,
        400,
        1000,
    ]
    assert (found.shape, found.classes, found.flattened().shape) == ((1, 28, 28), 10, (784,))
    assert np.bincount(found.test.targets).tolist() == [100] * 10
    assert np.bincount(found.validation.targets).tolist() == [40] * 10
    assert found.train.inputs.min() == 0
    assert found.train.inputs.max() == 1
    again = data("mnist5k").load(rng(2))
    assert rows(again.test) == rows(found.test)
    assert rows(again.validation) != rows(found.validation)
    assert rows(data("mnist5k", division=1).load(rng(1)).test) != rows(found.test)
    assert not rows(found.test) & (rows(found.train) | rows(found.validation))
    assert not rows(found.train) & rows(found.validation)


def test_the_same_generator_gives_the_same_examples() -> None:
    for name in ("digits", "two-moons", "spirals", "parity"):
        a, b, c = (data(name).load(rng(seed)) for seed in (1, 1, 2))
        for part in ("train", "validation", "test"):
            np.testing.assert_array_equal(getattr(a, part).inputs, getattr(b, part).inputs)
            np.testing.assert_array_equal(getattr(a, part).targets, getattr(b, part).targets)
        assert not np.array_equal(a.train.inputs, c.train.inputs)


def test_validation_and_fewer_examples() -> None:
    assert len(data("digits", validation=0).load(rng()).validation.targets) == 0
    found = data("digits", train=200, validation=0.25).load(rng())
    assert (len(found.train.targets), len(found.validation.targets)) == (150, 50)
    with pytest.raises(UsageError, match="there are 1438"):
        data("digits", train=5000).load(rng())
    with pytest.raises(UsageError, match="no training examples"):
        data("digits", train=1, validation=0.9).load(rng())


def test_standardised_by_the_training_examples_only() -> None:
    found = data("digits", standardise="features").load(rng())
    flat = found.train.inputs.reshape(len(found.train.targets), -1)
    np.testing.assert_allclose(flat.mean(0), 0, atol=1e-5)
    varying = flat.std(0) > 0
    np.testing.assert_allclose(flat.std(0)[varying], 1, atol=1e-4)
    assert not np.allclose(
        found.test.inputs.reshape(len(found.test.targets), -1).mean(0), 0, atol=1e-3
    )
    raw = data("digits").load(rng())
    mean, deviation = raw.train.inputs.mean(0), raw.train.inputs.std(0)
    for part in ("validation", "test"):
        np.testing.assert_allclose(
            getattr(found, part).inputs,
            (getattr(raw, part).inputs - mean) / np.where(deviation > 0, deviation, 1),
            atol=1e-3,
        )
    whole = data("digits", standardise="whole").load(rng()).train.inputs
    assert (abs(whole.mean()) < 1e-5, abs(whole.std() - 1) < 1e-4) == (True, True)


def test_parity_is_parity_and_no_word_is_in_both() -> None:
    found = data("parity", bits=6).load(rng())
    for part in (found.train, found.validation, found.test):
        np.testing.assert_array_equal((part.inputs > 0).sum(1) % 2, part.targets)
    assert len(rows(found.train) | rows(found.validation) | rows(found.test)) == 64


def test_spirals_and_moons_are_where_they_should_be() -> None:
    found = data("spirals", noise=0, turns=1, arms=3).load(rng()).train
    radius = np.hypot(*found.inputs.T)
    angle = np.arctan2(found.inputs[:, 1], found.inputs[:, 0]) / (2 * np.pi)
    np.testing.assert_allclose((radius + found.targets / 3 - angle + 0.5) % 1, 0.5, atol=1e-4)
    moons = data("two-moons", noise=0).load(rng()).train
    centre = np.where(moons.targets[:, None] == 0, [0, 0], [1, 0.5])
    np.testing.assert_allclose(np.hypot(*(moons.inputs - centre).T), 1, atol=1e-5)


def write(path: Any, **arrays: Any) -> Any:
    np.savez(path, **arrays)
    return str(path)


def test_npz_files(tmp_path: Path) -> None:
    x, y = rng().random((50, 3)), np.arange(50) % 2
    own = data(
        write(tmp_path / "own.npz", x=x, y=y.astype(float), x_test=x[:7], y_test=y[:7])
    ).load(rng())
    assert (len(own.test.targets), own.shape, own.classes) == (7, (3,), 2)
    divided = data(write(tmp_path / "divided.npz", x=(255 * x).astype(np.uint8), y=y)).load(rng())
    assert (
        len(divided.train.targets),
        len(divided.validation.targets),
        len(divided.test.targets),
    ) == (36, 4, 10)
    assert divided.train.inputs.max() <= 1
    assert find_data("own.npz")[1]["path"].endswith("own.npz")


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"x": np.zeros((4, 2))}, "no array 'y'"),
        ({"x": np.zeros(4), "y": np.zeros(4)}, "shape"),
        ({"x": np.zeros((4, 2)), "y": np.zeros(3)}, "4 class numbers"),
        ({"x": np.zeros((4, 2)), "y": np.array(["a"] * 4)}, "4 class numbers"),
        ({"x": np.zeros((4, 2)), "y": np.zeros((4, 2, 1))}, "4 class numbers"),
        ({"x": np.zeros((4, 2)), "y": np.array([0.5, np.nan, 0, 0])}, "y has numbers that are not"),
        ({"x": np.zeros((4, 2)), "y": np.full((3, 2), 0.5)}, r"shape \(3, 2\)"),
        ({"x": np.zeros((4, 2)), "y": np.array([-1, 0, 0, 0])}, "classes in y"),
        ({"x": np.full((4, 2), np.nan), "y": np.zeros(4)}, "not finite"),
        ({"x": np.full((4, 2), 1e200), "y": np.zeros(4)}, "beyond single precision"),
        ({"x": np.array([["a"], ["b"]]), "y": np.zeros(2)}, "numbers"),
        ({"x": np.array([[None]]), "y": np.zeros(1)}, "cannot read"),
        ({"x": np.zeros((1, 2)), "y": np.zeros(1)}, "too few"),
        (
            {
                "x": np.zeros((9, 2)),
                "y": np.zeros(9),
                "x_test": np.zeros((2, 3)),
                "y_test": np.zeros(2),
            },
            "those of x_test",
        ),
        (
            {"x": np.zeros((9, 2)), "y": np.zeros(9), "x_test": np.zeros((2, 2))},
            "no array 'y_test'",
        ),
    ],
)
def test_npz_files_are_refused_in_words(tmp_path: Path, arrays: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        data(write(tmp_path / "bad.npz", **arrays)).load(rng())


def test_no_file_or_no_archive(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        data(str(tmp_path / "none.npz")).load(rng())
    (tmp_path / "text.npz").write_text("text")
    with pytest.raises(UsageError, match="cannot read") as raised:
        data(str(tmp_path / "text.npz")).load(rng())
    assert "pickle" not in str(raised.value)


@pytest.mark.parametrize("shape", [(), (2,)])
def test_answers_that_are_numbers_are_standardised(tmp_path: Path, shape: tuple[int, ...]) -> None:
    x, y = rng().random((50, 3)), 1e3 + 50 * rng().random((50, *shape))
    raw = data(write(tmp_path / "numbers.npz", x=x, y=y)).load(rng())
    found = raw.standardised()
    assert found.form == raw.form
    np.testing.assert_allclose(found.train.targets.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(found.train.targets.std(0), 1, atol=1e-5)
    scale = found.target_scaling
    for part in ("train", "validation", "test"):
        back = getattr(found, part).targets * scale.deviation + scale.mean
        np.testing.assert_allclose(back, getattr(raw, part).targets, rtol=1e-5)
    classes = data("two-moons").load(rng())
    assert classes.standardised() is classes


def test_unknown_names() -> None:
    with pytest.raises(UnknownName, match="did you mean 'mnist5k'"):
        find_data("mnist5")


def idx_bytes(array: Any) -> Any:
    head = (
        b"\0\0\x08"
        + bytes([array.ndim])
        + b"".join(int(size).to_bytes(4, "big") for size in array.shape)
    )
    return gzip.compress(head + array.astype(np.uint8).tobytes())


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("EVO_DATA", str(tmp_path))

    def unreachable(*_: Any, **__: Any) -> None:
        raise urllib.error.URLError("no network here")

    monkeypatch.setattr("urllib.request.urlopen", unreachable)
    return tmp_path


def put(folder: Path, name: str, content: bytes) -> Any:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return hashlib.md5(content).hexdigest()


def test_images_in_the_cache_are_read(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images, labels = rng().integers(0, 256, (20, 28, 28)), np.arange(20) % 10
    contents = [idx_bytes(array) for array in (images, labels, images[:10], labels[:10])]
    files = [
        Remote(file.name, file.base, put(cached / "mnist", file.name, content))
        for file, content in zip(Mnist.files, contents, strict=True)
    ]
    monkeypatch.setattr(Mnist, "files", tuple(files))
    found = data("mnist", validation=0).load(rng())
    assert (found.shape, len(found.train.targets), len(found.test.targets), found.classes) == (
        (1, 28, 28),
        20,
        10,
        10,
    )
    np.testing.assert_allclose(found.test.inputs[:, 0] * 255, images[:10], atol=1e-4)
    assert issubclass(Mnist, Idx)


def test_colour_images_are_read(cached: Path, tmp_path: Path) -> None:
    table = rng().integers(0, 256, (6, 3074)).astype(np.uint8)
    table[:, 1] = np.arange(6)
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("cifar/train.bin")
        member.size = table.size
        archive.addfile(member, io.BytesIO(table.tobytes()))
    found = cifar(tmp_path / "a.tar.gz", ("train.bin",), 2)
    assert (found.inputs.shape, found.targets.tolist()) == ((6, 3, 32, 32), [0, 1, 2, 3, 4, 5])
    np.testing.assert_allclose(found.inputs[2, 1, 0, 3] * 255, table[2, 2 + 1024 + 3], atol=1e-4)
    with pytest.raises(UsageError, match=r"has no test\.bin"):
        cifar(tmp_path / "a.tar.gz", ("test.bin",), 2)
    assert (Cifar10.labels, Cifar100.labels) == (1, 2)


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "cifar10", "cifar100"])
def test_without_a_network_it_says_what_to_do(cached: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no network here") as raised:
        data(name).load(rng())
    assert "mnist5k" in str(raised.value.hint)


def test_a_damaged_file_is_refused(cached: Path) -> None:
    put(cached / "mnist", Mnist.files[0].name, b"half of it")
    with pytest.raises(UsageError, match="MD5"):
        data("mnist").load(rng())
    (cached / "no.gz").write_bytes(gzip.compress(b"no idx"))
    with pytest.raises(UsageError, match="no IDX"):
        idx(cached / "no.gz")


def test_what_is_fetched_is_checked_and_kept(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = idx_bytes(np.arange(4))
    remote = Remote("labels.gz", "https://example.org/", hashlib.md5(content).hexdigest())
    from evo.data import fetched

    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: io.BytesIO(b"an error page"))
    with pytest.raises(UsageError, match="sent is not labels"):
        fetched.fetched("some", remote)
    assert not (cached / "some" / "labels.gz").exists()
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: io.BytesIO(content))
    assert idx(fetched.fetched("some", remote)).tolist() == [0, 1, 2, 3]
    assert [path.name for path in (cached / "some").iterdir()] == ["labels.gz"]
