"""Films to show in tests, and what films say about motion."""

from dataclasses import replace

import numpy as np
import pytest
from evo_envs.creatures.film import Film, Shape

from evo.reports.creatures.motion import (
    centres,
    checked,
    distances,
    read,
    resampled,
    side,
    smooth,
    view,
)


def turns(axis, angles):
    """Quaternions (n, 4) around an axis."""
    return np.concatenate([np.cos(angles / 2)[:, None], np.outer(np.sin(angles / 2), axis)], 1)


def product(p, q):
    w, x, y, z = p.T
    a, b, c, d = q.T
    rows = [
        w * a - x * b - y * c - z * d,
        w * b + x * a + y * d - z * c,
        w * c - x * d + y * a + z * b,
        w * d + x * c - y * b + z * a,
    ]
    return np.stack(rows, axis=1)


def turned(q, place):
    flat = np.tile([0.0, *place], (len(q), 1))
    return product(product(q, flat), q * [1, -1, -1, -1])[:, 1:]


def film(title, shapes, parts, interval, world, **more):
    poses = np.stack([np.concatenate(part, axis=1) for part in parts], axis=1)
    return Film(title, interval, tuple(shapes), poses.astype(np.float32), world, **more)


def swimmer(seconds=4.0, rate=25):
    """A head, a trunk and a fin behind it, which swing."""
    t = np.arange(round(seconds * rate) + 1) / rate
    head = turns([0, 0, 1], 0.3 * np.sin(2 * t))
    place = np.stack([0.4 * t, 0.1 * np.sin(2 * t), 0.1 * np.sin(t)], axis=1)
    trunk = product(head, turns([0, 0, 1], 0.6 * np.sin(4 * t)))
    middle = place + turned(head, (-0.3, 0, 0)) + turned(trunk, (-0.35, 0, 0))
    fin = product(trunk, turns([0, 0, 1], 0.8 * np.sin(4 * t - 1.2)))
    end = middle + turned(trunk, (-0.35, 0, 0)) + turned(fin, (-0.28, 0, 0))
    shapes = [
        Shape("box", (0.35, 0.25, 0.12), 0, 0),
        Shape("capsule", (0.4, 0.12, 0.12), 0, 1),
        Shape("ellipsoid", (0.3, 0.3, 0.05), 0, 2),
    ]
    parts = [(place, head), (middle, trunk), (end, fin)]
    return film("Swimmer", shapes, parts, 1 / rate, "water")


def walker(seconds=4.0, rate=30, world="land", kinds=("box", "capsule", "ellipsoid"), **more):
    """A trunk, a head and four legs of two parts."""
    t = np.arange(round(seconds * rate) + 1) / rate
    trunk = product(turns([0, 0, 1], 0.15 * np.sin(t)), turns([1, 0, 0], 0.06 * np.sin(5 * t)))
    place = np.stack([0.35 * t, 0.1 * np.sin(t), 0.62 + 0.03 * np.sin(10 * t)], axis=1)
    head = product(trunk, turns([0, 1, 0], 0.2 * np.sin(5 * t) - 0.5))
    shapes = [Shape(kinds[0], (0.5, 0.22, 0.13), 0, 0), Shape("box", (0.18, 0.12, 0.1), 0, 3)]
    parts = [
        (place, trunk),
        (place + turned(trunk, (0.5, 0, 0.1)) + turned(head, (0.15, 0, 0)), head),
    ]
    for leg in range(4):
        phase = 5 * t + np.pi * (leg in (0, 3))
        hip = place + turned(trunk, ((-0.42, 0.42)[leg % 2], (-0.22, 0.22)[leg // 2], -0.05))
        upper = product(trunk, turns([0, 1, 0], 0.45 * np.sin(phase) + 1.5))
        lower = product(upper, turns([0, 1, 0], 0.3 * np.sin(phase + 1) + 0.1))
        knee = hip + turned(upper, (0.32, 0, 0))
        parts += [(hip + turned(upper, (0.17, 0, 0)), upper)]
        parts += [(knee + turned(lower, (0.15, 0, 0)), lower)]
        shapes += [
            Shape(kinds[1], (0.19, 0.07, 0.07), 0, 1),
            Shape(kinds[2], (0.18, 0.06, 0.05), 0, 2),
        ]
    return film("Walker", shapes, parts, 1 / rate, world, **more)


def duel():
    """Two walkers that come from both sides to a cube."""
    one = walker()
    other = one.poses.copy()
    other[..., 0] = 3 - other[..., 0]
    other[..., 1] *= -1
    w, x, y, z = np.moveaxis(one.poses[..., 3:], -1, 0)
    other[..., 3:] = np.stack([-z, -y, x, w], axis=-1)
    cube = np.zeros((len(other), 1, 7), np.float32)
    cube[..., 0], cube[..., 2], cube[..., 3] = 1.5, 0.2, 1
    shapes = one.shapes + tuple(replace(shape, creature=1) for shape in one.shapes)
    shapes += (Shape("box", (0.2, 0.2, 0.2), -1, 0),)
    return replace(
        one, title="Duel", shapes=shapes, poses=np.concatenate([one.poses, other, cube], axis=1)
    )


def hills():
    """A walker over a terrain, with a light to follow."""
    y, x = np.mgrid[-6:6:49j, -6:6:49j]
    heights = (0.2 * np.sin(1.1 * x) * np.cos(0.9 * y)).astype(np.float32)
    flat = walker()
    lights = np.tile(np.float32([2, 1, 1]), (len(flat.poses), 1))
    return replace(flat, world="terrain", heights=heights, extent=6.0, lights=lights)


def walled(high=1.2):
    """A walker on a plain, with a wall of hills between it and the camera."""
    film = walker()
    y, x = np.mgrid[-6:6:49j, -6:6:49j]
    place, turn = film.poses[60, :, :2].mean(axis=0), side(film)
    near = (x - place[0]) * np.cos(turn) + (y - place[1]) * np.sin(turn)
    wall = np.where((near > 1.2) & (near < 2.0), high, 0.0).astype(np.float32)
    return replace(film, world="terrain", heights=wall, extent=6.0)


FILMS = {
    "swimmer": swimmer,
    "walker": walker,
    "boxes": lambda: walker(kinds=("box",) * 3),
    "slope": lambda: walker(world="slope", slope=0.2),
    "duel": duel,
    "hills": hills,
}


def damaged():
    """Descriptions that are not those of films that can be shown, by what is wrong."""
    good = swimmer().describe()
    nothing = walker()
    far = replace(nothing, poses=nothing.poses * np.float32(1e30))
    still = replace(nothing, poses=nothing.poses * np.float32([1, 1, 1, 0, 0, 0, 0]))
    large = replace(nothing, poses=nothing.poses * np.float32([1, 1, 1, 1e30, 1e30, 1, 1]))
    tiny = replace(nothing, shapes=(Shape("box", (1e-300, 1, 1)), *nothing.shapes[1:]))
    endless = replace(nothing, shapes=(Shape("box", (np.inf, 1, 1)), *nothing.shapes[1:]))
    flat = replace(hills(), lights=np.zeros((len(hills().poses), 2), np.float32))
    return {
        "no poses": {key: value for key, value in good.items() if key != "poses"},
        "no shapes": good | {"shapes": []},
        "no frames": replace(nothing, poses=nothing.poses[:0]).describe(),
        "shapes are a number": good | {"shapes": 3},
        "cut poses": good | {"poses": good["poses"] | {"float32": good["poses"]["float32"][:-8]}},
        "no base64": good | {"poses": good["poses"] | {"float32": "?"}},
        "poses are text": good | {"poses": "many"},
        "another world": good | {"world": "space"},
        "no interval": good | {"interval": 0.0},
        "terrain without heights": good | {"world": "terrain"},
        "terrain without extent": replace(hills(), extent=float("nan")).describe(),
        "endless slope": replace(nothing, slope=float("inf")).describe(),
        "far away": far.describe(),
        "no quaternions": still.describe(),
        "large quaternions": large.describe(),
        "a shape without a size": tiny.describe(),
        "endless shape": endless.describe(),
        "lights of two numbers": flat.describe(),
        "many shapes": replace(
            nothing, shapes=nothing.shapes * 9, poses=np.tile(nothing.poses, (1, 9, 1))
        ).describe(),
    }


@pytest.mark.parametrize("name", FILMS)
def test_a_film_comes_back_from_its_description(name):
    film = FILMS[name]()
    again = read(film.describe())
    assert np.array_equal(again.poses, film.poses) and again.shapes == film.shapes


@pytest.mark.parametrize("name", damaged())
def test_what_is_no_film_is_refused(name):
    with pytest.raises(ValueError, match=r"film|poses|shape|terrain|lights"):
        read(damaged()[name])


def test_what_is_not_even_a_mapping_is_refused():
    for wrong in (None, [], "film", 3):
        with pytest.raises(ValueError, match="not a film"):
            read(wrong)


def test_a_centre_is_that_of_the_volume_and_distances_are_on_the_map():
    film = walker()
    volumes = np.array([np.prod(shape.half) for shape in film.shapes])
    expected = (film.poses[7, :, :3] * volumes[:, None]).sum(axis=0) / volumes.sum()
    assert centres(film, 0)[7] == pytest.approx(expected, abs=1e-6)
    way = centres(film, 0)
    assert distances(film)[0, -1] == pytest.approx(np.hypot(*(way[-1] - way[0])[:2]))
    assert distances(duel()).shape == (2, len(film.poses))


def test_a_dive_counts_in_water_and_a_jump_not_on_land():
    film = swimmer()
    poses = film.poses.copy()
    poses[..., :3] = [0, 0, 0]
    poses[-1, :, 2] = 2
    assert distances(replace(film, poses=poses))[0, -1] == pytest.approx(2)
    assert distances(replace(film, poses=poses, world="land"))[0, -1] == 0


def test_another_rate_keeps_places_turns_and_duration():
    film = swimmer(rate=50)
    film = replace(film, poses=film.poses * np.float32([1, 1, 1, -1, -1, -1, -1]))
    film.poses[1::2, :, 3:] *= -1
    fewer = checked(resampled(film, 10))
    assert len(fewer.poses) == 41 and fewer.duration == pytest.approx(film.duration)
    assert fewer.poses[3, :, :3] == pytest.approx(film.poses[15, :, :3], abs=1e-6)
    more = resampled(film, 100)
    assert np.abs(np.linalg.norm(more.poses[..., 3:], axis=-1) - 1).max() < 1e-5
    same = np.abs((more.poses[1::2, :, 3:] * film.poses[:-1, :, 3:]).sum(axis=-1))
    assert same.min() > 0.999


def test_the_light_is_resampled_too():
    fewer = resampled(hills(), 10)
    assert len(fewer.lights) == len(fewer.poses) == 41


def test_one_frame_is_a_film():
    film = replace(swimmer(), poses=swimmer().poses[:1])
    assert len(resampled(film, 25).poses) == 1
    assert view(film)[0].shape == (1, 3)


def test_a_smooth_line_stays_where_it_was():
    line = np.arange(50.0)[:, None] * [1.0, 2.0]
    assert smooth(line, 7) == pytest.approx(line)
    noise = np.random.default_rng(0).normal(size=(200, 1))
    assert smooth(noise, 10).std() < 0.4 * noise.std()


def test_the_camera_sees_all_and_creatures_go_to_the_right():
    for make in FILMS.values():
        film = make()
        middle, radii = view(film)
        away = np.linalg.norm(film.poses[..., :3] - middle[:, None], axis=-1).max(axis=1)
        assert np.all(away < 1.5 * radii)
    right = np.array([-np.sin(side(walker())), np.cos(side(walker()))])
    assert right @ [1, 0] > 0.5
