// A picture of an effect as SVG: axes with their ticks, lines, dots and bars.

import { el } from "/static/app.js";

const [WIDE, HIGH] = [360, 190];
const [LEFT, RIGHT, TOP, BOTTOM] = [36, 344, 10, 150];

function share(axis, value) {
  const held = Math.min(Math.max(value, Math.min(axis.low, axis.high)), Math.max(axis.low, axis.high));
  return axis.logarithmic
    ? Math.log(held / axis.low) / Math.log(axis.high / axis.low)
    : (held - axis.low) / (axis.high - axis.low);
}

export function plot({ kind, title, x, y, curves }) {
  const across = (value) => LEFT + (RIGHT - LEFT) * share(x, value);
  const down = (value) => BOTTOM - (BOTTOM - TOP) * share(y, value);
  const text = (place, words, attributes) => el.svg("text", { ...place, ...attributes, text: words });
  const drawn = curves.map((curve) => {
    const points = curve.points.map(([a, b]) => [across(a).toFixed(1), down(b).toFixed(1)]);
    const path = {
      line: () => points.map(([a, b], at) => `${at ? "L" : "M"}${a} ${b}`).join(""),
      dots: () => points.map(([a, b]) => `M${a} ${b}h.01`).join(""),
      bars: () => points.map(([a, b]) => `M${+a + (curve.second ? 1.6 : curve.name ? -1.6 : 0)} ${BOTTOM}V${b}`).join(""),
    }[curve.kind]();
    return el.svg("path", { class: `${curve.kind} ${curve.second ? "second" : "first"}`, d: path });
  });
  const headline = title.startsWith(kind) ? title : `${kind}: ${title}`;
  const named = curves.filter((curve) => curve.name);
  return el("figure", { class: "kn-plot" },
    el("figcaption", { text: headline }),
    el.svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": headline },
      x.ticks.map(([value]) => el.svg("path", { class: "grid", d: `M${across(value)} ${TOP}V${BOTTOM}` })),
      y.ticks.map(([value]) => el.svg("path", { class: "grid", d: `M${LEFT} ${down(value)}H${RIGHT}` })),
      x.ticks.map(([value, label]) => text({ x: across(value), y: BOTTOM + 14 }, label, { "text-anchor": "middle" })),
      y.ticks.map(([value, label]) => text({ x: LEFT - 4, y: down(value) + 4 }, label, { "text-anchor": "end" })),
      text({ x: RIGHT, y: HIGH - 6 }, x.title, { "text-anchor": "end" }),
      text({ x: 2, y: HIGH - 6 }, y.title, {}),
      named.map((curve, at) => text({ x: 130 + 85 * at, y: HIGH - 6 }, curve.name, { class: curve.second ? "second" : "first", "text-anchor": "middle" })),
      drawn));
}
