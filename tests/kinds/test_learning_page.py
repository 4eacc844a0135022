"""The report of a learning: angles in sight, layers by names that people read."""

import re

import numpy as np
import pytest

from evo.errors import RunFolderError
from evo.kinds.learning import page
from evo.kinds.learning.layers import Layers

SHAPES = {"0.weight": (8, 4), "0.bias": (8,), "2.weight": (8, 8), "10.weight": (3, 8)}


def line(epoch, **measures):
    figures = {"train_loss": 1.0, "validation_loss": 1.0}
    accuracy = {"train_accuracy": 0.5, "validation_accuracy": None}
    return {"epoch": epoch, **figures, **accuracy, **measures}


def test_layers_are_called_by_their_number():
    layers = Layers(SHAPES)
    assert [layers.called(name) for name in ("0.weight", "2", "10.weight", "other")] == [
        *("layer 1", "layer 2", "layer 3 (output)"),
        "other",
    ]
    assert layers.sorted(["10.weight", "2.weight", "0.weight"]) == [
        *("0.weight", "2.weight", "10.weight"),
    ]
    assert layers.table().rows[0] == ["layer 1", "0.weight", "8 × 4"]


def test_layers_of_a_run_that_has_not_ended_keep_their_names_in_order():
    layers = Layers({})
    assert layers.called("0.weight") == "layer 0"
    assert layers.sorted(["10.weight", "2.weight"]) == ["2.weight", "10.weight"]
    assert layers.table() is None


def test_layers_come_from_the_network_file(tmp_path):
    path = tmp_path / "network.npz"
    assert Layers.of(path).shapes == {}
    np.savez(path, **{name: np.zeros(shape) for name, shape in SHAPES.items()})
    assert Layers.of(path).shapes == SHAPES
    path.write_bytes(b"PK broken")
    with pytest.raises(RunFolderError, match="damaged"):
        Layers.of(path)


def test_angles_are_drawn_with_the_level_of_chance():
    angles = {"0.weight": 80.0, "2.weight": 45.0, "10.weight": 0.0}
    lines = [line(epoch, angle_to_bp=angles) for epoch in (1, 2)]
    picture = page.measures(lines, Layers(SHAPES))["angle_to_bp"]
    assert "Angle to backpropagation" in picture
    assert "90°: chance" in picture
    assert re.findall(">(layer[^<]*)</text>", picture) == ["layer 1", "layer 2", "layer 3 (output)"]
    assert ".weight" not in picture
