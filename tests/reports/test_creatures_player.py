"""Films of creatures as HTML: what is in it, and what a browser makes of it."""

import json
import re
import shutil
import subprocess
from base64 import b64decode
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from evo.reports.creatures.motion import resampled
from evo.reports.creatures.player import _literal, _player, embedded, page
from evo.reports.creatures.raster import Painter
from tests.reports.test_creatures_films import FILMS, duel, hills, swimmer, walker, walled

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


def data(html):
    """What the page gives its player."""
    found = re.search(r"previousElementSibling,\n(\{.*\}),\n\"", html)
    return json.loads(found[1])


def test_a_page_is_small():
    film = walker(10)
    more = replace(
        film, shapes=film.shapes + film.shapes[:2],
        poses=np.concatenate([film.poses, film.poses[:, :2]], axis=1),
    )  # fmt: skip
    assert len(more.shapes) == 12 and more.duration == pytest.approx(10)
    one, two = page([more], ["a"], "t"), page([more, more], ["a", "b"], "t")
    assert len(two) - len(one) < 100_000
    assert len(one) - (len(two) - len(one)) < 34_000
    fixed = json.dumps(data(one)["films"], separators=(",", ":"))
    assert len(embedded(more, "a")) - len(fixed) < 30_000


def test_a_page_needs_nothing_beside_it():
    html = page([hills(), duel()], ["a", "b"], "t")
    assert not re.search(r"https?:|\bsrc=|\bhref=|url\(|@import|fetch\(|XMLHttp|\bimport\b", html)
    assert html.startswith("<!doctype html>") and html.count("<script>") == 1


@pytest.mark.parametrize("words", ["</script><script>alert(1)</script>", "<b>&\"'", "\u2028\\"])
def test_words_are_escaped(words):
    html = page([replace(walker(), title=words)], [words], words)
    assert html.count("<script>") == html.count("</script>") == 1
    assert "<b>" not in html
    assert data(html)["films"][0]["caption"] == words


def unpacked(packed):
    """The numbers of a page as a browser reads them."""
    whole = np.frombuffer(b64decode(packed["text"]), "<i2").astype(float)
    whole = whole.reshape(-1, len(packed["low"]))
    return packed["low"] + (whole + 32767) / 65534 * np.array(packed["span"])


@pytest.mark.parametrize("name", FILMS)
def test_poses_survive_the_page(name):
    film = FILMS[name]()
    packed = data(embedded(film, ""))["films"][0]
    poses = unpacked(packed["poses"]).reshape(film.poses.shape)
    assert np.abs(poses - film.poses).max() < 1e-4
    if name == "hills":
        assert unpacked(packed["heights"])[:, 0] == pytest.approx(film.heights.ravel(), abs=1e-4)
        assert unpacked(packed["lights"]) == pytest.approx(film.lights, abs=1e-4)


def test_many_frames_become_thirty_per_second_and_few_stay():
    assert data(embedded(walker(rate=120), ""))["films"][0]["interval"] == pytest.approx(1 / 30)
    assert data(embedded(walker(rate=20), ""))["films"][0]["interval"] == pytest.approx(1 / 20)


def test_a_long_film_has_fewer_frames():
    film = walker(rate=30)
    film = replace(film, poses=np.tile(film.poses, (60, 1, 1)))
    assert len(embedded(film, "")) < 500_000


def test_what_cannot_be_shown_is_refused():
    with pytest.raises(ValueError, match="captions"):
        page([walker()], [], "t")
    with pytest.raises(ValueError, match="captions"):
        page([], [], "t")
    with pytest.raises(ValueError, match="frames"):
        embedded(replace(walker(), poses=walker().poses[:0]), "")


def test_a_literal_cannot_end_its_script():
    assert json.loads(_literal({"<a>": "</script>&"})) == {"<a>": "</script>&"}
    assert not set("<>&") & set(_literal({"<a>": "</script>&"}))


def run(folder, arguments):
    """What a browser without a display and a graphics card writes."""
    command = [str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu"]
    command += ["--hide-scrollbars", f"--user-data-dir={folder / 'profile'}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def screenshot(folder, html, time):
    (folder / "page.html").write_text(html, encoding="utf-8")
    run(
        folder,
        [
            "--window-size=800,640",
            "--virtual-time-budget=2000",
            f"--screenshot={folder / 'shot.png'}",
            f"file://{folder / 'page.html'}#t={time}",
        ],
    )
    return np.asarray(Image.open(folder / "shot.png").convert("RGB")).astype(int)


@browser
def test_a_browser_shows_the_creature_at_the_time_of_the_address(tmp_path):
    html = page([walker()], ["caption"], "title")
    first, then = (screenshot(tmp_path, html, time) for time in (0.5, 2.7))
    middle = slice(150, 400), slice(250, 550)
    for shot in (first, then):
        assert (np.ptp(shot, axis=-1) > 90)[middle].mean() > 0.1
    assert (first != then).any(axis=-1)[middle].mean() > 0.02


BEFORE = """<!doctype html><meta charset="utf-8"><button>own</button>
<script>
// A page that is not shown on a screen has no frames of its own.
window.requestAnimationFrame = (act) => setTimeout(() => act(performance.now()), 16);
var names = new Set(Object.keys(window));
</script>
"""

ACTIONS = """
<script>
addEventListener("load", () => setTimeout(() => {
  const host = document.querySelector(".evo-creatures"), root = host.shadowRoot, said = {};
  const canvas = root.querySelector("canvas");
  const picture = () => canvas.toDataURL();
  const later = (act) => new Promise((done) => { act(); setTimeout(() => done(picture()), 150); });
  const key = (name, more) => () => host.dispatchEvent(
    new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, ...more }));
  const point = (name, x, y, id = 1) => canvas.dispatchEvent(
    new PointerEvent(name, { pointerId: id, clientX: x, clientY: y, bubbles: true }));
  canvas.setPointerCapture = () => {};
  const clock = () => parseFloat(root.querySelector("output").textContent);
  (async () => {
    const start = await later(key("ArrowRight", { shiftKey: true }));
    said.forth = clock();
    await later(key("ArrowLeft"));
    said.back = clock();
    said.same = (await later(key("ArrowRight"))) === start;
    said.trail = (await later(key("t"))) !== start;
    said.again = (await later(key("t"))) === start;
    said.nearer = (await later(key("ArrowUp"))) !== start;
    said.reset = (await later(key("0"))) === start;
    said.drag = (await later(() => { point("pointerdown", 100, 100); point("pointermove", 160, 120);
      point("pointerup", 160, 120); })) !== start;
    await later(key("0"));
    said.pinch = (await later(() => {
      point("pointerdown", 100, 100, 1); point("pointerdown", 140, 100, 2);
      point("pointermove", 220, 100, 2);
      point("pointerup", 0, 0, 1); point("pointerup", 0, 0, 2); })) !== start;
    await later(key("0"));
    await later(key("f"));
    const pressed = [...root.querySelectorAll("button")].map((b) => b.getAttribute("aria-pressed"));
    said.follow = pressed.filter(Boolean).join();
    await later(key("s"));
    said.speed = [...root.querySelectorAll("button")].some((b) => b.textContent === "½×");
    const before = clock();
    await later(key(" "));
    await later(() => {});
    const play = root.querySelector(".play").getAttribute("aria-label");
    said.plays = play === "pause" && clock() > before;
    said.globals = Object.keys(window).filter((name) => !names.has(name)).join();
    said.outside = getComputedStyle(document.querySelector("button")).color;
    said.panes = root.querySelectorAll("canvas").length;
    document.body.innerHTML = "<pre id=said></pre>";
    document.getElementById("said").textContent = JSON.stringify(said);
  })();
}, 200));
</script>
"""


@browser
@pytest.mark.parametrize("whole", [False, True])
def test_a_browser_obeys_keys_and_fingers(tmp_path, whole):
    films = [hills(), swimmer()]
    player = _player(films, ["a", "b"], whole=whole)
    file = tmp_path / "page.html"
    file.write_text(BEFORE + player + ACTIONS, encoding="utf-8")
    place = f"file://{file}#t=1.5"
    shown = run(tmp_path, ["--virtual-time-budget=20000", "--dump-dom", place])
    said = json.loads(re.search(r'<pre id="said">(.*?)</pre>', shown)[1])
    assert said == {
        "forth": 2.5,
        "back": 2.4,
        "same": True,
        "trail": True,
        "again": True,
        "nearer": True,
        "reset": True,
        "drag": True,
        "pinch": True,
        "follow": "false,true",
        "speed": True,
        "plays": True,
        "globals": "",
        "outside": "rgb(0, 0, 0)",
        "panes": 2,
    }


@browser
def test_a_browser_paints_what_frames_show(tmp_path):
    made = [*(FILMS[name]() for name in FILMS), walled()]
    for film in made:
        film.poses[1::2, :, 3:] *= -1  # the same turns
    players = "".join(f'<div style="width:642px">{embedded(film, "")}</div>' for film in made)
    tell = """<script>addEventListener("load", () => setTimeout(() => {
      const hosts = [...document.querySelectorAll(".evo-creatures")];
      const urls = hosts.map((host) => host.shadowRoot.querySelector("canvas").toDataURL());
      document.body.innerHTML = urls.map((url) => `<i>${url.split(",")[1]}</i>`).join("");
    }, 500))</script>"""
    file = tmp_path / "page.html"
    file.write_text(BEFORE + players + tell, encoding="utf-8")
    options = ["--window-size=900,900", "--virtual-time-budget=5000", "--dump-dom"]
    shown = re.findall(r"<i>(.*?)</i>", run(tmp_path, [*options, f"file://{file}#t=2.02"]))
    assert len(shown) == len(made)
    for film, text in zip(made, shown, strict=True):
        painted = Image.open(BytesIO(b64decode(text))).convert("RGB")
        assert painted.size[0] == 640
        mine = Painter(resampled(film, 50), *painted.size).paint(101).astype(int)
        theirs = np.asarray(painted).astype(int)
        bright = (np.ptp(mine, axis=-1) > 90, np.ptp(theirs, axis=-1) > 90)
        both = bright[0] & bright[1]
        assert both.sum() > 0.93 * (bright[0] | bright[1]).sum(), film.title
        assert (np.abs(mine - theirs).max(axis=-1)[both] > 24).mean() < 0.04, film.title
        if film.world != "water":
            # What is not bright is the ground with its tiles and shadows.
            ground = ~(bright[0] | bright[1])
            assert (np.abs(mine - theirs).max(axis=-1)[ground] > 24).mean() < 0.03, film.title
