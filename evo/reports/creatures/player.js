// Shows films of creatures side by side: what is pressed, dragged and turned.
function player(host, data, style) {
  const { prepared, between, along, place, camera, picture, clamp, night } = painting(data), OPENING = data.opening;
  const state = { time: 0, playing: true, speed: 0, turn: 0, tilt: data.tilt, zoom: 1, follow: true, trail: true, seen: true, dirty: true };
  const SPEEDS = [[1, "1×"], [0.5, "½×"], [0.25, "¼×"]];
  const films = data.films.map(prepared), end = Math.max(...films.map((f) => (f.frames - 1) * f.interval));

  const root = host.attachShadow({ mode: "open" });
  const element = (name, parent, more = {}) => parent.appendChild(Object.assign(document.createElement(name), more));
  element("style", root, { textContent: style });
  host.tabIndex = 0;
  host.style.setProperty("--columns", [1, 1, 2, 3, 2, 3, 3][films.length] || 4);
  host.style.setProperty("--shape", films.length > 1 ? "4 / 3" : "16 / 9");
  const whole = host.hasAttribute("whole");
  host.style.setProperty("--high", whole && films.length > 3 ? "37vh" : "72vh");
  const grid = element("div", root, { className: "panes" });
  const panes = films.map((f) => {
    const figure = element("figure", grid), canvas = element("canvas", figure);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", f.caption || f.title);
    const words = element("figcaption", figure);
    element("b", words, { textContent: f.caption });
    return { f, canvas, pen: canvas.getContext("2d"), gone: element("span", words), target: null };
  });
  const bar = element("div", root, { className: "bar" });
  const button = (title, text, act) => element("button", bar, { type: "button", title, textContent: text, onclick: act });
  const play = button("play or pause (space)", "", () => set({ playing: !state.playing }));
  play.className = "play";
  const scrub = element("input", bar, { type: "range", min: 0, max: end || 1, step: "any", value: 0 });
  scrub.setAttribute("aria-label", "time in seconds");
  scrub.oninput = () => set({ playing: false, time: Number(scrub.value) });
  const clock = element("output", bar);
  const speed = button("how fast (s)", "", () => set({ speed: (state.speed + 1) % SPEEDS.length }));
  const follow = button("the camera follows (f)", "follow", () => set({ follow: !state.follow }));
  const trail = button("the way so far (t)", "trail", () => set({ trail: !state.trail }));
  button("the first view again (0)", "reset", () => set({ turn: 0, tilt: data.tilt, zoom: 1, follow: true }));

  function set(change) {
    Object.assign(state, change);
    state.time = clamp(state.time, 0, end);
    if (change.playing && state.time >= end) state.time = 0;
    state.zoom = clamp(state.zoom, 0.25, 6);
    state.tilt = clamp(state.tilt, films.some((f) => f.land) ? 0.06 : -1.5, 1.5);
    const shape = state.playing ? "M2 1h3.5v12H2zM8.5 1H12v12H8.5z" : "M2 1l11 6-11 6z";
    if (play.dataset.shape !== shape) play.innerHTML = `<svg width="14" height="14" aria-hidden="true"><path d="${shape}"/></svg>`;
    play.dataset.shape = shape;
    play.setAttribute("aria-label", state.playing ? "pause" : "play");
    speed.textContent = SPEEDS[state.speed][1];
    follow.setAttribute("aria-pressed", state.follow);
    trail.setAttribute("aria-pressed", state.trail);
    state.dirty = true;
    wake();
  }

  function paint(pane) {
    const { f, canvas, pen } = pane, at = between(f, state.time), finer = Math.min(devicePixelRatio || 1, 2);
    const width = canvas.clientWidth, high = canvas.clientHeight;
    if (!width || !high) return;
    if (canvas.width !== Math.round(width * finer) || canvas.height !== Math.round(high * finer)) {
      canvas.width = Math.round(width * finer);
      canvas.height = Math.round(high * finer);
    }
    pen.setTransform(finer, 0, 0, finer, 0, 0);
    if (state.follow || !pane.target) pane.target = f.middle.map((way) => along(way, at));
    const radius = state.follow ? along(f.radii, at) : pane.radius || along(f.radii, at);
    pane.radius = radius;
    const cam = camera(pane.target, f.turn + state.turn, state.tilt, (radius / Math.sin(OPENING / 2)) * 1.02 / state.zoom, width, high);
    picture(pen, f, at, cam, radius / Math.min(state.zoom, 1), state.trail);
    pane.gone.textContent = f.ways.map((way) => {
      const now = place(way, at);
      return `${Math.hypot(...now.slice(0, f.land ? 2 : 3).map((x, a) => x - way[a])).toFixed(2)} m`;
    }).join(" · ");
  }

  let waiting = false, before = 0;
  function wake() {
    if (waiting || !state.seen) return;
    waiting = true;
    requestAnimationFrame(tick);
  }
  function tick(now) {
    waiting = false;
    if (state.playing) {
      if (before) state.time += Math.min(now - before, 100) / 1000 * SPEEDS[state.speed][0];
      if (state.time > end) state.time = end > 0 ? state.time % end : 0;
    }
    before = state.playing ? now : 0;
    if (state.playing || state.dirty) {
      panes.forEach(paint);
      scrub.value = state.time;
      clock.textContent = `${state.time.toFixed(1)} / ${end.toFixed(1)} s`;
      state.dirty = false;
    }
    if (state.playing) wake();
  }

  const ACTS = {
    " ": () => set({ playing: !state.playing }),
    ArrowLeft: (by) => set({ playing: false, time: state.time - by }),
    ArrowRight: (by) => set({ playing: false, time: state.time + by }),
    ArrowUp: () => set({ zoom: state.zoom * 1.15 }),
    ArrowDown: () => set({ zoom: state.zoom / 1.15 }),
    f: () => follow.click(), t: () => trail.click(), s: () => speed.click(),
    0: () => set({ turn: 0, tilt: data.tilt, zoom: 1, follow: true }),
  };
  (whole ? window : host).addEventListener("keydown", (event) => {
    const act = !event.ctrlKey && !event.metaKey && !event.altKey && ACTS[event.key];
    if (!act) return;
    event.preventDefault();
    act(event.shiftKey ? 1 : 0.1);
  });
  const fingers = new Map();
  const apart = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a[0] - b[0], a[1] - b[1]); };
  for (const { canvas } of panes) {
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, [event.clientX, event.clientY]);
    });
    canvas.addEventListener("pointermove", (event) => {
      const from = fingers.get(event.pointerId), to = [event.clientX, event.clientY];
      if (!from) return;
      const wide = fingers.size > 1 && apart();
      fingers.set(event.pointerId, to);
      if (wide) set({ zoom: state.zoom * apart() / wide });
      else set({ turn: state.turn - (to[0] - from[0]) * 0.008, tilt: state.tilt + (to[1] - from[1]) * 0.006 });
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => fingers.delete(event.pointerId));
    canvas.addEventListener("wheel", (event) => {
      // Within a longer page the wheel scrolls it, unless the player was chosen before.
      if (!whole && document.activeElement !== host) return;
      event.preventDefault();
      set({ zoom: state.zoom * Math.exp(-clamp(event.deltaY, -60, 60) * 0.004) });
    }, { passive: false });
  }
  new ResizeObserver(() => set({})).observe(grid);
  new IntersectionObserver((entries) => { state.seen = entries.at(-1).isIntersecting; before = 0; wake(); }).observe(host);
  night.addEventListener("change", () => set({}));
  const fromAddress = () => {
    const found = /^#t=(\d+(\.\d+)?)$/.exec(location.hash);
    if (found) set({ playing: false, time: Number(found[1]) });
  };
  addEventListener("hashchange", fromAddress);
  set({ playing: !matchMedia("(prefers-reduced-motion: reduce)").matches });
  fromAddress();
}
