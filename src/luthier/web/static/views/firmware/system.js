// What is told of a system file: its header, what is wrong with it, where its vectors lead.

import { el } from "/static/app.js";
import { hex } from "./listing.js";

const WORDS = { error: "bad", warning: "warn", note: "quiet" };

/** The header as a table, and the findings. */
export function header(pane, system) {
  const fields = system.lines.slice(2).filter(Boolean).map((line) => line.trim().split(/\s{2,}/));
  pane.append(
    el("div", { class: "table-scroll card" }, el("table", { class: "firmware-header" },
      el("caption", { class: "visually-hidden", text: "Header, field by field" }),
      el("tbody", {}, fields.map((parts) => {
        const [place, title, ...rest] = parts[0].startsWith("0x") ? parts : ["", ...parts];
        return el("tr", {}, el("td", { class: "mono quiet", text: place }), el("th", { scope: "row", text: title }), el("td", { class: "mono", text: rest.join(" ") }));
      })))),
    el("h2", { text: "What is wrong or odd" }),
    system.findings.length
      ? el("ul", { class: "findings" }, system.findings.map((one) => el("li", {},
        el("strong", { class: WORDS[one.severity] ?? "", text: one.severity }),
        one.offset === null ? "" : el("span", { class: "mono", text: ` byte 0x${one.offset.toString(16).toUpperCase()}` }), `: ${one.what}. ${one.meaning}`)))
      : el("p", { class: "good", text: "Nothing wrong, nothing odd" }));
}

/** The vectors as a table; `jump(address)` shows code. */
export function vectors(pane, system, jump) {
  const hide = el("input", { type: "checkbox", id: "vectors-reserved", on: { change: fill } });
  const body = el("tbody");
  const odd = system.vectors.some((one) => one.oddities.length);
  function fill() {
    body.replaceChildren(...system.vectors.filter((one) => hide.checked || !one.reserved).map((one) => el("tr", {},
      el("td", { class: "number", text: one.number }), el("td", { class: "mono", text: `0x${one.address.toString(16).toUpperCase().padStart(3, "0")}` }),
      el("th", { scope: "row", text: one.name }),
      el("td", {}, one.target === null ? "erased" : el("button", { class: "plain mono", text: hex(one.target), "aria-label": `Show ${hex(one.target)} in the listing`, on: { click: () => jump(one.target) } })),
      el("td", { text: [one.unit, one.description].filter(Boolean).join(": ") }),
      odd && el("td", { class: one.oddities.length ? "warn" : "", text: one.oddities.join("; ") }))));
  }
  fill();
  pane.append(
    system.vectors.length ? "" : el("p", { text: "The payload has no table of vectors that is known." }),
    el("p", {}, hide, " ", el("label", { for: "vectors-reserved", text: "Show reserved ones too" })),
    el("div", { class: "table-scroll card" }, el("table", { class: "vectors" },
      el("thead", {}, el("tr", {}, ["No.", "At", "Name", "Leads to", "What for", ...(odd ? ["Odd"] : [])].map((text) => el("th", { scope: "col", text })))), body)));
}
