"""Checkpoints: what goes in comes out, and nothing else does."""

import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from evo.errors import RunFolderError
from evo.runs import checkpoint
from tests.helpers import same

quiet = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

STATE = {
    "numbers": np.arange(6.0).reshape(2, 3),
    "nested": {
        "empty": np.zeros((0, 3), np.int32),
        "list": [1, 2.5, None, "text", True],
        "nan": float("nan"),
    },
    "columns": np.asfortranarray(np.arange(6).reshape(2, 3)),
    "bits": np.array([True, False]),
    "scalar": np.array(3.0),
    "large": 2**70,
}

leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
dtypes = st.sampled_from([np.float64, np.int64, np.uint8, np.bool_, np.int32, np.dtype("<U4")])
arrays = hnp.arrays(dtypes, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
states = st.dictionaries(
    st.text(max_size=6),
    st.recursive(leaves | arrays, lambda x: st.lists(x, max_size=3), max_leaves=6),
    max_size=4,
)


@given(states)
@quiet
def test_round_trip(tmp_path, state):
    path = tmp_path / "checkpoint.zip"
    checkpoint.write(path, state)
    assert same(checkpoint.read(path), state)


def test_arrays_come_back_writable(tmp_path):
    checkpoint.write(tmp_path / "c.zip", STATE)
    state = checkpoint.read(tmp_path / "c.zip")
    assert same(state, STATE)
    assert state["numbers"].flags.writeable


def test_writing_leaves_no_other_files_and_keeps_the_old_one_on_failure(tmp_path):
    path = tmp_path / "checkpoint.zip"
    checkpoint.write(path, STATE)
    before = path.read_bytes()
    with pytest.raises(TypeError):
        checkpoint.write(path, {"what": object()})
    assert [child.name for child in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before


@given(st.binary(max_size=300))
@quiet
def test_random_bytes_are_refused(tmp_path, content):
    path = tmp_path / "checkpoint.zip"
    path.write_bytes(content)
    with pytest.raises(RunFolderError):
        checkpoint.read(path)


@given(st.data())
@quiet
def test_flipped_bits_and_cut_ends_are_refused_or_harmless(tmp_path, data):
    path = tmp_path / "checkpoint.zip"
    checkpoint.write(path, STATE)
    content = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=3)):
        content[place] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        state = checkpoint.read(path)
    except RunFolderError:
        return
    assert same(state, STATE)


def archive(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def npy(header):
    text = header.encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize(
    "array",
    [
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }\n"),
        npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n"),
        npy("__import__('os').getcwd()\n"),
        b"",
    ],
)
def test_arrays_that_lie_are_refused(tmp_path, array):
    state = json.dumps({"format": 2, "state": {"x": {"__array__": 0}}})
    with pytest.raises(RunFolderError):
        checkpoint.read(archive(tmp_path / "c.zip", {"state.json": state, "0.npy": array}))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    content = io.BytesIO()
    np.save(content, np.zeros(10_000_000))
    state = json.dumps({"format": 2, "state": {"x": {"__array__": 0}}})
    path = archive(
        tmp_path / "c.zip", {"state.json": state, "0.npy": content.getvalue()}, zipfile.ZIP_DEFLATED
    )
    with pytest.raises(RunFolderError, match="larger than the file"):
        checkpoint.read(path)


@pytest.mark.parametrize(
    "document",
    ["[]", "{}", '{"format": 9, "state": {}}', '{"format": 2, "state": 3}', "[" * 100_000],
)
def test_other_documents_are_refused(tmp_path, document):
    with pytest.raises(RunFolderError):
        checkpoint.read(archive(tmp_path / "c.zip", {"state.json": document}))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(RunFolderError, match="No such file"):
        checkpoint.read(tmp_path / "none.zip")
