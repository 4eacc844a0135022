// Draws creatures: solids in the order in which a painter paints them, as scene.py does.
function painting(data) {
  const NEAREST = 0.05, TOUCHING = 1e-6, OPENING = data.opening, BEYOND = 9;
  const night = matchMedia("(prefers-color-scheme: dark)");
  const clamp = (x, low, high) => Math.min(Math.max(x, low), high);
  const mix = (a, b, part) => a.map((x, i) => x + part * (b[i] - x));
  const hex = (text) => [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
  const rgb = (c) => `rgb(${c[0] | 0},${c[1] | 0},${c[2] | 0})`;
  const toned = (c, tone) => mix(c, tone > 0 ? [255, 255, 255] : [0, 0, 0], Math.min(Math.abs(tone), 1));
  const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

  // Whole numbers of 16 bits, spread over the range of each column, as floating-point numbers.
  function unpacked({ text, low, span }) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const view = new DataView(bytes.buffer), out = new Float64Array(bytes.length / 2), n = low.length;
    for (let i = 0; i < out.length; i++) {
      out[i] = low[i % n] + ((view.getInt16(2 * i, true) + 32767) / 65534) * span[i % n];
    }
    return out;
  }

  // Values averaged twice over neighbours; beyond both ends they go on as they lead.
  function smooth(values, width) {
    const n = values.length, reach = Math.min(Math.floor(width), n - 1);
    if (reach < 1) return values;
    for (let round = 0; round < 2; round++) {
      const at = (i) => i < 0 ? 2 * values[0] - values[-i] : i < n ? values[i] : 2 * values[n - 1] - values[2 * n - 2 - i];
      const out = new Float64Array(n);
      let sum = 0;
      for (let i = -reach; i <= reach; i++) sum += at(i);
      for (let i = 0; i < n; i++) {
        out[i] = sum / (2 * reach + 1);
        sum += at(i + reach + 1) - at(i - reach);
      }
      values = out;
    }
    return values;
  }

  // A film made ready: facets along the shapes' own axes, ways of creatures, what to look at.
  function prepared(film) {
    const k = film.shapes.length, poses = unpacked(film.poses), frames = poses.length / 7 / k;
    const f = { ...film, k, poses, frames, vertices: [], normals: [], offsets: [], faces: [], firstVertex: [0], firstFace: [0] };
    film.shapes.forEach(({ form, half }) => {
      const plan = data.forms[form], start = f.firstVertex.at(-1);
      const corners = plan.vertices.map((corner) => corner.map((c) => c / 1e4)).map(([x, y, z], i) => [
        form === "capsule" ? x * half[1] + plan.ends[i] * (half[0] - half[1]) : x * half[0], y * half[1], z * half[2]]);
      for (const word of plan.faces.split(" ")) {
        const face = [...word].map((letter) => letter.charCodeAt(0) - 65);
        let n = [0, 0, 0];
        face.forEach((row, i) => {
          const a = corners[row], b = corners[face[(i + 1) % face.length]];
          n = [n[0] + a[1] * b[2] - a[2] * b[1], n[1] + a[2] * b[0] - a[0] * b[2], n[2] + a[0] * b[1] - a[1] * b[0]];
        });
        const length = Math.hypot(...n);
        n = n.map((x) => x / length);
        f.normals.push(n);
        f.offsets.push(dot(n, corners[face[0]]));
        f.faces.push(face.map((row) => row + start));
      }
      f.vertices.push(...corners);
      f.firstVertex.push(f.vertices.length);
      f.firstFace.push(f.faces.length);
    });
    const numbers = [...new Set(film.shapes.map((s) => s.creature))].filter((c) => c >= 0);
    f.ways = (numbers.length ? numbers : [-1]).map((number) => {
      const way = new Float64Array(frames * 3);
      let total = 0;
      film.shapes.forEach((s, row) => {
        if (s.creature !== number) return;
        const weight = s.half[0] * s.half[1] * s.half[2];
        total += weight;
        for (let i = 0; i < frames; i++) for (let a = 0; a < 3; a++) way[3 * i + a] += weight * poses[(i * k + row) * 7 + a];
      });
      return way.map((x) => x / total);
    });
    const middle = [0, 1, 2].map((a) => smooth(Float64Array.from({ length: frames },
      (_, i) => f.ways.reduce((sum, way) => sum + way[3 * i + a], 0) / f.ways.length), 0.6 / film.interval));
    const radii = Float64Array.from({ length: frames }, (_, i) => Math.max(...film.shapes.map((s, row) => {
      const at = (i * k + row) * 7;
      return Math.hypot(...[0, 1, 2].map((a) => poses[at + a] - middle[a][i])) + Math.hypot(...s.half);
    })));
    f.middle = middle;
    f.radii = smooth(radii, 1.2 / film.interval).map((x, i) => Math.max(x, 0.7 * radii[i]));
    f.size = [...f.radii].sort((a, b) => a - b)[frames >> 1];
    f.lamp = film.lights && unpacked(film.lights);
    if (film.heights) f.grid = unpacked(film.heights);
    const turn = film.turn - 1;
    f.sun = [0.57 * Math.cos(turn), 0.57 * Math.sin(turn), 0.82];
    f.tiles = new Map();
    f.land = film.world !== "water";
    return f;
  }

  // Where a time lies between frames: the frame before, the one after, the part of the way.
  function between(f, time) {
    const at = clamp(time / f.interval, 0, f.frames - 1), i = Math.min(Math.floor(at), Math.max(f.frames - 2, 0));
    return [i, Math.min(i + 1, f.frames - 1), at - i];
  }
  const along = (values, [i, j, part], a = 0, n = 1) => values[i * n + a] + part * (values[j * n + a] - values[i * n + a]);
  const place = (values, at) => [0, 1, 2].map((a) => along(values, at, a, 3));

  function height(f, x, y) {
    if (!f.grid) return f.world === "slope" ? f.slope * x : 0;
    const { rows, columns } = f.heights;
    let u = clamp((x / f.extent + 1) / 2, 0, 1) * (columns - 1), v = clamp((y / f.extent + 1) / 2, 0, 1) * (rows - 1);
    const i = Math.min(u | 0, columns - 2), j = Math.min(v | 0, rows - 2), h = (b, a) => f.grid[b * columns + a];
    u -= i; v -= j;
    return (h(j, i) * (1 - u) + h(j, i + 1) * u) * (1 - v) + (h(j + 1, i) * (1 - u) + h(j + 1, i + 1) * u) * v;
  }

  function camera(target, turn, tilt, distance, width, high) {
    const s = Math.sin(turn), c = Math.cos(turn), st = Math.sin(tilt), ct = Math.cos(tilt);
    const right = [-s, c, 0], up = [-st * c, -st * s, ct], away = [-ct * c, -ct * s, -st];
    const eye = target.map((x, a) => x - distance * away[a]);
    const focus = Math.min(width, high) / 2 / Math.tan(OPENING / 2);
    const project = (p) => {
      const q = [p[0] - eye[0], p[1] - eye[1], p[2] - eye[2]], deep = dot(q, away), by = focus / Math.max(deep, NEAREST);
      return [width / 2 + dot(q, right) * by, high / 2 - dot(q, up) * by, deep];
    };
    return { target, eye, away, focus, distance, project, width, high };
  }

  // All facets in the world at a time.
  function placed(f, at) {
    const vertices = [], normals = [], offsets = [], places = [];
    for (let row = 0; row < f.k; row++) {
      const a = (at[0] * f.k + row) * 7, b = (at[1] * f.k + row) * 7, q = f.poses;
      const p = [0, 1, 2].map((i) => q[a + i] + at[2] * (q[b + i] - q[a + i]));
      let same = 0;
      for (let i = 3; i < 7; i++) same += q[a + i] * q[b + i];
      const r = [3, 4, 5, 6].map((i) => q[a + i] * (1 - at[2]) + at[2] * q[b + i] * (same < 0 ? -1 : 1));
      const length = Math.hypot(...r) || 1, [w, x, y, z] = r.map((v) => v / length);
      const m = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]];
      const turned = (v) => [dot(m[0], v), dot(m[1], v), dot(m[2], v)];
      for (let i = f.firstVertex[row]; i < f.firstVertex[row + 1]; i++) {
        const v = turned(f.vertices[i]);
        vertices.push([v[0] + p[0], v[1] + p[1], v[2] + p[2]]);
      }
      for (let i = f.firstFace[row]; i < f.firstFace[row + 1]; i++) {
        const n = turned(f.normals[i]);
        normals.push(n);
        offsets.push(f.offsets[i] + dot(n, p));
      }
      places.push(p);
    }
    return { vertices, normals, offsets, places };
  }

  // The facet of shape a that shape b passes least, and by how much b is beyond it.
  function gap(f, w, a, b) {
    let best = -Infinity, face = -1;
    for (let i = f.firstFace[a]; i < f.firstFace[a + 1] && best < 0; i++) {
      const [x, y, z] = w.normals[i], offset = w.offsets[i];
      let least = Infinity;
      for (let v = f.firstVertex[b]; v < f.firstVertex[b + 1] && least > best; v++) {
        const p = w.vertices[v], over = x * p[0] + y * p[1] + z * p[2] - offset;
        if (over < least) least = over;
      }
      if (least > best) { best = least; face = i; }
    }
    return [best, face];
  }

  // Shapes from back to front, and which of them reach into each other.
  function ordered(f, w, pixels, outside) {
    const boxes = [];
    for (let row = 0; row < f.k; row++) {
      const box = [Infinity, Infinity, -Infinity, -Infinity, 0];
      for (let i = f.firstVertex[row]; i < f.firstVertex[row + 1]; i++) {
        const [x, y, deep] = pixels[i];
        box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y);
        box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y);
        box[4] += deep / (f.firstVertex[row + 1] - f.firstVertex[row]);
      }
      boxes.push(box);
    }
    const waits = new Array(f.k).fill(0), after = boxes.map(() => []), overlaps = boxes.map(() => new Set());
    for (let a = 0; a < f.k; a++) for (let b = 0; b < a; b++) {
      const p = boxes[a], q = boxes[b];
      if (p[0] >= q[2] || q[0] >= p[2] || p[1] >= q[3] || q[1] >= p[3]) continue;
      const [one, face] = gap(f, w, a, b), [two, other] = one < 0 ? gap(f, w, b, a) : [-Infinity, -1];
      const first = one >= two ? outside[face] : !outside[other];
      if (Math.max(one, two) < -TOUCHING) { overlaps[a].add(b); overlaps[b].add(a); }
      after[first ? a : b].push(first ? b : a);
      waits[first ? b : a]++;
    }
    const left = boxes.map((_, i) => i).sort((a, b) => boxes[b][4] - boxes[a][4]), order = [];
    while (left.length) {
      const [shape] = left.splice(Math.max(left.findIndex((i) => !waits[i]), 0), 1);
      after[shape].forEach((i) => waits[i]--);
      order.push(shape);
    }
    return { order, overlaps };
  }

  function above(polygon, over, sign) {
    const corners = [];
    polygon.forEach((b, i) => {
      const j = (i || polygon.length) - 1, a = polygon[j], from = sign * over[j], to = sign * over[i];
      if (from * to < 0) corners.push(mix(a, b, from / (from - to)));
      if (to >= 0) corners.push(b);
    });
    return corners;
  }

  // What of a polygon is not within a shape, as convex pieces.
  function outsideOf(polygon, f, w, shape) {
    const overs = [];
    for (let i = f.firstFace[shape]; i < f.firstFace[shape + 1]; i++) {
      const [x, y, z] = w.normals[i], offset = w.offsets[i];
      let least = Infinity, most = -Infinity;
      for (const p of polygon) {
        const over = x * p[0] + y * p[1] + z * p[2] - offset;
        if (over < least) least = over;
        if (over > most) most = over;
      }
      if (least > -TOUCHING) return [polygon];
      if (most > TOUCHING) overs.push(i);
    }
    const kept = [];
    for (const i of overs) {
      const over = polygon.map((p) => dot(w.normals[i], p) - w.offsets[i]);
      if (Math.max(...over) <= TOUCHING) continue;
      if (Math.min(...over) >= -TOUCHING) return [...kept, polygon];
      kept.push(above(polygon, over, 1));
      polygon = above(polygon, over, -1);
    }
    return kept;
  }

  function trace(pen, points) {
    points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.closePath();
  }

  function solids(pen, f, w, cam) {
    const pixels = w.vertices.map(cam.project), look = cam.away.map((x) => -x);
    const outside = w.normals.map((n, i) => dot(n, cam.eye) > w.offsets[i]);
    const { order, overlaps } = ordered(f, w, pixels, outside);
    pen.lineWidth = 0.8;
    pen.lineJoin = "round";
    order.forEach((shape, rank) => {
      const colour = hex(f.shapes[shape].colour[night.matches ? 1 : 0]), inside = order.slice(0, rank).filter((i) => overlaps[shape].has(i));
      for (let i = f.firstVertex[shape]; i < f.firstVertex[shape + 1]; i++) if (pixels[i][2] < NEAREST) return;
      for (let i = f.firstFace[shape]; i < f.firstFace[shape + 1]; i++) {
        if (!outside[i]) continue;
        const n = w.normals[i], light = 0.78 * (0.5 + 0.5 * dot(n, f.sun)) ** 1.3 + 0.22 * Math.max(dot(n, look), 0) - 0.66;
        pen.fillStyle = pen.strokeStyle = rgb(toned(colour, light * (light > 0 ? 1 : 0.95) - f.shapes[shape].darker));
        let parts = [f.faces[i].map((row) => w.vertices[row])];
        for (const other of inside) parts = parts.flatMap((part) => outsideOf(part, f, w, other));
        pen.beginPath();
        parts.forEach((part) => trace(pen, part.map(cam.project)));
        pen.fill();
        pen.stroke(); // covers what shows between neighbours with soft edges
      }
    });
  }

  function look() {
    return night.matches
      ? { floor: hex("#171d23"), tile: hex("#232c35"), shadow: "rgba(0,0,0,.42)", sea: ["#16344c", "#0b1c2b"], mote: "190,220,245", trail: "#98a4b0", lamp: "245,169,74", relief: 70 }
      : { floor: hex("#f3f6f8"), tile: hex("#dbe2e9"), shadow: "rgba(20,32,48,.2)", sea: ["#dcebf6", "#b5d2e8"], mote: "255,255,255", trail: "#5f6b78", lamp: "224,130,20", relief: 110 };
  }

  // Corners and normal of a tile, which are the same in all frames.
  function tile(f, x, y, step) {
    const name = `${x} ${y} ${step}`, known = f.tiles.get(name);
    if (known) return known;
    const corners = [[x, y], [x + step, y], [x + step, y + step], [x, y + step]].map(([u, v]) => [u, v, height(f, u, v)]);
    const [a, b] = [0, 1].map((c) => corners[2 + c].map((v, axis) => v - corners[c][axis]));
    const n = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]], length = Math.hypot(...n);
    const made = { corners, normal: n.map((v) => v / length) };
    if (f.tiles.size > 2e4) f.tiles.clear();
    f.tiles.set(name, made);
    return made;
  }

  // Tiles of the ground around the target, from the farthest to the nearest.
  function tiles(f, cam, radius, colours) {
    const rough = Boolean(f.grid), wanted = radius / (rough ? 22 : 26), out = [];
    const step = Math.max([0.5, 1, 5, 20, 100, 1e3, 1e5].find((size) => size >= wanted) || 1e6, rough ? 0 : 1);
    const count = Math.floor(radius / step) + 1, [I, J] = [0, 1].map((a) => Math.floor(cam.target[a] / step));
    const scale = Math.min(step, 1), edge = rough ? f.extent + 1e-9 : Infinity;
    for (let i = I - count; i < I + count; i++) for (let j = J - count; j < J + count; j++) {
      const odd = (Math.floor(i * scale) + Math.floor(j * scale)) & 1, x = i * step, y = j * step;
      const strength = 1 - (Math.hypot(x + step / 2 - cam.target[0], y + step / 2 - cam.target[1]) / radius) ** 2;
      if ((!rough && !odd) || strength < 0.01 || Math.max(-x, -y, x + step, y + step) > edge) continue;
      const { corners, normal } = tile(f, x, y, step), first = corners[0], eye = cam.eye;
      if (normal[0] * (eye[0] - first[0]) + normal[1] * (eye[1] - first[1]) + normal[2] * (eye[2] - first[2]) < 0) continue;
      const points = corners.map(cam.project);
      let left = 0, right = 0, over = 0, below = 0, deep = 0, near = false;
      for (const p of points) {
        left += p[0] < 0; right += p[0] > cam.width; over += p[1] < 0; below += p[1] > cam.high;
        deep += p[2]; near ||= p[2] < NEAREST;
      }
      if (near || left > 3 || right > 3 || over > 3 || below > 3) continue;
      const part = (odd ? 1 : 0.35) * strength, dark = rough ? colours.relief * (0.8 - dot(normal, f.sun)) * strength : 0;
      const shade = [0, 1, 2].map((c) => clamp(colours.floor[c] + part * (colours.tile[c] - colours.floor[c]) - dark, 0, 255));
      out.push({ points, corners, normal, deep, shade: rgb(shade) });
    }
    return rough ? out.sort((a, b) => b.deep - a.deep) : out;
  }

  function paintTiles(pen, chosen, rough) {
    pen.lineWidth = 1;
    for (const { points, shade } of chosen) {
      pen.fillStyle = pen.strokeStyle = shade;
      pen.beginPath();
      trace(pen, points);
      pen.fill();
      if (rough) pen.stroke();
    }
  }

  function shadows(pen, f, w, cam, fill) {
    pen.fillStyle = fill;
    pen.beginPath();
    for (let row = 0; row < f.k; row++) {
      const slope = f.world === "slope" ? f.slope : 0, base = f.grid ? height(f, ...w.places[row]) : 0;
      const flat = w.vertices.slice(f.firstVertex[row], f.firstVertex[row + 1]).map(([x, y, z]) => {
        const down = (slope * x + base - z) / (f.sun[2] - slope * f.sun[0]);
        return [x + down * f.sun[0], y + down * f.sun[1]];
      });
      const rim = [];
      for (let i = 0; i < 32; i++) {
        const c = Math.cos(i * Math.PI / 16), s = Math.sin(i * Math.PI / 16);
        const far = flat.reduce((best, p) => (c * p[0] + s * p[1] > c * best[0] + s * best[1] ? p : best));
        if (far !== rim.at(-1)) rim.push(far);
      }
      const points = rim.map(([x, y]) => cam.project([x, y, height(f, x, y)]));
      if (points.every((p) => p[2] > NEAREST)) trace(pen, points);
    }
    pen.fill("nonzero");
  }

  function trails(pen, f, cam, at, colour) {
    const every = Math.max(Math.round(0.1 / f.interval), 1);
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.beginPath();
    for (const way of f.ways) {
      let down = false;
      const to = (p) => {
        const [x, y, deep] = cam.project(f.land ? [p[0], p[1], height(f, p[0], p[1])] : p);
        if (deep > 0.1) down ? pen.lineTo(x, y) : pen.moveTo(x, y);
        down = deep > 0.1;
      };
      for (let i = 0; i <= at[0]; i += every) to([way[3 * i], way[3 * i + 1], way[3 * i + 2]]);
      to(place(way, at));
    }
    pen.stroke();
  }

  // What floats in the water stays where it is; around the camera there is always some of it.
  function motes(pen, f, cam, colour) {
    const cell = 7 * f.size;
    let seed = 1;
    const draw = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (let i = 0; i < 260; i++) {
      const p = cam.target.map((t) => { const x = draw() * cell; return x + Math.floor((t - x) / cell + 0.5) * cell; });
      const [x, y, deep] = cam.project(p), part = clamp(1.6 - deep / cam.distance, 0, 1) * clamp(deep / f.size - 0.5, 0, 1);
      if (part <= 0) continue;
      pen.fillStyle = `rgba(${colour},${0.8 * part})`;
      pen.beginPath();
      pen.arc(x, y, Math.min(0.028 * f.size * cam.focus / deep, 5), 0, 7);
      pen.fill();
    }
  }

  function lamp(pen, cam, p, colour) {
    const [x, y, deep] = cam.project(p), size = clamp(0.07 * cam.focus / deep, 2.5, 14);
    if (deep < 0.1) return;
    const glow = pen.createRadialGradient(x, y, size * 0.8, x, y, size * 4);
    glow.addColorStop(0, `rgba(${colour},.55)`);
    glow.addColorStop(1, `rgba(${colour},0)`);
    for (const [fill, r] of [[glow, 4 * size], [`rgb(${colour})`, size], ["rgba(255,255,255,.55)", size * 0.5]]) {
      pen.fillStyle = fill;
      pen.beginPath();
      pen.arc(x, y, r, 0, 7);
      pen.fill();
    }
  }

  // All that is seen of a film: the ground up to some radii away, creatures, perhaps their ways.
  function picture(pen, f, at, cam, radius, trail) {
    const w = placed(f, at), colours = look();
    if (f.land) {
      pen.fillStyle = rgb(colours.floor);
    } else {
      pen.fillStyle = pen.createLinearGradient(0, 0, 0, cam.high);
      colours.sea.forEach((colour, i) => pen.fillStyle.addColorStop(i, colour));
    }
    pen.fillRect(0, 0, cam.width, cam.high);
    let hiding = [];
    if (f.land) {
      const chosen = tiles(f, cam, BEYOND * radius, colours);
      paintTiles(pen, chosen, f.grid);
      shadows(pen, f, w, cam, colours.shadow);
      const middle = [0, 1, 2].map((a) => w.places.reduce((sum, p) => sum + p[a], 0) / f.k);
      // Parts of a terrain that are nearer than the creatures, and higher, are painted over them.
      if (f.grid) hiding = chosen.filter(({ corners, normal, deep }) => deep / 4 < dot(cam.away, middle.map((x, a) => x - cam.eye[a]))
        && dot(normal, middle.map((x, a) => x - corners[0][a])) < 0);
    } else {
      motes(pen, f, cam, colours.mote);
    }
    if (trail) trails(pen, f, cam, at, colours.trail);
    if (f.lamp) lamp(pen, cam, place(f.lamp, at), colours.lamp);
    solids(pen, f, w, cam);
    paintTiles(pen, hiding, true);
  }

  return { prepared, between, along, place, camera, picture, clamp, night };
}
