"""What a film says about motion: centres, distances, and films at another rate."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from evo_envs.creatures.film import Film
from numpy.typing import NDArray

WORLDS = ("land", "water", "slope", "terrain")
MOST_SHAPES, MOST_FRAMES, FARTHEST, SMALLEST = 64, 100_000, 1e5, 1e-4


def checked(film: Film) -> Film:
    """The film itself, if it can be shown.

    Raises:
        ValueError: it cannot; the message says why.
    """
    film.check()
    frames, shapes = film.poses.shape[:2]
    if not (0 < shapes <= MOST_SHAPES and 0 < frames <= MOST_FRAMES):
        raise ValueError(
            f"a film of {shapes} shapes and {frames} frames; one that is shown has 1 to "
            f"{MOST_SHAPES} shapes and 1 to {MOST_FRAMES} frames"
        )
    if film.world not in WORLDS:
        raise ValueError(f"a film in the world {film.world[:40]!r}; there are {', '.join(WORLDS)}")
    sizes = np.array([shape.half for shape in film.shapes])
    numbers = [film.poses[..., :3], film.heights, film.lights, sizes, np.array(film.slope)]
    if not all(np.isfinite(each).all() and np.all(np.abs(each) < FARTHEST) for each in numbers):
        raise ValueError(f"a film with sizes or places that are not below {FARTHEST:g} m")
    if sizes.min() < SMALLEST or film.interval < SMALLEST:
        raise ValueError(
            f"a film has half sizes from {SMALLEST:g} m and frames {SMALLEST:g} s apart"
        )
    turns = film.poses[..., 3:].astype(np.float64)
    if np.abs(np.linalg.norm(turns, axis=-1) - 1).max() > 0.1:
        raise ValueError("a film has unit quaternions")
    if film.lights.shape[1:] != (3,):
        raise ValueError(f"lights of shape {film.lights.shape}; they are places, (frames, 3)")
    if film.world == "terrain" and not (min(film.heights.shape) > 1 and 0 < film.extent < FARTHEST):
        raise ValueError("a terrain has at least 2 rows and columns, and an extent above 0")
    return film


def read(description: Mapping[str, Any]) -> Film:
    """The film of a description as from `Film.describe`, checked; raises `ValueError`."""
    try:
        return checked(Film.read(description))
    except (AttributeError, OverflowError, MemoryError) as error:
        raise ValueError(f"not a film: {type(error).__name__}: {error}") from None


def resampled(film: Film, rate: float) -> Film:
    """The film at `rate` frames per second; turns are interpolated as in the player."""
    count = max(round(film.duration * rate) + 1, 1)
    at = np.minimum(np.arange(count) / (rate * film.interval), len(film.poses) - 1)
    first = np.minimum(at.astype(int), max(len(film.poses) - 2, 0))
    then = np.minimum(first + 1, len(film.poses) - 1)
    part = (at - first)[:, None, None].astype(np.float32)
    a, b = film.poses[first], film.poses[then].copy()
    b[..., 3:] *= np.where((a[..., 3:] * b[..., 3:]).sum(axis=-1, keepdims=True) < 0, -1, 1)
    poses = a + part * (b - a)
    poses[..., 3:] /= np.linalg.norm(poses[..., 3:], axis=-1, keepdims=True)
    lights = film.lights
    if len(lights):
        lights = lights[first] + part[:, 0] * (lights[then] - lights[first])
    return replace(film, interval=1 / rate, poses=poses, lights=lights)


def creatures(film: Film) -> list[int]:
    """The numbers of the creatures, or -1 alone where the film has things only."""
    return sorted({shape.creature for shape in film.shapes if shape.creature >= 0}) or [-1]


def centres(film: Film, creature: int) -> NDArray[np.float64]:
    """`(frames, 3)` centres of a creature in m, its shapes weighted by their volume."""
    rows = [row for row, shape in enumerate(film.shapes) if shape.creature == creature]
    weights = np.array([np.prod(film.shapes[row].half) for row in rows])
    places = film.poses[:, rows, :3].astype(np.float64)
    return np.einsum("fks,k->fs", places, weights / weights.sum())


def distances(film: Film) -> NDArray[np.float64]:
    """`(creatures, frames)` m from where each creature was at first; over land, on the map."""
    axes = 3 if film.world == "water" else 2
    paths = np.stack([centres(film, creature) for creature in creatures(film)])[..., :axes]
    return np.linalg.norm(paths - paths[:, :1], axis=-1)


def view(film: Film, seconds: float = 0.6) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What a camera follows: `(frames, 3)` smooth centres of all, and `(frames,)` their radii."""
    reach = np.array([np.linalg.norm(shape.half) for shape in film.shapes])
    places = film.poses[..., :3].astype(np.float64)
    alone = np.mean([centres(film, creature) for creature in creatures(film)], axis=0)
    middle = smooth(alone, seconds / film.interval)
    radii = (np.linalg.norm(places - middle[:, None], axis=-1) + reach).max(axis=1)
    wide = smooth(radii[:, None], 2 * seconds / film.interval)[:, 0]
    return middle, np.maximum(wide, 0.7 * radii)


def side(film: Film) -> float:
    """The turn of a camera past which the creatures go to the right and a little nearer."""
    middle = np.mean([centres(film, creature) for creature in creatures(film)], axis=0)
    gone = (middle[-1] - middle[0])[:2]
    if np.linalg.norm(gone) < 0.2 * view(film)[1].min():
        return -0.9
    return float(np.arctan2(gone[1], gone[0]) - 1.1)


def smooth(values: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """`(n, m)` values, averaged twice over about `width` neighbours to each side."""
    reach = int(min(width, len(values) - 1))
    if reach < 1:
        return values
    for _ in range(2):
        # Both ends go on as they lead, so that the middle of a steady motion stays its middle.
        before = 2 * values[0] - values[reach:0:-1]
        after = 2 * values[-1] - values[-2 : -2 - reach : -1]
        total = np.cumsum(
            np.concatenate([np.zeros_like(values[:1]), before, values, after]), axis=0
        )
        values = (total[2 * reach + 1 :] - total[: -2 * reach - 1]) / (2 * reach + 1)
    return values
