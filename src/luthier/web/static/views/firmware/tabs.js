// Parts of a view one behind the other: arrow keys go from one to the next.

import { el } from "/static/app.js";

/** `tabs("Firmware", [{name, text, make}])`: `make(pane)` fills a pane when it is first shown. */
export function tabs(label, parts, { shown = () => {} } = {}) {
  const list = el("div", { class: "tabs", role: "tablist", "aria-label": label });
  const panes = el("div", { class: "tab-panes" });
  const made = new Set();

  function show(name, { focus = false } = {}) {
    for (const part of parts) {
      const on = part.name === name;
      part.tab.setAttribute("aria-selected", on);
      part.tab.tabIndex = on ? 0 : -1;
      part.pane.hidden = !on;
      if (on && focus) part.tab.focus();
      if (on && !made.has(name)) {
        made.add(name);
        part.make(part.pane);
      }
    }
    shown(name);
  }

  for (const part of parts) {
    part.tab = el("button", {
      class: "tab", role: "tab", id: `tab-${part.name}`, "aria-controls": `pane-${part.name}`, text: part.text, on: { click: () => show(part.name) },
    });
    part.pane = el("section", { class: "tab-pane", role: "tabpanel", id: `pane-${part.name}`, "aria-labelledby": `tab-${part.name}`, hidden: true });
    list.append(part.tab);
    panes.append(part.pane);
  }
  list.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const now = parts.findIndex((part) => part.tab.getAttribute("aria-selected") === "true");
    show(parts[(now + step + parts.length) % parts.length].name, { focus: true });
  });
  return { list, panes, show };
}
