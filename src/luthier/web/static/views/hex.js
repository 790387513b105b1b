// Any file as bytes, up to gigabytes: blocks are fetched as they come into view.

import { api, el, keys, say } from "/static/app.js";
import { letter, meanings, offset, text } from "/static/numbers.js";
import { described } from "/static/opening.js";
import { rows } from "/static/rows.js";

const BLOCK = 1 << 14;
const KEPT = 256; // blocks
/** What may be done with kinds of file that nothing here reads, by the end of their names. */
const KNOWN = [
  [/\.(wma|amr|3gp?p?|aax?|m4[bp]|ra|ape|wv|caf|dss|dct)$/i, "A sound file of a kind that is not read here: open it in a sound program, such as Audacity, and save it as WAV."],
  [/\.(txt|log|csv|asm|md)$/i, "A text: read it in an editor. The log of a run opens here if it was written as .trace or .jsonl."],
  [/\.(zip|7z|rar|gz|tgz|tar|sit|lzh)$/i, "A packed file: unpack it, and drop what is in it."],
];
const HEIGHT = 22;

const hex = (value, digits) => value.toString(16).toUpperCase().padStart(digits, "0");

/** The bytes of a file, by block; `arrived` is called when a missing one came. */
function blocks(file, arrived) {
  const there = new Map();
  const under = new Set();
  async function fetch(number) {
    under.add(number);
    try {
      const data = new Uint8Array(await api.bytes(`files/${file.id}/bytes?start=${number * BLOCK}&length=${BLOCK}`));
      there.set(number, data);
      if (there.size > KEPT) there.delete(there.keys().next().value);
      arrived();
    } catch (error) {
      say(error.message, { kind: "error" });
    } finally {
      under.delete(number);
    }
  }
  return {
    /** A byte, or undefined while it is under way. */
    at(place) {
      const number = Math.floor(place / BLOCK);
      const block = there.get(number);
      if (!block && !under.has(number)) fetch(number);
      return block?.[place % BLOCK];
    },
    async some(start, length) {
      return new Uint8Array(await api.bytes(`files/${file.id}/bytes?start=${start}&length=${length}`));
    },
  };
}

export const view = {
  name: "hex",
  title: "Bytes",

  async show(root, [id], app) {
    const file = await api.get(`files/${id}`);
    app.title(file.name);
    const digits = Math.max(6, (file.size - 1).toString(16).length);
    let wide = 16;
    let anchor = 0;
    let caret = 0;
    const data = blocks(file, () => list.redraw());

    const list = rows({
      label: "Bytes: arrow keys move, with Shift they select", height: HEIGHT, draw: line,
      attributes: { class: "rows hex-rows mono", role: "group", "aria-roledescription": "bytes" },
    });
    const said = el("p", { class: "mono", "aria-live": "polite", id: "hex-said" });
    const table = el("tbody");
    const asText = el("pre", { class: "hex-text", "aria-label": "The selection as text" });

    const begin = () => Math.min(anchor, caret);
    const end = () => Math.max(anchor, caret) + 1;

    function line(row) {
      const start = row * wide;
      const length = Math.min(wide, file.size - start);
      const shown = [];
      const letters = [];
      for (let place = start; place < start + length; place++) {
        const byte = data.at(place);
        shown.push(byte === undefined ? ".." : hex(byte, 2));
        letters.push(byte === undefined ? " " : letter(byte));
      }
      const from = Math.max(begin() - start, 0);
      const to = Math.min(end() - start, length);
      const marked = to > from;
      const cut = (list_, gap) => (marked
        ? [list_.slice(0, from).join(gap) + (from ? gap : ""), el("mark", { text: list_.slice(from, to).join(gap) }), (to < length ? gap : "") + list_.slice(to).join(gap)]
        : [list_.join(gap)]);
      return el("div", { class: "hex-row" },
        el("span", { class: "hex-offset", text: hex(start, digits) }),
        el("span", { class: "hex-bytes" }, cut(shown, " ")),
        el("span", { class: "hex-letters" }, cut(letters, "")));
    }

    async function tell() {
      const start = begin();
      const length = end() - start;
      const bytes = file.size ? await data.some(start, Math.min(Math.max(length, 8), 512)) : new Uint8Array();
      if (start !== begin() || length !== end() - start) return;
      said.textContent = file.size
        ? `${length === 1 ? "Byte" : `${length} bytes`} at 0x${hex(start, digits)} (${start})${length > 1 ? ` to 0x${hex(end() - 1, digits)}` : ""}`
        : "An empty file";
      table.replaceChildren(...meanings(bytes).map(([title, low, high, words]) => el("tr", {},
        el("th", { scope: "row", text: words ? `${title} (${words})` : title }), el("td", { text: low }), el("td", { text: high }))));
      asText.textContent = text(bytes.subarray(0, Math.max(length, 1)));
    }

    function select(from, to, { top = false } = {}) {
      const inside = (place) => Math.min(Math.max(place, 0), Math.max(file.size - 1, 0));
      [anchor, caret] = [inside(from), inside(to)];
      list.show(Math.floor(caret / wide), { top });
      tell();
    }

    const move = (by, keep) => select(keep ? anchor : caret + by, caret + by);

    list.element.addEventListener("keydown", (event) => {
      const page = list.visible() * wide;
      const ways = {
        ArrowLeft: -1, ArrowRight: 1, ArrowUp: -wide, ArrowDown: wide, PageUp: -page, PageDown: page,
        Home: event.ctrlKey ? -caret : -(caret % wide), End: event.ctrlKey ? file.size : wide - 1 - (caret % wide),
      };
      if (!(event.key in ways) || event.altKey) return;
      event.preventDefault();
      move(ways[event.key], event.shiftKey);
    });

    function under(event) {
      const row = list.at(event);
      const line_ = list.element.querySelector(".hex-row");
      for (const [part, step] of [[".hex-bytes", 3], [".hex-letters", 1]]) {
        const box = line_?.querySelector(part).getBoundingClientRect();
        if (!box || event.clientX < box.left - 4 || event.clientX > box.right + 4) continue;
        const letterWide = box.width / (Math.min(wide, file.size) * step - (step > 1 ? 1 : 0));
        return row * wide + Math.min(wide - 1, Math.max(0, Math.floor((event.clientX - box.left) / letterWide / step)));
      }
      return undefined;
    }

    let drags = false;
    list.element.addEventListener("pointerdown", (event) => {
      const place = event.button === 0 ? under(event) : undefined;
      if (place === undefined || place >= file.size) return;
      drags = event.pointerType === "mouse";
      select(event.shiftKey ? anchor : place, place);
    });
    list.element.addEventListener("pointermove", (event) => {
      const place = drags ? under(event) : undefined;
      if (place !== undefined && place !== caret) select(anchor, place);
    });
    const drop = () => (drags = false);
    window.addEventListener("pointerup", drop);

    const to = el("input", { id: "hex-to", size: 12, placeholder: "0x100", spellcheck: "false" });
    const jump = (event) => {
      event.preventDefault();
      const place = offset(to.value);
      if (Number.isNaN(place)) say(`${to.value} is no offset; write 256 or 0x100`, { kind: "error" });
      else select(place, place, { top: true });
    };
    const wanted = el("input", { id: "hex-wanted", placeholder: "F0 42 30", spellcheck: "false" });
    const kind = el("select", { "aria-label": "What to look for" },
      el("option", { value: "bytes", text: "bytes" }), el("option", { value: "text", text: "text" }));
    async function find(back) {
      if (!wanted.value) {
        wanted.focus();
        return;
      }
      const from = back ? `${begin()}&back` : `${begin() + 1}`;
      const path = `files/${id}/place?${kind.value}=${encodeURIComponent(wanted.value)}&start=`;
      let found = await api.get(path + from);
      if (found.place === null) {
        found = await api.get(path + (back ? `${file.size}&back` : "0"));
        if (found.place !== null) say(back ? "Went on from the end" : "Went on from the beginning");
      }
      if (found.place === null) say(`${wanted.value}: not in this file`, { kind: "error" });
      else select(found.place, found.place + found.length - 1);
    }

    if (!file.size) {
      root.append(el("h1", { text: file.name }), el("div", { class: "card note-card" },
        el("p", {}, el("strong", { text: "This file is empty" }), ": there is nothing in it."),
        el("p", { text: "If it is a recording, it was not saved, or not copied to its end: save or copy it once more, and drop it again." }),
        el("p", {}, el("a", { class: "button", href: "#/open", text: "To the open files" }))));
      return undefined;
    }
    root.append(
      el("h1", { text: file.name }),
      el("p", {}, el("strong", { class: file.format ? "" : "warn", text: file.format ? file.title : "Why it was not recognised" }), `: ${described(file)}`),
      ...(file.format ? [] : [el("p", { class: "quiet", text: KNOWN.find(([names]) => names.test(file.name))?.[1]
        ?? "Here are its bytes. If you expected sounds or a song: this may be the wrong file, or one that was cut off." })]),
      el("div", { class: "row hex-tools" },
        el("form", { class: "row", on: { submit: jump } }, el("label", { for: "hex-to", text: "Go to" }), to, el("button", { class: "plain", text: "Go" })),
        el("form", { class: "row", role: "search", on: { submit: (event) => (event.preventDefault(), find(false)) } },
          el("label", { for: "hex-wanted", text: "Find" }), kind, wanted,
          el("button", { class: "plain", text: "Next" }),
          el("button", { class: "plain", type: "button", text: "Previous", on: { click: () => find(true) } })),
        el("a", { class: "button plain", href: `/api/files/${id}/content`, download: file.name, text: "Save" }),
        el("a", { class: "button plain", href: `#/firmware/${id}`, text: "As machine code" })),
      el("div", { class: "hex-panes" },
        list.element,
        el("aside", { class: "card hex-side", "aria-label": "The selection" }, said,
          el("div", { class: "table-scroll" }, el("table", { class: "mono" },
            el("thead", {}, el("tr", {}, el("th"), el("th", { scope: "col", text: "low byte first" }), el("th", { scope: "col", text: "high byte first" }))), table)),
          asText)),
    );
    const narrow = matchMedia("(max-width: 48rem)");
    const fit = () => {
      wide = narrow.matches ? 8 : 16;
      list.count = Math.ceil(file.size / wide);
      list.show(Math.floor(caret / wide));
    };
    narrow.addEventListener("change", fit);
    fit();
    tell();
    // A view that shows these bytes beside its own things says which are meant.
    root.addEventListener("place", ({ detail: { start, length = 1 } }) => select(start, start + length - 1));
    const stop = keys.register({
      g: ["Go to an offset", () => to.focus()],
      "/": ["Find", () => wanted.focus()],
      n: ["Find the next", () => find(false)],
      "Shift+n": ["Find the previous", () => find(true)],
    });
    return () => {
      stop();
      narrow.removeEventListener("change", fit);
      window.removeEventListener("pointerup", drop);
    };
  },
};
