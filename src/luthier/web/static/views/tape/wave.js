// The waveform: the part that is looked at, and above it the whole with a window on that part.

import { begin, sheet } from "/static/views/tape/canvas.js";
import { clock, steer } from "/static/views/tape/scene.js";
import { COLUMNS, Tiles } from "/static/views/tape/tiles.js";

const AXIS = 18; // pixels of the time line
const LEAST_MARK = 3; // pixels: a bad byte of an hour is seen
const DOTS = 7; // pixels between samples from which on each is a dot
const EDGES = 12; // pixels of a half-wave from which on its edges are drawn
const LOOK = { missing: "bad", doubtful: "warn", dropout: "warn", rough: "quiet" };

/** `{boxes, close, edges, playing}`: two canvases for a scene. */
export function wave(file, shape, scene, marked) {
  const tiles = new Tiles(file, shape.frames, () => scene.touch());
  const state = { channel: 0, edges: null, playing: null, gain: 1 / Math.max(shape.loudest, 1e-4) };
  const main = sheet({ class: "wave", tabindex: 0, role: "img", "aria-label": "Waveform. Arrow keys move it, plus and minus zoom." }, () => scene.touch());
  const whole = sheet({ class: "overview", "aria-hidden": "true" }, () => scene.touch());
  let told = "";

  function draw() {
    if (main.width) drawMain(main, scene, tiles, state, marked());
    if (whole.width) drawWhole(whole, scene, tiles, state, marked());
    const now = `${scene.begin}/${scene.end}/${state.channel}/${main.width}/${whole.width}`;
    if (now === told) return;
    told = now;
    const views = [[main, scene.begin, scene.end], [whole, 0, shape.frames]].filter(([paper]) => paper.width);
    if (views.length) {
      tiles.want(state.channel, views.map(([paper, from, to]) => [Tiles.step((to - from) / (paper.width * paper.sharp)), from, to]));
    }
  }

  const stops = [scene.on(draw), steer(main.box, scene), choose(whole.box, scene)];
  return {
    main: main.box, overview: whole.box, state,
    close() {
      for (const stop of stops) stop();
      main.close();
      whole.close();
      tiles.close();
    },
  };
}

/** Click or drag in the whole: look there. */
function choose(box, scene) {
  const go = (event) => {
    if (!(event.buttons & 1)) return;
    const place = ((event.clientX - box.getBoundingClientRect().left) / box.clientWidth) * scene.frames;
    scene.look(place - scene.span / 2, place + scene.span / 2);
  };
  const down = (event) => {
    box.setPointerCapture(event.pointerId);
    go(event);
  };
  box.addEventListener("pointerdown", down);
  box.addEventListener("pointermove", go);
  return () => {
    box.removeEventListener("pointerdown", down);
    box.removeEventListener("pointermove", go);
  };
}

function drawMain(paper, scene, tiles, state, { marks, dumps }) {
  const context = begin(paper);
  const { width, colours } = paper;
  const height = paper.height - AXIS;
  const x = (seconds) => ((seconds * scene.rate - scene.begin) / scene.span) * width;
  context.fillStyle = colours.raised;
  for (const dump of dumps) band(context, x(dump.begin), x(dump.end), width, 0, height, 0);
  drawMarks(context, marks, x, width, height, colours);
  context.fillStyle = colours["soft-line"];
  context.fillRect(0, height / 2, width, 1);
  context.fillStyle = context.strokeStyle = colours.wave;
  if (scene.span / width < 1) line(context, paper, scene, tiles, state, height);
  else bars(context, paper, scene, tiles, state, height);
  if (state.edges) drawEdges(context, state.edges, x, width, height, colours);
  if (state.playing !== null) {
    context.fillStyle = colours.focus;
    context.fillRect(x(state.playing) - 1, 0, 2, height);
  }
  axis(context, paper, scene);
}

function drawWhole(paper, scene, tiles, state, { marks, dumps }) {
  const context = begin(paper);
  const { width, height, colours } = paper;
  const all = { begin: 0, end: scene.frames, span: scene.frames, frames: scene.frames };
  const x = (seconds) => ((seconds * scene.rate) / scene.frames) * width;
  context.fillStyle = colours.raised;
  for (const dump of dumps) band(context, x(dump.begin), x(dump.end), width, 0, height, 0);
  context.fillStyle = colours["wave-soft"];
  bars(context, paper, all, tiles, state, height);
  drawMarks(context, marks, x, width, height, colours);
  const [left, right] = [(scene.begin / scene.frames) * width, (scene.end / scene.frames) * width];
  context.strokeStyle = colours.focus;
  context.lineWidth = 2;
  context.strokeRect(Math.min(left, width - 4) + 1, 1, Math.max(right - left - 2, 3), height - 2);
}

function band(context, left, right, width, top, height, least) {
  if (right < 0 || left > width) return;
  const wide = Math.max(right - left, least);
  const from = Math.max(least ? (left + right - wide) / 2 : left, 0);
  context.fillRect(from, top, Math.min(wide, width - from), height);
}

function drawMarks(context, marks, x, width, height, colours) {
  for (const mark of marks) {
    const [left, right] = [x(mark.begin), x(mark.end)];
    if (right < -LEAST_MARK || left > width + LEAST_MARK) continue;
    context.fillStyle = colours[LOOK[mark.kind]];
    if (mark.kind !== "rough") {
      context.globalAlpha = 0.28;
      band(context, left, right, width, 0, height, LEAST_MARK);
    }
    context.globalAlpha = 1;
    band(context, left, right, width, 0, 5, LEAST_MARK);
  }
}

/** The tile at a place, or the part of a coarser one that covers it: `[pairs, first column, columns each]`. */
function found(tiles, channel, step, column) {
  for (let each = step, times = 1; times <= 1 << 20; each *= 2, times *= 2) {
    const at = Math.floor(column / times);
    const pairs = tiles.get(channel, each, Math.floor(at / COLUMNS));
    if (pairs) return [pairs, at % COLUMNS];
  }
  return null;
}

/** One upright bar for each pixel of the screen: from the least to the greatest sample in it. */
function bars(context, { width, sharp }, scene, tiles, state, height) {
  const pixels = Math.round(width * sharp);
  const each = scene.span / pixels;
  const step = Tiles.step(each);
  const [middle, gain] = [height / 2, (state.gain * height * 0.47)];
  const thick = 1 / sharp;
  let pairs = null;
  let held = -1;
  // Single rectangles are quicker than one path of all of them.
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = (scene.begin + pixel * each) / step;
    const first = Math.floor(from);
    const last = Math.max(Math.ceil(from + each / step - 1e-9) - 1, first);
    let least = Infinity;
    let greatest = -Infinity;
    for (let column = first; column <= last; column++) {
      const index = Math.floor(column / COLUMNS);
      if (index !== held) {
        held = index;
        pairs = tiles.get(state.channel, step, index);
      }
      let here = pairs;
      let at = column - index * COLUMNS;
      if (!here) {
        const other = found(tiles, state.channel, step, column);
        if (!other) continue;
        [here, at] = other;
      }
      if (here[2 * at] < least) least = here[2 * at];
      if (here[2 * at + 1] > greatest) greatest = here[2 * at + 1];
    }
    if (greatest < least) continue;
    const top = Math.max(middle - greatest * gain, 0);
    const bottom = Math.min(middle - least * gain, height);
    context.fillRect(pixel / sharp, top, thick, Math.max(bottom - top, 1));
  }
}

/** Nearer than a sample a pixel: a line through the samples, and at last a dot for each. */
function line(context, { width }, scene, tiles, state, height) {
  const [middle, gain, pixels] = [height / 2, state.gain * height * 0.47, width / scene.span];
  const from = Math.max(Math.floor(scene.begin) - 1, 0);
  const to = Math.min(Math.ceil(scene.end) + 1, scene.frames - 1);
  const points = [];
  for (let frame = from; frame <= to; frame++) {
    const here = found(tiles, state.channel, 1, frame);
    if (here) points.push([(frame - scene.begin) * pixels, middle - here[0][2 * here[1]] * gain]);
  }
  context.lineWidth = 2;
  context.lineJoin = "round";
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.stroke();
  if (pixels >= DOTS) for (const [x, y] of points) context.fillRect(x - 2.5, y - 2.5, 5, 5);
}

/** Where the reading saw half-waves begin, with their lengths once there is room. */
function drawEdges(context, { seconds, lengths, kinds }, x, width, height, colours) {
  context.font = "11px system-ui, sans-serif";
  context.textAlign = "center";
  for (let number = 0; number < seconds.length; number++) {
    const left = x(seconds[number]);
    const wide = x(seconds[number] + lengths[number] * 1e-6) - left;
    if (wide < EDGES || left > width || left + wide < 0) continue;
    context.fillStyle = kinds[number] === 2 ? colours.bad : colours.accent;
    context.fillRect(left, 6, 1, height - 6);
    if (wide > 70) context.fillText(`${Math.round(lengths[number])} µs: ${kinds[number] === 2 ? "odd" : kinds[number] ? "0" : "1"}`, left + wide / 2, height - 6);
  }
}

/** Times along the lower edge. */
function axis(context, { width, height, colours }, scene) {
  const span = scene.span / scene.rate;
  const room = 84;
  const raw = (span * room) / width;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = raw > 10 ? [15, 30, 60, 120, 300, 600, 1200, 3600].find((one) => one >= raw) ?? 7200 : [1, 2, 5, 10].map((one) => one * power).find((one) => one >= raw * 0.999);
  context.fillStyle = colours.quiet;
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "left";
  const begin = scene.begin / scene.rate;
  for (let number = Math.ceil(begin / step); number * step <= begin + span; number++) {
    const left = ((number * step - begin) / span) * width;
    context.fillRect(left, height - AXIS, 1, 5);
    if (left < width - 40) context.fillText(clock(number * step, span), left + 4, height - 4);
  }
}
