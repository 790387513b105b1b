// A log of a run: any number of entries, chosen by kind, source, address and time.

import { api, el, job, keys, say } from "/static/app.js";
import { rows } from "/static/rows.js";
import { hex } from "./listing.js";
import { pages } from "./pages.js";

const HEIGHT = 20;

function registers(one) {
  return Object.entries(one ?? {}).map(([name, value]) => `${name}=${value.toString(16).toUpperCase()}`).join(" ");
}

export function trace(root, file) {
  const path = `log/${file.id}`;
  let number = null;
  let here = 0;
  const store = pages((start, count) => api.get(`${path}/${number}?start=${start}&count=${count}`), () => list.redraw());
  const list = rows({
    label: "Entries: arrow keys move", height: HEIGHT, draw, moved: (start, end) => number !== null && store.want(start, end, list.count),
    attributes: { class: "rows trace-rows mono", role: "group", "aria-roledescription": "log" },
  });
  const state = el("p", { class: "quiet", id: "trace-state", "aria-live": "polite", text: "The log is being read ..." });
  const said = el("p", { class: "trace-said mono", id: "trace-said", "aria-live": "polite" });
  const kinds = el("fieldset", { class: "choices" }, el("legend", { text: "Kinds" }));
  const sources = el("fieldset", { class: "choices" }, el("legend", { text: "Sources" }));
  const addresses = el("input", { id: "trace-addresses", placeholder: "0x1000:0x2000", spellcheck: "false", autocomplete: "off" });
  const first = el("input", { id: "trace-first", type: "number", min: 0, step: "any", placeholder: "0" });
  const last = el("input", { id: "trace-last", type: "number", min: 0, step: "any", placeholder: "the end" });

  function draw(row) {
    const one = store.at(row);
    const class_ = `trace-row${row === here ? " here" : ""}`;
    if (!one) return el("div", { class: `${class_} quiet`, text: "···" });
    const value = one.value === undefined ? "" : one.value.toString(16).toUpperCase().padStart(2 * one.size, "0");
    return el("div", { class: class_ },
      el("span", { class: "trace-time", text: one.seconds }), el("span", { class: "trace-source", text: one.source }), el("span", { class: "trace-kind", text: one.name }),
      el("span", { class: "trace-address", text: one.address === undefined ? "" : hex(one.address) }), el("span", { class: "trace-value", text: value }),
      el("span", {}, one.text ?? "", one.registers ? el("span", { class: "quiet", text: `  ${registers(one.registers)}` }) : ""));
  }

  function choose(row) {
    here = Math.min(Math.max(row, 0), Math.max(list.count - 1, 0));
    list.show(here);
    const one = store.at(here);
    said.textContent = one ? `${one.seconds} s · ${one.source} · ${one.name} ${one.address === undefined ? "" : hex(one.address)} ${one.text ?? ""} ${registers(one.registers)}` : "";
  }

  const ticked = (set) => [...set.querySelectorAll("input:checked")].map((box) => box.value);
  function boxes(set, found) {
    set.append(...found.map(([name, count]) => el("label", { class: "chip" }, el("input", { type: "checkbox", value: name }), name, el("span", { class: "quiet", text: count.toLocaleString("en") }))));
  }

  async function read(choice) {
    try {
      const found = await job(await api.post(path, choice));
      number = found.number;
      here = 0;
      said.textContent = "";
      store.clear();
      list.count = found.count;
      list.show(0, { top: true });
      const more = found.whole ? "" : "; there is more than is kept: choose less";
      state.className = "";
      state.textContent = found.count ? `${found.count.toLocaleString("en")} entries from ${found.first} s to ${found.last} s${more}` : "No entry is so";
      return found;
    } catch (error) {
      if (error.name !== "AbortError") say(error.message, { kind: "error" });
      else if (number === null) state.textContent = "Stopped. Choose less, or reload the page.";
      return null;
    }
  }

  function apply(event) {
    event.preventDefault();
    const words = addresses.value.split(/[\s,;]+/).filter(Boolean);
    read({ kinds: ticked(kinds), sources: ticked(sources), addresses: words, first: Number(first.value || 0), last: last.value === "" ? null : Number(last.value) });
  }

  const form = el("form", { class: "card trace-choice", on: { submit: apply } }, sources, kinds,
    el("div", { class: "row" },
      el("label", { for: "trace-addresses", text: "Addresses" }), addresses,
      el("label", { for: "trace-first", text: "From second" }), first, el("label", { for: "trace-last", text: "to" }), last,
      el("button", { text: "Show these" }), el("button", { class: "plain", type: "reset", text: "Everything", on: { click: () => setTimeout(() => form.requestSubmit()) } })));

  list.element.addEventListener("pointerdown", (event) => {
    const row = list.at(event);
    if (event.button === 0 && row < list.count) choose(row);
  });
  list.element.addEventListener("keydown", (event) => {
    const page = list.visible();
    const ways = { ArrowUp: here - 1, ArrowDown: here + 1, PageUp: here - page, PageDown: here + page, Home: 0, End: list.count - 1 };
    if (!(event.key in ways) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    choose(ways[event.key]);
  });
  root.append(
    el("h1", { text: file.name }), el("p", {}, el("strong", { text: file.title }), `: ${file.description}`), form, state,
    el("div", { class: "trace-row trace-head mono quiet", "aria-hidden": "true" },
      ...[["time", "Second"], ["source", "Source"], ["kind", "Kind"], ["address", "Address"], ["value", "Value"]].map(([name, text]) => el("span", { class: `trace-${name}`, text })), el("span", { text: "What" })),
    list.element, said);
  read({}).then((found) => {
    if (!found) return;
    boxes(kinds, found.kinds);
    boxes(sources, found.sources);
  });
  const stop = keys.register({ "/": ["Choose addresses", () => addresses.focus()] });
  return () => {
    store.clear();
    stop();
  };
}
