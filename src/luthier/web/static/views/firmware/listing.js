// The listing of a program: rows of the server, what is known of the one that is chosen, names and comments.

import { api, el, job, keys, say } from "/static/app.js";
import { rows } from "/static/rows.js";
import { save } from "/static/saving.js";
import { view as bytesView } from "/static/views/hex.js";
import { pages } from "./pages.js";

const HEIGHT = 20;
const PAGE = 4096; // rows: a listing of 256 KiB is all here within a second
const SHOWN = 40; // references
const LONGEST = 512; // bytes of a place that are marked

export const hex = (number) => number.toString(16).toUpperCase().padStart(6, "0");
const plural = (number, word) => `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;

/** An address as people write it: 210, 0x210, 210h. */
export function address(text) {
  const found = /^\s*(?:0x)?([0-9a-f]{1,6})h?\s*$/i.exec(text);
  return found ? parseInt(found[1], 16) : NaN;
}

/** Fill `root`; `chosen` says what a raw image is. Gives `{jump, take, stop}`. */
export function listing(root, file, chosen, app) {
  const path = `firmware/${file.id}`;
  let here = 0; // the row that is chosen
  let known = null; // what is known of its address
  let before = []; // addresses that were looked at
  let gone = false;
  let timer = 0;
  let bytes = null;
  let stop = () => {};

  const store = pages((start, count) => api.get(`${path}/rows?start=${start}&count=${count}`), () => list.redraw(), { size: PAGE });
  const list = rows({
    label: "Listing: arrow keys move, Enter follows what is referred to", height: HEIGHT, draw,
    moved: (start, end) => store.want(start, end, list.count),
    attributes: { class: "rows listing-rows mono", role: "group", "aria-roledescription": "listing" },
  });
  const state = el("p", { class: "quiet", id: "listing-state", "aria-live": "polite", text: "The program is being followed ..." });
  const said = el("p", { class: "visually-hidden", "aria-live": "polite", id: "listing-said" });
  const side = el("aside", { class: "card listing-side", "aria-label": "The chosen place" });
  const beside = el("section", { class: "card listing-bytes", "aria-label": "Bytes", hidden: true });

  function draw(number) {
    const row = store.at(number);
    if (!row) return el("div", { class: "listing-row quiet", text: "···" });
    const [kind, place, text, comment, code] = row;
    const here_ = number === here ? " here" : "";
    const shownPlace = place === null || kind === "empty" ? "" : hex(place);
    const [name, ...rest] = kind === "code" || kind === "data" ? text.split(" ") : [text];
    return el("div", { class: `listing-row ${kind}${here_}` },
      el("span", { class: "listing-place", text: kind === "code" || kind === "data" || kind === "name" ? shownPlace : "" }),
      el("span", { class: "listing-code", text: kind === "code" ? code : "" }),
      el("span", { class: "listing-text" },
        kind === "label" ? `${text}:` : kind === "remark" ? `; ${text}` : kind === "name" ? `${text} = 0x${place.toString(16).padStart(6, "0")}` : [el("b", { text: name }), rest.length ? ` ${rest.join(" ")}` : ""]),
      comment && el("span", { class: "listing-comment", text: `; ${comment}` }));
  }

  async function about(place) {
    known = await api.get(`${path}/at?address=${place}`);
    if (!gone) tell();
    return known;
  }

  function choose(row, { top = false, quick = false } = {}) {
    here = Math.min(Math.max(row, 0), Math.max(list.count - 1, 0));
    list.show(here, { top });
    clearTimeout(timer);
    timer = setTimeout(look, quick ? 0 : 120);
  }

  async function look() {
    const row = store.at(here) ?? (await api.get(`${path}/rows?start=${here}&count=1`))[0];
    if (!row || gone) return;
    said.textContent = `${row[1] === null ? "" : hex(row[1])} ${row[2]} ${row[3]}`;
    if (row[1] !== null && row[1] !== known?.address) await about(row[1]);
    else if (row[1] === null) {
      known = null;
      tell();
    }
  }

  async function jump(place, { back = false } = {}) {
    const from = known?.address;
    const found = await api.get(`${path}/at?address=${place}`);
    if (found.row === null) {
      say(`${hex(place)} is in no line of this listing`, { kind: "error" });
      return;
    }
    if (!back && from !== undefined && from !== place) before.push(from);
    known = found;
    here = found.row;
    list.show(Math.max(found.row - 3, 0), { top: true });
    list.redraw();
    tell();
  }

  const back = () => (before.length ? jump(before.pop(), { back: true }) : say("There is nothing to go back to"));
  function follow() {
    const inside = known?.to.find((one) => one.how !== "nothing");
    if (inside) jump(inside.address);
    else say("This line refers to nothing");
  }

  function references(title, found) {
    if (!found.length) return undefined;
    const shown = found.slice(0, SHOWN);
    return el("div", {}, el("h3", { text: `${title} (${found.length})` }),
      el("ul", { class: "references" }, shown.map((one) => el("li", {},
        el("button", { class: "plain mono", text: one.name ? `${hex(one.address)} ${one.name}` : hex(one.address), on: { click: () => jump(one.address) } }), ` ${one.how}`))),
      found.length > shown.length && el("p", { class: "quiet", text: `and ${found.length - shown.length} more` }));
  }

  function tell() {
    if (!known) {
      side.replaceChildren(el("p", { class: "quiet", text: "Choose a line: who refers to it stands here, and you can give it a name." }));
      return;
    }
    const { note } = known;
    const place = known.address;
    const name = el("input", { id: "note-name", value: note.name, placeholder: known.name, maxlength: 200, spellcheck: "false", autocomplete: "off" });
    const kind = el("select", { id: "note-kind" },
      [["", "as it was found"], ["code", "code: instructions begin here"], ["data", "data"], ["table", "table of addresses of code"]]
        .map(([value, text]) => el("option", { value, text, selected: value === note.kind })));
    const count = el("input", { id: "note-count", type: "number", min: 1, max: 4096, value: note.count || 1 });
    const many = el("label", { class: "note-field" }, "Entries", count);
    const comment = el("textarea", { id: "note-comment", maxlength: 4000, rows: 3, value: note.comment });
    many.hidden = note.kind !== "table";
    kind.addEventListener("change", () => (many.hidden = kind.value !== "table"));
    const keep = (event) => {
      event.preventDefault();
      const isTable = kind.value === "table";
      remember({ address: place, name: name.value.trim(), kind: kind.value, count: isTable ? Number(count.value) : 0, comment: comment.value }, { address: place, ...note });
    };
    side.replaceChildren(
      el("h2", { class: "listing-title" }, el("span", { class: "mono", text: hex(place) }), known.name && ` ${known.name}`),
      el("form", { class: "note", on: { submit: keep } },
        el("label", { class: "note-field" }, "Name", name),
        el("label", { class: "note-field" }, "Comment", comment),
        el("label", { class: "note-field" }, "What lies here", kind), many,
        el("button", { text: "Keep" })),
      references("Refers to", known.to) ?? "", references("Referred to by", known.from) ?? "",
      known.offset === null ? "" : el("p", { class: "quiet" }, `Byte ${known.offset.toLocaleString("en")} of the file (0x${known.offset.toString(16).toUpperCase()})`));
    point();
  }

  function point() {
    if (known && known.offset !== null) beside.dispatchEvent(new CustomEvent("place", { detail: { start: known.offset, length: Math.min(known.length, LONGEST) } }));
  }

  async function remember(note, old) {
    try {
      show(await job(await api.post(`${path}/note`, note)));
      say(`Kept in the symbol file: ${hex(note.address)} ${note.name}`, { undo: old && (() => remember(old)) });
    } catch (error) {
      if (error.name !== "AbortError") say(error.message, { kind: "error" });
      return;
    }
    store.clear();
    const found = await about(note.address);
    if (found.row !== null) {
      here = found.row;
      list.show(here);
    }
    list.redraw();
  }

  function show(length) {
    if (gone) return;
    list.count = length.rows;
    const how = length.followed ? "followed from where it begins" : "every byte taken for code: nobody has said where it begins";
    state.textContent = `${plural(length.rows, "line")}, ${plural(length.instructions, "instruction")}, ${how}`;
    for (const button of root.querySelectorAll(".needs-listing")) button.disabled = false;
  }

  async function start() {
    try {
      show(await job(await api.post(`${path}/listing`, chosen ?? {})));
      store.clear();
      list.redraw();
      tell();
    } catch (error) {
      state.textContent = error.name === "AbortError" ? "Stopped. Reload the page to list it." : error.message;
      state.className = "bad";
      state.setAttribute("role", "alert");
    }
  }

  const to = el("input", { id: "listing-to", size: 9, placeholder: "000210", spellcheck: "false", autocomplete: "off" });
  const goTo = (event) => {
    event.preventDefault();
    const place = address(to.value);
    if (Number.isNaN(place)) say(`${to.value} is no address; write it in hexadecimal, such as 210`, { kind: "error" });
    else jump(place);
  };
  const kind = el("select", { "aria-label": "What to look for" }, el("option", { value: "text", text: "text" }), el("option", { value: "instruction", text: "instruction" }));
  const wanted = el("input", { id: "listing-wanted", maxlength: 200, placeholder: "jsr", spellcheck: "false", autocomplete: "off" });
  const count = el("span", { class: "quiet", "aria-live": "polite", id: "listing-found" });
  async function find(isBack) {
    if (!wanted.value.trim()) {
      wanted.focus();
      return;
    }
    const found = await api.get(`${path}/find?${kind.value}=${encodeURIComponent(wanted.value)}&start=${here + (isBack ? 0 : 1)}${isBack ? "&back" : ""}`);
    count.textContent = found.row === null ? "not in this listing" : `${found.which} of ${found.count}`;
    if (found.row !== null) choose(found.row, { quick: true });
  }

  async function showBytes(button) {
    const shown = beside.hidden;
    beside.hidden = !shown;
    button.setAttribute("aria-pressed", shown);
    root.classList.toggle("with-bytes", shown);
    bytes?.();
    bytes = null;
    beside.replaceChildren();
    list.resize();
    if (!shown) return;
    bytes = await bytesView.show(beside, [file.id], { ...app, title() {} });
    // The keys are still those of the listing.
    stop();
    stop = keys.register(shortcuts);
    point();
  }

  async function take(symbolFile) {
    try {
      show(await job(await api.post(`${path}/symbols`, { text: await symbolFile.text() })));
      say(`Names of ${symbolFile.name}`);
      store.clear();
      list.redraw();
      if (known) await about(known.address);
    } catch (error) {
      if (error.name !== "AbortError") say(error.message, { kind: "error" });
    }
  }

  const stem = file.name.replace(/\.[^.]*$/, "");
  const given = el("input", { type: "file", class: "hidden-input", id: "symbols-given", "aria-label": "Load a symbol file", on: { change: () => given.files[0] && take(given.files[0]) } });
  list.element.addEventListener("pointerdown", (event) => {
    const row = list.at(event);
    if (event.button === 0 && row < list.count && event.offsetX < list.element.clientWidth) choose(row, { quick: true });
  });
  list.element.addEventListener("dblclick", follow);
  list.element.addEventListener("keydown", (event) => {
    const page = list.visible();
    const ways = { ArrowUp: here - 1, ArrowDown: here + 1, PageUp: here - page, PageDown: here + page, Home: 0, End: list.count - 1 };
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter") {
      event.preventDefault();
      follow();
    } else if (event.key in ways) {
      event.preventDefault();
      choose(ways[event.key]);
    }
  });

  root.append(
    state,
    el("div", { class: "row listing-tools" },
      el("form", { class: "row", on: { submit: goTo } }, el("label", { for: "listing-to", text: "Go to" }), to, el("button", { class: "plain", text: "Go" }),
        el("button", { class: "plain", type: "button", text: "Back", on: { click: back } })),
      el("form", { class: "row", role: "search", on: { submit: (event) => (event.preventDefault(), find(false)) } },
        el("label", { for: "listing-wanted", text: "Find" }), kind, wanted, el("button", { class: "plain", text: "Next" }),
        el("button", { class: "plain", type: "button", text: "Previous", on: { click: () => find(true) } }), count),
      el("div", { class: "row" },
        el("button", { class: "plain", "aria-pressed": "false", text: "Bytes", on: { click: (event) => showBytes(event.currentTarget) } }),
        el("button", { class: "plain needs-listing", disabled: true, text: "Save symbols", on: { click: () => save(`${path}/symbols`, `${stem}.symbols`) } }),
        el("span", {}, given, el("label", { for: "symbols-given", class: "button plain", text: "Load symbols" })),
        el("button", { class: "plain needs-listing", disabled: true, text: "Save listing", on: { click: () => save(`${path}/source`, `${stem}.asm`) } }))),
    said, el("div", { class: "listing-panes" }, list.element, side, beside));
  const shortcuts = {
    g: ["Go to an address", () => to.focus()], "/": ["Find", () => wanted.focus()],
    n: ["Find the next", () => find(false)], "Shift+n": ["Find the previous", () => find(true)],
    b: ["Go back to where you were", back], c: ["Name and comment of this line", () => root.querySelector("#note-name")?.focus()],
  };
  stop = keys.register(shortcuts);
  tell();
  start();
  return {
    jump,
    take,
    stop() {
      gone = true;
      clearTimeout(timer);
      store.clear();
      stop();
      bytes?.();
    },
  };
}
