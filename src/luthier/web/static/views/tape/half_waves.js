// The lengths of the half-waves under the waveform: short ones, long ones, odd ones.

import { api } from "/static/app.js";
import { begin, sheet } from "/static/views/tape/canvas.js";
import { steer } from "/static/views/tape/scene.js";

const MOST = 6000;
const CALM = 120; // milliseconds without a move before anything is fetched
const TALLEST = 1150; // microseconds at the upper edge
const NOMINAL = [[323, "short (1)"], [714, "long (0)"]];

/** What the server packs: 64-bit seconds, 32-bit lengths, 8-bit kinds. */
function unpacked(bytes) {
  const count = bytes.byteLength / 13;
  return {
    seconds: new Float64Array(bytes, 0, count),
    lengths: new Float32Array(bytes, 8 * count, count),
    kinds: new Uint8Array(bytes, 12 * count, count),
  };
}

/** A strip for recording `number` of reading `key`; `heard` gets what was fetched. */
export function halfWaves(key, number, scene, heard) {
  const paper = sheet({ class: "strip", role: "img", "aria-label": "Lengths of the half-waves over time" }, () => scene.touch());
  let data = null;
  let timer = null;
  let stop = null;

  async function fetch_() {
    const [from, to] = scene.seconds;
    if (data && from >= data.from && to <= data.to && data.span < 4 * (to - from)) return;
    const span = to - from;
    // Half-waves that begin before the picture may reach into it.
    const wide = { from: Math.max(from - span - 0.01, 0), to: to + span, span };
    stop?.abort();
    stop = new AbortController();
    const place = `recording=${number}&begin=${wide.from}&end=${wide.to}&most=${MOST}`;
    try {
      data = { ...wide, ...unpacked(await api.bytes(`tape/readings/${key}/half-waves?${place}`, { signal: stop.signal })) };
    } catch (error) {
      if (error.name !== "AbortError") throw error;
      return;
    }
    if (wide.from <= 0) data.from = -Infinity;
    heard(data);
    scene.touch();
  }

  const ends = [
    scene.on(() => {
      if (paper.width) draw(paper, scene, data);
      clearTimeout(timer);
      timer = setTimeout(fetch_, CALM);
    }),
    steer(paper.box, scene),
  ];
  fetch_();
  return {
    box: paper.box,
    close() {
      clearTimeout(timer);
      stop?.abort();
      for (const end of ends) end();
      paper.close();
    },
  };
}

function draw(paper, scene, data) {
  const context = begin(paper);
  const { width, height, colours } = paper;
  const y = (length) => height - 4 - (Math.min(length, TALLEST) / TALLEST) * (height - 10);
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "left";
  for (const [length, name] of NOMINAL) {
    context.fillStyle = colours.line;
    for (let x = 0; x < width; x += 8) context.fillRect(x, y(length), 4, 1);
    context.fillStyle = colours.quiet;
    context.fillText(name, 4, y(length) - 4);
  }
  if (!data) return;
  const look = [[colours.wave, 2], [colours.accent, 2], [colours.bad, 4]];
  const [left, each] = [scene.begin / scene.rate, (width * scene.rate) / scene.span];
  for (const [kind, [colour, size]] of look.entries()) {
    context.fillStyle = colour;
    for (let number = 0; number < data.seconds.length; number++) {
      if (data.kinds[number] !== kind) continue;
      const x = (data.seconds[number] - left) * each;
      if (x > width || x + data.lengths[number] * 1e-6 * each < -4) continue;
      const wide = Math.max(data.lengths[number] * 1e-6 * each - 1, size);
      context.fillRect(wide > size ? x : x - size / 2, y(data.lengths[number]) - size / 2, wide, size);
    }
  }
}
