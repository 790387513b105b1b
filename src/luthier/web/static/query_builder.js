// A filter by parameter, put together by choosing: it writes the words that the command line takes too.

import { el } from "/static/elements.js";

const SIGNS = [["<", "less than"], ["<=", "at most"], ["=", "exactly"], [">=", "at least"], [">", "more than"], ["!=", "anything but"]];

/** `add(text)` gets for example `cutoff < 30`. */
export function builder(families, add) {
  const known = Object.values(families).flat();
  const byName = new Map(known.map((one) => [one.name, one]));
  const name = el("select", { "aria-label": "Parameter" }, known.map((one) => el("option", { value: one.name, text: one.name.replaceAll("_", " ") })));
  const sign = el("select", { "aria-label": "Comparison" }, SIGNS.map(([value, text]) => el("option", { value, text })));
  const place = el("span");
  let value;
  function fit() {
    const one = byName.get(name.value);
    if (!one) return;
    const choices = Object.entries(one.choices);
    if (choices.length) {
      value = el("select", { "aria-label": "Value" }, choices.map(([number, text]) => el("option", { value: number, text })));
      sign.value = "=";
    } else {
      value = el("input", { type: "number", "aria-label": `Value, ${one.minimum} to ${one.maximum}`, min: one.minimum, max: one.maximum, value: one.minimum });
    }
    place.replaceChildren(value);
  }
  name.addEventListener("change", fit);
  name.value = byName.has("cutoff") ? "cutoff" : name.value;
  fit();
  return el("details", { class: "builder" }, el("summary", { text: "Filter by parameter" }),
    el("form", { class: "row", on: { submit: (event) => {
      event.preventDefault();
      add(`${name.value} ${sign.value} ${value.value}`);
    } } }, name, sign, place, el("button", { text: "Add to the search" })));
}
