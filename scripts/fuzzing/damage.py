"""Random damage: to bytes, to nested values, to arrays, and to the archives that hold them."""

import io
import json
import random
import tomllib
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit

TRAP = "evo_fuzz_trap"
"""A module that must never be imported; it lies where Python would find it."""

# No large number that settings allow: hours of work that somebody asked for are no fault.
VALUES: list[Any] = [
    *(None, True, False, -1, 0, 1, 2, 7, 10**12, 2**63 - 1, 2**64, 10**30, -(10**30)),
    *(0.5, -0.5, 1e-300, 1e308, -1e308, float("nan"), float("inf"), -float("inf")),
    *("", "x", "nan", "inf", "none", "0", "-1", "é\u0000", "../..", "x" * 5000),
    *(
        f"{TRAP}:Class",
        f"{TRAP}:Trap-v0",
        f"gym:{TRAP}:Trap-v0",
        f"{TRAP}.py",
        "<script>",
        "{{ 7 * 7 }}",
    ),
    *([], {}, [[]], [0] * 50, {"": 0}, {"x": None}, [None, "x", {}], [[[[[[[0]]]]]]]),
]

Damage = Callable[[random.Random, bytes], bytes]


def anything(chance: random.Random, content: bytes) -> bytes:
    """Bytes flipped, cut off, repeated, overwritten or put in."""
    content, how = bytearray(content), chance.randrange(6)
    place = chance.randrange(len(content) + 1)
    if how == 0:
        return bytes(content[:place])
    if how == 1:
        return bytes(content[place:])
    if how == 2:
        content[place:place] = chance.choice(
            [b"\xff\xfe", b"\x00" * 9, b"\n", b"[", b"{", b'"', b","]
        )
    elif how == 3:
        content[place : place + chance.randrange(40)] = b""
    elif how == 4:
        content += content[place:]
    else:
        for _ in range(chance.randrange(1, 9)):
            if content:
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(content)


def tree(chance: random.Random, value: Any) -> Any:
    """A nested value in which one to three places were replaced, removed, added to or swapped."""
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        value = _once(chance, value)
    return value


def _once(chance: random.Random, value: Any) -> Any:
    inner = isinstance(value, dict | list) and len(value) > 0
    if not inner or chance.random() < 0.06:
        return _other(chance, value)
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = chance.choice(keys)
    changed = dict(value) if isinstance(value, dict) else list(value)
    how = chance.random()
    if how < 0.1:
        del changed[key]
    elif how < 0.15 and isinstance(changed, dict):
        changed[str(chance.choice(["x", "", "name", key + "s"]))] = chance.choice(VALUES)
    elif how < 0.2:
        changed[key] = changed[chance.choice(keys)]
    elif how < 0.3 and isinstance(changed, list):
        changed += changed[: chance.randrange(1, 4)]
    else:
        changed[key] = _once(chance, changed[key])
    return changed


def _other(chance: random.Random, value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool) and chance.random() < 0.4:
        try:
            return chance.choice(
                [-value, value + 1, value - 1, value * 10, float(value), str(value)]
            )
        except OverflowError:
            return 0
    return chance.choice(VALUES)


def json_file(chance: random.Random, content: bytes) -> bytes:
    if chance.random() < 0.25:
        return anything(chance, content)
    return json.dumps(tree(chance, json.loads(content))).encode(errors="surrogatepass")


def json_lines(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    if not lines or chance.random() < 0.25:
        return anything(chance, content)
    row, how = chance.randrange(len(lines)), chance.random()
    if how < 0.1:
        del lines[row]
    elif how < 0.2:
        lines.insert(row, lines[chance.randrange(len(lines))])
    else:
        lines[row] = json.dumps(tree(chance, json.loads(lines[row]))).encode() + b"\n"
    return b"".join(lines)


def toml(chance: random.Random, content: bytes) -> bytes:
    if chance.random() < 0.25:
        return anything(chance, content)
    changed = tree(chance, tomllib.loads(content.decode()))
    try:
        return tomlkit.dumps(_without_none(changed)).encode(errors="replace")
    except Exception:
        return anything(chance, content)


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_none(item) for item in value if item is not None]
    return value


def array(chance: random.Random, values: np.ndarray) -> np.ndarray:
    how = chance.randrange(7)
    if how == 0:
        return values.astype(
            chance.choice([np.float32, np.int64, np.uint8, np.bool_, np.complex128, "U5"])
        )
    if how == 1:
        return values[:-1] if values.ndim else values.reshape(1)
    if how == 2:
        return np.concatenate([values, values]) if values.ndim else values
    if how == 3:
        return values.reshape(*values.shape, 1)
    if how == 4:
        return np.zeros((0, *values.shape[1:]), values.dtype)
    changed = values.copy().reshape(-1)
    if not len(changed):
        return np.ones(3)
    place = slice(None) if how == 5 else chance.randrange(len(changed))
    odd = {"f": [np.nan, np.inf, -1.0, 1e308, 0.0], "b": [True], "u": [0, 255]}
    whole = [-1, 0, 1, 2 ** (8 * min(changed.itemsize, 4) - 1) - 1]
    changed[place] = chance.choice(odd.get(changed.dtype.kind, whole))
    return changed.reshape(values.shape)


def archive(chance: random.Random, content: bytes) -> bytes:
    """A zip file of JSON and .npy files, one of them damaged."""
    if chance.random() < 0.25:
        return anything(chance, content)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        members = {name: file.read(name) for name in file.namelist()}
    name = chance.choice(list(members))
    if any(member.endswith(".json") for member in members) and chance.random() < 0.6:
        name = next(member for member in members if member.endswith(".json"))
    if chance.random() < 0.05:
        del members[name]
    elif name.endswith(".json"):
        members[name] = json_file(chance, members[name])
    elif chance.random() < 0.2:
        members[name] = anything(chance, members[name])
    else:
        damaged = io.BytesIO()
        np.save(damaged, array(chance, np.load(io.BytesIO(members[name]))))
        members[name] = damaged.getvalue()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        for member, data in members.items():
            file.writestr(member, data)
    return written.getvalue()


def word(chance: random.Random, words: Sequence[str]) -> str:
    """A ``--set`` word, damaged."""
    key, _, text = chance.choice(words).partition("=")
    value = chance.choice([text, str(chance.choice(VALUES)), json.dumps(chance.choice(VALUES))])
    if chance.random() < 0.6:
        return f"{key}={value}"
    return chance.choice([f"{key}{value}", f"{key}.x={value}", f"={value}", value, key])


def damage(chance: random.Random, path: Path, how: Damage) -> None:
    path.write_bytes(how(chance, path.read_bytes()))
