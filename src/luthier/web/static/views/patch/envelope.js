// A six-stage envelope as a drawing over seconds; its corners are moved with the mouse or the arrow keys.

import { el } from "/static/app.js";

const WIDTH = 300, HEIGHT = 110, TOP = 8, BOTTOM = 92;
const HELD = 0.14; // part of the width that the sustain gets
const SCALES = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

/** Corners that move: what left and right change, and what up and down do. */
const CORNERS = [
  { rate: "attack", title: "attack" },
  { rate: "decay", level: "break_point", title: "decay and break point" },
  { rate: "slope", level: "sustain", title: "slope and sustain" },
  { rate: "release", title: "release" },
];

/** Where the corners are: [seconds, level 0 to 1]; the same as luthier.poly800.voice.units.envelope. */
export function corners(law, values, number, held = 0) {
  const of = (name) => values[`deg${number}_${name}`];
  const levels = [0, law.peak, law.levels[of("break_point")], law.levels[of("sustain")]];
  const points = [[0, 0]];
  let time = 0;
  for (const [place, name] of ["attack", "decay", "slope"].entries()) {
    time += Math.abs(levels[place + 1] - levels[place]) * law.seconds[of(name)];
    points.push([time, levels[place + 1] / law.peak]);
  }
  time += held;
  points.push([time, levels[3] / law.peak]);
  points.push([time + levels[3] * law.seconds[of("release")], 0]);
  return points;
}

export function envelope(session, number, title) {
  const law = session.panel.envelope;
  const row = (name) => session.rows.get(`deg${number}_${name}`);
  let scale = 1; // seconds of the whole width but for the sustain
  let dragging = null;

  const before = el.svg("path", { class: "patch-ghost" });
  const line = el.svg("path", { class: "patch-line" });
  const area = el.svg("path", { class: "patch-area" });
  const axis = el.svg("g", { class: "patch-axis" });
  const handles = CORNERS.map((corner) => el.svg("circle", {
    r: 6, class: "patch-handle", tabindex: 0, role: "slider", "aria-label": `${title} ${corner.title}`,
    "aria-valuemin": 0, "aria-valuemax": 31, "aria-orientation": "horizontal",
  }));
  const picture = el.svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "patch-envelope", role: "group", "aria-label": `${title}, level over time` },
    axis, area, before, line, handles);

  const usable = WIDTH * (1 - HELD) - 16;
  const x = (seconds, held) => 8 + (seconds / scale) * usable + (held ? WIDTH * HELD : 0);
  const y = (level) => BOTTOM - level * (BOTTOM - TOP);
  const places = (values) => corners(law, values, number).map(([seconds, level], place) => [x(seconds, place >= 4), y(level)]);
  const path = (points) => points.map(([a, b], place) => `${place ? "L" : "M"}${a.toFixed(1)} ${b.toFixed(1)}`).join("");

  function draw(values, stored) {
    const total = corners(law, values, number).at(-1)[0];
    if (!dragging) scale = SCALES.find((one) => one >= total * 1.02) ?? total;
    else if (total > scale) scale = SCALES.find((one) => one >= total) ?? total;
    const points = places(values);
    line.setAttribute("d", path(points));
    area.setAttribute("d", `${path(points)}Z`);
    before.setAttribute("d", path(places(stored)));
    before.classList.toggle("gone", path(places(stored)) === path(points));
    for (const [place, handle] of handles.entries()) {
      const [a, b] = points[place < 3 ? place + 1 : 5];
      handle.setAttribute("cx", a.toFixed(1));
      handle.setAttribute("cy", b.toFixed(1));
      const { rate, level } = CORNERS[place];
      const now = values[`deg${number}_${rate}`];
      handle.setAttribute("aria-valuenow", now);
      handle.setAttribute("aria-valuetext", `${rate} ${now}${level ? `, ${level.replace("_", " ")} ${values[`deg${number}_${level}`]}` : ""}`);
    }
    axis.replaceChildren(...[0, 0.5, 1].flatMap((part) => [
      el.svg("line", { x1: x(part * scale), x2: x(part * scale), y1: TOP, y2: BOTTOM }),
      el.svg("text", { x: x(part * scale), y: HEIGHT - 4, "text-anchor": part ? "middle" : "start", text: part ? `${Number((part * scale).toPrecision(2))} s` : "0" }),
    ]), el.svg("line", { x1: points[4][0], x2: points[4][0], y1: TOP, y2: BOTTOM, class: "patch-key-up" }, el.svg("title", { text: "the key comes up" })));
  }

  /** The rate whose way over so many steps of level takes nearest to some seconds. */
  function rateFor(seconds, steps) {
    const away = (rate) => Math.abs(law.seconds[rate] * steps - seconds);
    return law.seconds.reduce((best, _, rate) => (away(rate) < away(best) ? rate : best), 0);
  }

  const nearest = (level) => law.levels.reduce((best, one, place) => (Math.abs(one - level) < Math.abs(law.levels[best] - level) ? place : best), 0);

  function move(place, event) {
    const box = picture.getBoundingClientRect();
    const a = ((event.clientX - box.left) / box.width) * WIDTH, b = ((event.clientY - box.top) / box.height) * HEIGHT;
    const values = session.now().values;
    const { rate, level } = CORNERS[place];
    const change = {};
    if (level) change[`deg${number}_${level}`] = nearest(Math.min(Math.max((BOTTOM - b) / (BOTTOM - TOP), 0), 1) * law.peak);
    const points = corners(law, { ...values, ...change }, number);
    const from = place < 3 ? place : 4, to = place < 3 ? place + 1 : 5;
    const steps = Math.abs(points[to][1] - points[from][1]) * law.peak;
    if (steps) change[`deg${number}_${rate}`] = rateFor(Math.max(((a - 8 - (place === 3 ? WIDTH * HELD : 0)) / usable) * scale - points[from][0], 0), steps);
    session.set(change, `${title} ${CORNERS[place].title}`);
  }

  function key(place, event) {
    const { rate, level } = CORNERS[place];
    const step = event.shiftKey ? 5 : 1;
    const [name, by] = { ArrowRight: [rate, step], ArrowLeft: [rate, -step], ArrowUp: [level, step], ArrowDown: [level, -step] }[event.key] ?? [];
    if (!name) return;
    event.preventDefault();
    const full = `deg${number}_${name}`;
    const value = Math.min(Math.max(session.now().values[full] + by, row(name).minimum), row(name).maximum);
    session.set({ [full]: value }, `${title} ${name.replace("_", " ")}`);
  }

  for (const [place, handle] of handles.entries()) {
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.focus();
      handle.setPointerCapture(event.pointerId);
      dragging = event.pointerId;
    });
    handle.addEventListener("pointermove", (event) => dragging === event.pointerId && move(place, event));
    for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => {
      dragging = null;
      draw(session.now().values, session.stored.get(session.number).values);
    });
    handle.addEventListener("keydown", (event) => key(place, event));
  }
  return { element: picture, show: draw };
}
