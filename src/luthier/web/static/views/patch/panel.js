// The panel: groups of parameters with their real ranges and choices.

import { el } from "/static/app.js";
import { envelope } from "/static/views/patch/envelope.js";

/** Cards, the groups in each, and what they are called, in the order of the panel. */
const CARDS = [
  [["DCO1"], "DCO1", "first oscillator"], [["DCO2"], "DCO2", "second oscillator"], [["DCO", "noise"], "Double and noise"], [["VCF", "chorus"], "VCF", "filter"],
  [["DEG1"], "DEG1", "loudness of DCO1"], [["DEG2"], "DEG2", "loudness of DCO2"], [["DEG3"], "DEG3", "filter and noise"],
  [["MG"], "MG", "slow wave: vibrato, wah"], [["delay"], "Delay"], [["EQ"], "Equaliser"],
];

/** The whole panel; `random(groups)` is asked for by the dice of a card. */
export function panel(session, random) {
  const controls = [];
  const shown = CARDS.map(([groups, title, about]) => {
    const rows = groups.flatMap((group) => session.panel.parameters.filter((row) => row.group === group));
    return rows.length ? card(session, groups, title, about, rows, controls, random) : null;
  });
  function show() {
    const now = session.now().values;
    const stored = session.stored.get(session.number).values;
    for (const control of controls) control(now, stored);
  }
  return { element: el("div", { class: "patch-panel" }, shown), show };
}

function card(session, groups, title, about, rows, controls, random) {
  const id = `patch-${title.toLowerCase().replaceAll(" ", "-")}`;
  const there = groups.filter((group) => rows.some((row) => row.group === group));
  const feet = rows.filter((row) => /_(16|8|4|2)$/.test(row.name));
  const deg = /^DEG(\d)$/.exec(groups[0]);
  const body = [];
  if (deg) {
    const drawn = envelope(session, Number(deg[1]), title);
    controls.push(drawn.show);
    body.push(drawn.element);
  }
  for (const row of rows) {
    if (feet.includes(row)) {
      if (row === feet[0]) body.push(footages(session, feet, title, controls));
    } else body.push(row.choices.length ? choice(session, row, title, controls) : quantity(session, row, title, controls));
  }
  return el("section", { class: `card patch-card area-${title.toLowerCase().split(" ")[0]}`, "aria-labelledby": id },
    el("header", {}, el("h2", { id, text: title }), about && el("span", { class: "quiet", text: about }),
      el("button", { class: "plain patch-dice", text: "⚄", title: `${title} at random`, "aria-label": `${title} at random`, on: { click: () => random(there, title) } })),
    body);
}

const number = (row) => el("span", { class: "patch-number", "aria-hidden": "true", text: row.number ?? "--" });

/** How a value is said: the number, and what it means. */
export function said(row, value) {
  const name = row.choices.find(([one]) => one === value)?.[1];
  return [String(value), name ?? row.units[value - row.minimum] ?? ""];
}

function mark(element, value, stored, row) {
  element.classList.toggle("changed", value !== stored);
  element.classList.toggle("odd", value < row.minimum || value > row.maximum);
  element.title = value === stored ? "" : `stored: ${said(row, stored).filter(Boolean).join(" ")}`;
}

function quantity(session, row, title, controls) {
  const id = `patch-${row.name}`;
  const input = el("input", { id, type: "range", min: row.minimum, max: row.maximum, step: 1, "aria-label": `${title} ${row.label}` });
  const value = el("output", { for: id, class: "patch-value" });
  const unit = el("span", { class: "patch-unit" });
  const line = el("div", { class: "patch-row", "data-name": row.name }, number(row), el("label", { for: id, text: row.label }), input, value, unit);
  input.addEventListener("input", () => session.set({ [row.name]: Number(input.value) }, row.label));
  input.addEventListener("dblclick", () => session.set({ [row.name]: session.stored.get(session.number).values[row.name] }, row.label));
  controls.push((now, stored) => {
    const [shown, meaning] = said(row, now[row.name]);
    if (Number(input.value) !== now[row.name]) input.value = now[row.name];
    value.textContent = shown;
    unit.textContent = meaning;
    input.setAttribute("aria-valuetext", [shown, meaning].filter(Boolean).join(", "));
    input.style.setProperty("--part", (now[row.name] - row.minimum) / (row.maximum - row.minimum));
    mark(line, now[row.name], stored[row.name], row);
  });
  return line;
}

function choice(session, row, title, controls) {
  const buttons = row.choices.map(([value, text]) => [value, el("input", { type: "radio", name: `patch-${row.name}`, value: String(value), "aria-label": text }), text]);
  const line = el("div", { class: "patch-row", role: "radiogroup", "aria-label": `${title} ${row.label}`, "data-name": row.name },
    number(row), el("span", { class: "patch-label", text: row.label }),
    el("div", { class: "patch-choice" }, buttons.map(([, input, text]) => el("label", {}, input, el("span", { text })))));
  for (const [value, input] of buttons) input.addEventListener("change", () => session.set({ [row.name]: value }, row.label));
  controls.push((now, stored) => {
    for (const [value, input] of buttons) input.checked = value === now[row.name];
    mark(line, now[row.name], stored[row.name], row);
  });
  return line;
}

function footages(session, rows, title, controls) {
  const line = el("div", { class: "patch-row", role: "group", "aria-label": `${title} footages` },
    number(rows[0]), el("span", { class: "patch-label", text: "footages" }),
    el("div", { class: "patch-choice" }, rows.map((row) => {
      const input = el("input", { type: "checkbox", "aria-label": row.label });
      const label = el("label", { "data-name": row.name }, input, el("span", { text: row.label }));
      input.addEventListener("change", () => session.set({ [row.name]: Number(input.checked) }, row.label));
      controls.push((now, stored) => {
        input.checked = Boolean(now[row.name]);
        mark(label, now[row.name], stored[row.name], row);
      });
      return label;
    })));
  controls.push((now, stored) => line.classList.toggle("changed", rows.some((row) => now[row.name] !== stored[row.name])));
  return line;
}
