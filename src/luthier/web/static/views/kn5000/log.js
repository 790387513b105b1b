// What goes on inside while it plays: entries as they come, those that are asked for.

import { el } from "/static/app.js";
import { offer } from "/static/saving.js";

const MOST = 500; // rows; of each its entry, for a file
/** Minutes, seconds and thousandths: many entries come in one moment. */
function time(seconds) {
  const [whole, rest] = [Math.floor(seconds), Math.floor((seconds % 1) * 1000)];
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}.${String(rest).padStart(3, "0")}`;
}

const TITLES = { latch: "Messages on the latch", "tone generator": "Tone generator", dsp: "Effect chips" };

export function log(panel, say, rate = 44100) {
  const chosen = new Set(panel.kinds);
  let stopped = false;
  let wait = 0;
  const text = el("input", { id: "kn-log-text", type: "search", placeholder: "note, voice 3, 90 00, slot 1", spellcheck: "false" });
  const body = el("tbody");
  let kept = [];
  function clear() {
    kept = [];
    body.replaceChildren();
    count.textContent = "nothing yet";
  }
  const write = () => offer(kept.map((entry) => `${time(entry.frame / rate)}\t${entry.kind}\t${entry.text}\t${entry.bytes}\n`).join(""), "kn5000 log.txt");
  const table = el("div", { class: "kn-log", tabindex: 0, role: "region", "aria-label": "Entries" },
    el("table", { class: "mono" }, el("thead", {}, el("tr", {}, ["Time", "Where", "What", "Bytes"].map((title) => el("th", { scope: "col", text: title })))), body));
  const count = el("span", { class: "quiet", text: "nothing yet" });
  const hold = el("button", { class: "plain", text: "Hold", "aria-pressed": "false" });
  hold.addEventListener("click", () => {
    stopped = !stopped;
    hold.setAttribute("aria-pressed", stopped);
    if (!stopped) ask();
  });
  function ask() {
    clear();
    say({ log: { kinds: [...chosen], text: text.value.slice(0, 200) } });
  }
  const later = () => {
    clearTimeout(wait);
    wait = setTimeout(ask, 200);
  };
  text.addEventListener("input", later);
  const kinds = panel.kinds.map((kind) => {
    const box = el("input", { type: "checkbox", checked: true });
    box.addEventListener("change", () => {
      (box.checked ? chosen.add(kind) : chosen.delete(kind));
      later();
    });
    return el("label", { class: "row" }, box, TITLES[kind] ?? kind);
  });
  return {
    element: el("div", {},
      el("div", { class: "row" }, kinds, el("span", { class: "row" }, el("label", { for: "kn-log-text", text: "Only with" }), text), hold,
        el("button", { class: "plain", text: "Clear", on: { click: clear } }), el("button", { class: "plain", text: "Save as text", on: { click: write } }), count),
      table,
      el("p", { class: "quiet", text: "Messages and registers are the engine's own. What the effect chips are told is modelled: the message that the main CPU would send for what is set, and streams of our own." })),
    entries(entries) {
      if (stopped) return;
      const end = table.scrollHeight - table.scrollTop - table.clientHeight < 40;
      body.append(...entries.map((entry) => el("tr", { "data-kind": entry.kind },
        el("td", { text: time(entry.frame / rate) }), el("td", { text: entry.kind }), el("td", { text: entry.text }), el("td", { text: entry.bytes.length > 47 ? `${entry.bytes.slice(0, 47)} …` : entry.bytes }))));
      kept = [...kept, ...entries].slice(-MOST);
      while (body.children.length > MOST) body.firstChild.remove();
      count.textContent = `the last ${body.children.length}`;
      if (end) table.scrollTop = table.scrollHeight;
    },
    shown(on) {
      say({ watch: on });
      if (on) ask();
    },
  };
}
