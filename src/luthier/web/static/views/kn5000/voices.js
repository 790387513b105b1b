// The 64 voices: who has them, and how loud they are.

import { el } from "/static/app.js";

export function voices() {
  const cells = Array.from({ length: 64 }, (_, number) => el("li", { class: "kn-voice", title: `Voice ${number}` },
    el("i"), el("span", { class: "mono", text: "" })));
  const said = el("p", { class: "mono", id: "kn-voices-said", text: "No voice sounds." });
  const history = [];
  const line = el.svg("path", { class: "line first" });
  return {
    element: el("div", {},
      said,
      el("ul", { class: "kn-voices", "aria-label": "Voices, each with the part that plays it" }, cells),
      el("h3", { text: "Voices in the last 30 seconds" }),
      el.svg("svg", { class: "kn-history", viewBox: "0 0 600 64", preserveAspectRatio: "none", role: "img", "aria-label": "Voices in the last 30 seconds, from 0 to 64" },
        [16, 32, 48].map((count) => el.svg("path", { class: "grid", d: `M0 ${count}H600` })), line),
      el("p", { class: "quiet kn-axis", "aria-hidden": "true" }, el("span", { text: "30 seconds ago; from 0 to 64 voices, a line for every 16" }), el("span", { text: "now" })),
      el("p", { class: "quiet", text: "A voice shows its part; the bar is its level before pan, sends and effects." })),
    now(now) {
      const there = new Map(now.voices.map(([number, part, value]) => [number, [part, value]]));
      cells.forEach((cell, number) => {
        const [part, value] = there.get(number) ?? [];
        cell.classList.toggle("on", part !== undefined);
        cell.lastChild.textContent = part === undefined ? "" : part + 1;
        cell.firstChild.style.transform = `scaleY(${value === undefined ? 0 : Math.min(Math.max((value + 60) / 60, 0), 1)})`;
      });
      const parts = new Set(now.voices.map(([, part]) => part + 1));
      said.textContent = parts.size ? `${now.sounding} voices for part ${[...parts].sort((a, b) => a - b).join(", ")}` : "No voice sounds.";
      history.push(now.sounding);
      if (history.length > 600) history.shift();
      const first = 600 - history.length; // the present is at the right
      line.setAttribute("d", history.map((count, at) => `${at ? "L" : "M"}${first + at} ${64 - count}`).join(""));
    },
  };
}
