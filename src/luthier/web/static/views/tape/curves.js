// Level and speed over the time that is looked at.

import { api } from "/static/app.js";
import uPlot from "/static/vendor/uPlot/uPlot.esm.js";
import { colours } from "/static/views/tape/canvas.js";

const MOST = 1500;
const CALM = 150; // milliseconds without a move before anything is fetched
const HEIGHT = 96;
const LEAST_ROOM = 0.5; // percent of speed that the axis shows at least, as in the report

function chart(box, label, unit, range) {
  const own = colours();
  const axis = { stroke: own.quiet, grid: { stroke: own["soft-line"], width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  return new uPlot(
    {
      width: Math.max(box.clientWidth, 50), height: HEIGHT, legend: { show: false }, cursor: { show: false }, padding: [6, 0, 2, 0],
      scales: { x: { time: false, auto: false }, y: { range } },
      axes: [{ ...axis, show: false }, { ...axis, size: 0, gap: -40, space: 18, values: () => [] }],
      series: [{}, { label, stroke: own.wave, width: 1.5, points: { show: false } }],
      hooks: { draw: [(plot) => scaleNames(plot, own, unit)] },
    },
    [[0], [null]], box,
  );
}

/** Names of the scale inside the picture, so that its time is that of the waveform above it. */
function scaleNames(plot, own, unit) {
  const { ctx } = plot;
  ctx.save();
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  const { min, max } = plot.scales.y;
  const sharp = devicePixelRatio;
  // The lines of the grid are named above them, on a ground of their own: the curve may run there.
  for (const value of plot.axes[1]._splits ?? []) {
    const y = plot.valToPos(value, "y", true);
    if (y < 14 * sharp) continue;
    const text = `${value.toFixed(max - min < 2 ? 2 : max - min < 8 ? 1 : 0).replace("-", "−")} ${unit}`;
    ctx.fillStyle = own.surface;
    ctx.fillRect(0, y - 14 * sharp, ctx.measureText(text).width + 8 * sharp, 13 * sharp);
    ctx.fillStyle = own.quiet;
    ctx.fillText(text, 4 * sharp, y - 3 * sharp);
  }
  ctx.restore();
}

function speedRange(_plot, low, high) {
  if (low === null) return [95, 105];
  const middle = (low + high) / 2;
  const room = Math.max((high - low) * 0.7, LEAST_ROOM);
  return [middle - room, middle + room];
}

/** Two charts in `levels` and `speeds`; what comes back takes them away. */
export function curves(key, number, scene, levels, speeds) {
  const rows = [
    [levels, "level", "dBFS", () => [-48, 10]],
    [speeds, "speed", "%", speedRange],
  ];
  let charts = [];
  let data = null;
  let timer = null;
  let stop = null;

  function build() {
    for (const one of charts) one.destroy();
    charts = rows.map((row) => chart(...row));
    if (data) fill();
  }

  function fill() {
    charts[0].setData(data.level, false);
    charts[1].setData(data.speed, false);
    place();
  }

  function place() {
    const [min, max] = scene.seconds;
    for (const one of charts) one.setScale("x", { min, max });
  }

  async function get() {
    const [from, to] = scene.seconds;
    const span = to - from;
    if (data && from >= data.from && to <= data.to && data.span < 4 * span) return;
    stop?.abort();
    stop = new AbortController();
    const wide = { from: Math.max(from - span, 0), to: to + span, span };
    try {
      const query = `recording=${number}&begin=${wide.from}&end=${wide.to}&most=${3 * MOST}`;
      data = { ...wide, ...(await api.get(`tape/readings/${key}/curves?${query}`, { signal: stop.signal })) };
    } catch (error) {
      if (error.name !== "AbortError") throw error;
      return;
    }
    if (wide.from <= 0) data.from = -Infinity;
    fill();
  }

  const watch = new ResizeObserver(() => {
    for (const [index, one] of charts.entries()) one.setSize({ width: Math.max(rows[index][0].clientWidth, 50), height: HEIGHT });
  });
  const end = scene.on(() => {
    if (data) place();
    clearTimeout(timer);
    timer = setTimeout(get, CALM);
  });
  build();
  watch.observe(levels);
  window.addEventListener("theme", build);
  get();
  return () => {
    clearTimeout(timer);
    stop?.abort();
    end();
    watch.disconnect();
    window.removeEventListener("theme", build);
    for (const one of charts) one.destroy();
  };
}
