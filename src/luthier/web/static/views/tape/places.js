// The bad places of a recording: seen, jumped to, heard.

import { el } from "/static/app.js";
import { clock } from "/static/views/tape/scene.js";

const WORDS = { missing: "Not read", doubtful: "Doubtful", dropout: "Dropout", rough: "Rough" };
const SHOWN = 60;

/** A list; `go(mark)` shows one, `play(mark)` plays it. `filled`: everything was read or filled all the same. */
export function places(marks, { go, play, filled }) {
  const rows = marks.map((mark) => el("li", { class: `place ${mark.kind}` },
    el("button", { class: "plain jump", "aria-label": `Show ${clock(mark.begin, 1)}: ${WORDS[mark.kind]}`, on: { click: () => go(mark) } },
      el("span", { class: "when mono", text: clock(mark.begin, 1) }), el("span", { class: "kind", text: WORDS[mark.kind] })),
    el("span", { class: "what" }, `${mark.seen}${mark.cost && !filled ? ": " : ""}`, mark.cost && !filled && el("span", { class: "cost", text: mark.cost })),
    el("button", { class: "plain", text: "▶", title: "Hear it", "aria-label": `Hear ${clock(mark.begin, 1)}`, on: { click: () => play(mark) } })));
  const list = el("ol", { class: "places" }, rows.slice(0, SHOWN));
  const more = rows.length > SHOWN && el("button", { class: "plain", text: `Show all ${rows.length}`, on: { click: () => {
    list.replaceChildren(...rows);
    more.remove();
  } } });
  return el("section", { "aria-label": "Bad places" },
    el("h2", { text: `Bad places${rows.length ? ` (${rows.length})` : ""}` }),
    !rows.length && el("p", { text: "There are none." }),
    rows.length > 0 && filled && el("p", { class: "good", text: "No harm: what is missing here was read from another recording or pass." }),
    list, more);
}
