// A firmware tried on a simulated chip before it goes into a real unit.

import { api, el, job, say } from "/static/app.js";
import { others } from "./difference.js";

export function sandbox(pane, file, keyNames) {
  const { select, fill } = others(file, "The unchanged firmware", "without comparing");
  const seconds = el("input", { id: "sandbox-seconds", type: "number", min: 0.001, max: 3600, step: "any", value: 1 });
  const key = el("select", { "aria-label": "Key" }, keyNames.map((name) => el("option", { value: name, text: name })));
  const at = el("input", { id: "sandbox-at", type: "number", min: 0, max: 3600, step: "any", value: 0.2 });
  const presses = [];
  const chips = el("span", { class: "row", "aria-live": "polite" });
  const shown = el("div", { "aria-live": "polite" });
  const button = el("button", { text: "Run" });

  function showPresses() {
    chips.replaceChildren(...presses.map((one, number) => el("span", { class: "chip" }, `${one.key} at ${one.at} s`,
      el("button", { type: "button", "aria-label": `Do not press ${one.key} at ${one.at} s`, text: "×", on: { click: () => (presses.splice(number, 1), showPresses()) } }))));
  }

  async function run(event) {
    event.preventDefault();
    button.disabled = true;
    const trial = { seconds: Number(seconds.value), press: presses, against: select.value || null };
    try {
      const found = await job(await api.post(`firmware/${file.id}/sandbox`, trial));
      shown.replaceChildren(report(found));
    } catch (error) {
      if (error.name === "AbortError") shown.replaceChildren(el("p", { class: "quiet", text: "The run was stopped." }));
      else say(error.message, { kind: "error" });
    } finally {
      button.disabled = false;
    }
  }

  function report(found) {
    const rows = [];
    for (const line of found.lines.slice(1)) {
      const title = line.slice(2, 22).trim();
      if (title) rows.push([title, line.slice(22)]);
      else if (line.trim() && rows.length) rows.at(-1)[1] += `\n${line.trim()}`;
    }
    const differs = found.differences ?? [];
    return el("div", { class: "card sandbox-report" },
      el("p", { class: `large ${found.sound ? "good" : "bad"}`, text: found.sound ? "Nothing went wrong that can be told" : "NOT SOUND" }),
      el("dl", { class: "facts" }, rows.flatMap(([title, text]) => [el("dt", { text: title }), el("dd", { text })])),
      differs.length ? [el("h2", { text: differs[0] }), el("pre", { text: differs.slice(1).join("\n") }),
        found.worse ? el("p", { class: "bad", text: "It gets less far than the unchanged one." }) : ""] : []);
  }

  pane.append(
    el("p", { class: "quiet", text: "Runs the firmware from reset on a simulated chip and tells how far it gets. No unit is touched." }),
    el("form", { class: "sandbox-form", on: { submit: run } },
      el("div", { class: "row" }, el("label", { for: "sandbox-seconds", text: "Seconds of the chip's time" }), seconds, el("label", {}, "Compare with ", select)),
      keyNames.length ? el("div", { class: "row" }, "Press ", key, el("label", { for: "sandbox-at", text: "at" }), at, "s",
        el("button", { class: "plain", type: "button", text: "Add", on: { click: () => (presses.push({ key: key.value, at: Number(at.value) }), showPresses()) } }), chips)
        : el("p", { class: "quiet", text: "How this unit's keys are wired is unknown: none can be pressed." }),
      el("div", { class: "row" }, button)),
    shown);
  fill();
  return { fill };
}
