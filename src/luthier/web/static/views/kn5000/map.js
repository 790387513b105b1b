// The memory map: what is at an address, where something is, what a region holds.

import { api, el } from "/static/app.js";

const hex = (value, digits = 6) => `0x${value.toString(16).toUpperCase().padStart(digits, "0")}`;

export function map() {
  const what = el("input", { id: "kn-map-what", type: "search", class: "grow", placeholder: "0x100002, parts[1].volume, ring, DRAM", spellcheck: "false" });
  const cpu = el("select", { "aria-label": "Processor" }, ["both processors", "main", "sub"].map((text, at) => el("option", { value: at ? text : "", text })));
  const body = el("div", { class: "table-scroll" });
  const said = el("p", { "aria-live": "polite", id: "kn-map-said" });
  const tables = el("div", { class: "row" });
  let turn = 0;
  let wait = 0;

  function address(entry) {
    if (entry.address === null || entry.address === undefined) return "?";
    return entry.space === undefined || entry.space === "memory" ? hex(entry.address) : hex(entry.address, 2);
  }
  function name(entry) {
    const shown = entry.title && entry.title !== entry.name ? `${entry.title}, ${entry.name}` : entry.name;
    const more = entry.offset ? `, byte ${entry.offset.toLocaleString("en")}${entry.size ? ` of ${entry.size.toLocaleString("en")}` : ""}` : "";
    return el("button", { class: "plain kn-link", text: shown + more, on: { click: () => go(entry.name) } });
  }
  function row(entry) {
    const size = entry.size ? `${entry.size.toLocaleString("en")} ${entry.size === 1 ? "byte" : "bytes"}` : "";
    const more = [entry.note, entry.source && `Source: ${entry.source}`, entry.regions?.length && `In ${entry.regions.join(", ")}`,
      ...(entry.misreadings ?? []).map((one) => `Beware: ${one.description} Not so: ${one.note}`)].filter(Boolean);
    return el("tr", {},
      el("td", { class: "mono", text: address(entry) }), el("td", { text: entry.cpu }), el("td", {}, name(entry)),
      el("td", { text: entry.kind }), el("td", { class: "number", text: size }),
      el("td", {}, entry.description, more.length ? el("details", {}, el("summary", { text: entry.certainty }), more.map((text) => el("p", { class: "quiet", text }))) : el("span", { class: "quiet", text: ` ${entry.certainty}` })));
  }
  function go(text) {
    what.value = text;
    return look();
  }
  async function look() {
    const mine = ++turn;
    try {
      const told = await api.get(`kn5000/map?${new URLSearchParams({ what: what.value.trim(), cpu: cpu.value })}`);
      if (mine !== turn) return;
      said.className = "quiet";
      said.textContent = what.value.trim() ? `${told.found.length} found` : `${told.found.length} regions`;
      body.replaceChildren(el("table", {},
        el("thead", {}, el("tr", {}, ["Address", "CPU", "Name", "Kind", "Size", "What it is"].map((title) => el("th", { scope: "col", text: title })))),
        el("tbody", {}, told.found.slice(0, 1000).map(row))));
      tables.replaceChildren(el("span", { class: "quiet", text: "Beside the memory:" }),
        ...Object.entries(told.tables).map(([table, count]) => el("button", { class: "plain kn-link", text: `${table} (${count})`, on: { click: () => go(table) } })));
    } catch (error) {
      if (mine !== turn) return;
      said.className = "warn";
      said.textContent = error.message;
      body.replaceChildren();
    }
  }
  const later = () => {
    clearTimeout(wait);
    wait = setTimeout(look, 150);
  };
  what.addEventListener("input", later);
  cpu.addEventListener("change", look);
  let first = true;
  return {
    element: el("div", {},
      el("form", { class: "row", role: "search", on: { submit: (event) => (event.preventDefault(), look()) } },
        el("label", { for: "kn-map-what", text: "Address, name or region" }), what, cpu,
        el("button", { class: "plain", type: "button", text: "All regions", on: { click: () => go("") } })),
      tables, said, body),
    shown(on) {
      if (on && first) look();
      first = first && !on;
    },
  };
}
