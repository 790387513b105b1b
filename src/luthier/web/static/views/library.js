// The library: what was kept, found as one types, looked at, changed, undone.

import { api, el, job, keys, news, say } from "/static/app.js";
import { kindOf, panel } from "/static/item_panel.js";
import { builder } from "/static/query_builder.js";
import { rows } from "/static/rows.js";
import { save } from "/static/saving.js";
import { card } from "/static/messages.js";
import { LARGEST, bundle, chosen } from "/static/opening.js";

const HEIGHT = 36;
const PAGE = 200;
/** What marked items are saved as. */
const KINDS = [
  [".wav", "Tape for the synth (.wav)"], [".syx", "Sysex (.syx)"], [".json", "JSON"], [".csv", "Table (.csv)"], [".mid", "MIDI file (.mid)"], ["as it came", "as it came"],
];
const AT_ONCE = 200; // files on their way into the library
const MOST_BYTES = 256 << 20;

const trouble = (error) => error.name === "AbortError" || say(error.message, { kind: "error" });

/** Pages of what a query finds, fetched as they come into view. */
function results(arrived) {
  let query = "";
  let order = "relevance";
  let turn = 0;
  let pages = new Map();
  let fresh = false; // what is at hand is still of the query before
  let total = 0;
  const under = new Set();
  async function fetch(number) {
    const mine = turn;
    under.add(number);
    const given = new URLSearchParams({ query, order, first: number * PAGE });
    try {
      const found = await api.get(`library/?${given}`);
      if (mine !== turn) return;
      const first = fresh;
      if (first) pages = new Map();
      fresh = false;
      total = found.total;
      pages.set(number, found.items);
      arrived(null, total, first);
    } catch (error) {
      if (mine === turn) arrived(error, total, false);
    } finally {
      if (mine === turn) under.delete(number);
    }
  }
  return {
    /** Another query; what is there stays until its answer comes, so that it can still be chosen. */
    ask(wanted, by) {
      [query, order] = [wanted, by];
      turn++;
      fresh = true;
      under.clear();
      return fetch(0);
    },
    /** The same anew, what was there stays until it comes. */
    again(number) {
      turn++;
      under.clear();
      for (const page of pages.keys()) if (page !== number) pages.delete(page);
      return fetch(number);
    },
    at(row) {
      const number = Math.floor(row / PAGE);
      if (!pages.has(number) && !under.has(number)) fetch(number);
      return pages.get(number)?.[row % PAGE];
    },
    /** The name of an item that is at hand. */
    named(id) {
      for (const page of pages.values()) for (const item of page) if (item.id === id) return item.name;
      return undefined;
    },
    get total() {
      return total;
    },
  };
}

/** Files in rows of at most 200 and 256 MiB: what is sent, and added in one step. */
function* inRows(files) {
  let row = [];
  let size = 0;
  for (const one of files) {
    if (row.length === AT_ONCE || (row.length && size + one.file.size > MOST_BYTES)) {
      yield row;
      [row, size] = [[], 0];
    }
    row.push(one);
    size += one.file.size;
  }
  if (row.length) yield row;
}

/** Keep files in the library; what became of them. One row is sent while the one before it is added. */
async function keepAll(files) {
  const sums = { files: 0, added: 0, known: 0, unknown: [], damaged: [] };
  const stop = new AbortController();
  const shown = card(`Adding ${files.length} files`, () => stop.abort());
  let adding = null;
  let sent = 0;
  const summed = (report) => {
    for (const name of Object.keys(sums)) {
      sums[name] = Array.isArray(sums[name]) ? [...sums[name], ...report[name]] : sums[name] + report[name];
    }
  };
  try {
    for (const row of inRows(files)) {
      const tell = (part) => shown.show((sent + part * row.length) / files.length, row[0].named);
      const record = await api.send(bundle(row), tell, { named: "bundle", path: "library/bundle", signal: stop.signal });
      sent += row.length;
      if (adding) summed(await adding);
      adding = job(record, { title: `Adding ${row.length} files` });
    }
    if (adding) summed(await adding);
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    if (adding) await adding.then(summed, () => {});
  } finally {
    shown.remove();
  }
  return sums;
}

function told(sums) {
  const parts = [`${sums.added} items added`];
  if (sums.known) parts.push(`${sums.known} files were there already`);
  for (const [name, reason] of [...sums.damaged, ...sums.unknown].slice(0, 2)) parts.push(`${name}: ${reason}`);
  const more = sums.damaged.length + sums.unknown.length - 2;
  if (more > 0) parts.push(`and ${more} more files that hold nothing known`);
  say(parts.join("; "), { kind: sums.added || sums.known ? "done" : "error" });
}

async function take(files) {
  const [fitting, longer] = [files.filter(({ file }) => file.size < LARGEST), files.filter(({ file }) => file.size >= LARGEST)];
  for (const { named } of longer) say(`${named}: longer than 1024 MiB; cut it into pieces`, { kind: "error" });
  if (!fitting.length) return;
  try {
    told(await keepAll(fitting));
  } catch (error) {
    trouble(error);
  }
}

export const view = {
  name: "library",
  title: "Library",

  async dropped(files) {
    await take(files);
    return true;
  },

  async show(root, [wanted]) {
    let overview = await api.get("library/overview");
    const selected = new Set();
    let caret = -1;
    let shownItem = null;

    const search = el("input", { type: "search", id: "library-query", class: "grow", spellcheck: "false",
      placeholder: "A name, or: brass, cutoff < 30, chorus on, tag:bass, rating >= 4", "aria-describedby": "library-count" });
    const order = el("select", { id: "library-order" },
      [["relevance", "best match first"], ["name", "by name"], ["added", "newest first"], ["rating", "best rated"]].map(([value, text]) => el("option", { value, text })));
    const count = el("span", { id: "library-count", class: "quiet", role: "status" });
    const problem = el("p", { class: "bad", role: "alert", hidden: true });
    const list = rows({ label: "What was found: arrow keys choose, Space marks", height: HEIGHT, draw,
      attributes: { class: "rows library-rows", role: "listbox", "aria-multiselectable": "true" } });
    const found = results((error, total, other) => {
      if (other) caret = -1; // what was chosen has another place now
      problem.hidden = !error;
      problem.textContent = error?.message ?? "";
      count.textContent = `${total.toLocaleString("en")} item${total === 1 ? "" : "s"}`;
      list.count = total;
    });

    function draw(row) {
      const item = found.at(row);
      if (!item) return el("div", { class: "library-row quiet", role: "option", text: "…" });
      const here = caret >= 0 ? row === caret : item.id === shownItem;
      return el("div", {
        class: `library-row${here ? " here" : ""}`, role: "option", id: `row-${row}`, "aria-selected": String(selected.has(item.id) || here),
        on: { click: (event) => {
          const shown = choose(row, event);
          // Below the list on a phone: it is brought into view.
          if (matchMedia("(max-width: 60rem)").matches && !event.shiftKey && !event.ctrlKey) shown.then(() => side.scrollIntoView({ block: "start" }));
        } } },
      el("input", { type: "checkbox", tabindex: -1, "aria-label": `Mark ${item.name}`, checked: selected.has(item.id),
        on: { click: (event) => (event.stopPropagation(), mark(item.id)) } }),
      el("span", { class: "library-name", text: item.name }),
      el("span", { class: "quiet library-kind", text: kindOf(item) }),
      el("span", { class: "library-stars", "aria-label": item.rating ? `${item.rating} stars` : null, text: "★".repeat(item.rating ?? 0) }),
      el("span", { class: "library-tags quiet", text: item.tags.map((tag) => `#${tag}`).join(" ") }));
    }

    function mark(id) {
      if (!selected.delete(id)) selected.add(id);
      list.redraw();
      tools();
    }

    function choose(row, event) {
      if (event?.shiftKey && caret >= 0) {
        for (let one = Math.min(row, caret); one <= Math.max(row, caret); one++) {
          const item = found.at(one);
          if (item) selected.add(item.id);
        }
      } else if (event?.ctrlKey || event?.metaKey) {
        const item = found.at(row);
        if (item) mark(item.id);
      }
      caret = Math.min(Math.max(row, 0), found.total - 1);
      list.element.setAttribute("aria-activedescendant", `row-${caret}`);
      list.show(caret);
      const item = found.at(caret);
      const shown = item ? look(item.id) : Promise.resolve();
      tools();
      return shown;
    }

    list.element.addEventListener("keydown", (event) => {
      const ways = { ArrowUp: -1, ArrowDown: 1, PageUp: -list.visible(), PageDown: list.visible(), Home: -found.total, End: found.total };
      if (event.key in ways) choose(caret + ways[event.key], event.shiftKey ? { shiftKey: true } : undefined);
      else if (event.key === " " && found.at(caret)) mark(found.at(caret).id);
      else if (event.key === "a" && (event.ctrlKey || event.metaKey)) markAll();
      else return;
      event.preventDefault();
    });

    function markAll() {
      for (let row = 0; row < Math.min(found.total, PAGE); row++) {
        const item = found.at(row);
        if (item) selected.add(item.id);
      }
      list.redraw();
      tools();
    }

    /** Marked items, else the one that is shown. */
    const meant = () => (selected.size ? [...selected] : shownItem !== null ? [shownItem] : []);

    async function act(path, document, said) {
      try {
        const answer = await api.post(`library/${path}`, document);
        if (said) say(typeof said === "function" ? said(answer) : said, path === "change" ? { undo } : {});
        return answer;
      } catch (error) {
        trouble(error);
        return undefined;
      }
    }
    const undo = () => act("undo", {}, (what) => `Undone: ${what}`);
    const redo = () => act("redo", {}, (what) => `Done again: ${what}`);
    /** What a step is called in the history. */
    function called(fields, items) {
      const who = items.length === 1 ? found.named(items[0]) ?? "1 item" : `${items.length} items`;
      if ("rating" in fields) return fields.rating ? `${fields.rating} stars: ${who}` : `no stars: ${who}`;
      if ("name" in fields) return `name ${who}: ${fields.name}`;
      return "notes" in fields ? `notes: ${who}` : undefined;
    }
    const change = (fields, items = meant(), said = "") => act("change", { items, what: called(fields, items), ...fields }, said);

    const side = el("aside", { class: "card library-side", "aria-label": "The chosen item" });
    let shownText = "";
    async function look(id) {
      shownItem = id;
      try {
        const content = await api.get(`library/items/${id}`);
        const text = JSON.stringify(content);
        // What did not change stays as it is, with all that is unfolded in it.
        if (shownItem !== id || (text === shownText && side.firstChild?.dataset.item === String(id))) return;
        shownText = text;
        side.replaceChildren(panel(content, { change: (fields) => change(fields, [id]), look }));
      } catch (error) {
        shownText = "";
        if (shownItem === id) side.replaceChildren(el("p", { class: "quiet", text: error.message }));
      }
    }

    // What can be done with the marked.
    const bar = el("div", { class: "row library-tools" });
    function tools() {
      const items = meant();
      const many = items.length === 1 ? "1 item" : `${items.length} items`;
      const tag = el("input", { size: 10, placeholder: "tag", "aria-label": `Tag for ${many}`, list: "known-tags" });
      const into = el("input", { size: 12, placeholder: "collection", "aria-label": `Collection for ${many}`, list: "known-collections" });
      const name = el("select", { "aria-label": "Save as" }, KINDS.map(([value, text]) => el("option", { value, text })));
      const give = (field, input) => (event) => {
        event.preventDefault();
        if (input.value.trim()) change({ [field]: input.value.trim() }, meant(), `${many}: ${input.value.trim()}`);
      };
      bar.replaceChildren(...(items.length ? [
        el("strong", { text: many }),
        el("form", { class: "row", on: { submit: give("tag", tag) } }, tag, el("button", { class: "plain", text: "Tag" })),
        el("form", { class: "row", on: { submit: give("collect", into) } }, into, el("button", { class: "plain", text: "Collect" })),
        el("span", { class: "row" }, name, el("button", { class: "plain", text: "Save", on: { click: () => write(name.value) } })),
        el("button", { class: "plain", text: "Remove", on: { click: () => change({ remove: true }, meant(), `${many} removed`).then(() => (selected.clear(), tools())) } }),
        selected.size > 0 && el("button", { class: "plain", text: "Unmark all", on: { click: () => (selected.clear(), list.redraw(), tools()) } }),
      ].filter(Boolean) : [el("span", { class: "quiet", text: "Choose an item to see it; mark several to change them together." })]));
    }

    async function write(kind) {
      const items = meant();
      const first = (await api.get(`library/items/${items[0]}`)).item;
      const suffix = kind.startsWith(".") ? kind : first.file.replace(/^.*(\.[^.]*)$/, "$1");
      const name = `${items.length === 1 ? first.name : "some"}${suffix}`;
      try {
        await save("library/export", name, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ items, name }) });
        say(`${name} is among your downloads`);
        const steps = [".wav", ".syx"].includes(suffix) && side.querySelector("details.guide");
        if (steps) steps.open = true;
      } catch (error) {
        trouble(error);
      }
    }

    // Duplicates.
    async function duplicates() {
      const near = el("select", { id: "near" }, ["0", "1", "2", "3", "4"].map((text) => el("option", { value: text, text: text === "0" ? "equal only" : `up to ${text} parameters differ` })));
      const place = el("div", { class: "library-groups" });
      const dialog = el("dialog", { "aria-label": "Duplicates", on: { close: () => dialog.remove() } },
        el("h2", { text: "Duplicates" }),
        el("p", { class: "row" }, el("label", { for: "near", text: "Show" }), near, el("button", { text: "Look", on: { click: seek } })),
        place, el("form", { method: "dialog" }, el("button", { class: "plain", text: "Close" })));
      async function seek() {
        try {
          const { equal, near: close, spare, total } = await job(await api.post("library/duplicates", { near: Number(near.value) }));
          const group = (title) => (items) => el("li", {}, `${title}: `, items.map((item) => `${item.name} (${item.id})`).join(", "));
          place.replaceChildren(
            el("p", { role: "status", text: `${total[0]} groups of equal items, ${total[1]} of nearly equal sounds` }),
            spare.length > 0 ? el("button", { text: `Remove ${spare.length} copies, keep the oldest of each`, on: { click: async () => {
              await change({ remove: true }, spare, `${spare.length} copies removed`);
              await seek();
            } } }) : "",
            el("ul", {}, equal.slice(0, 200).map(group("equal")), close.slice(0, 200).map(group("nearly equal"))));
        } catch (error) {
          trouble(error);
        }
      }
      document.body.append(dialog);
      dialog.showModal();
    }

    // History, tags, collections.
    const history = el("ol", { class: "library-history", reversed: true });
    const shelves = el("div", { class: "row library-shelves" });
    const tags = el("datalist", { id: "known-tags" });
    const collections = el("datalist", { id: "known-collections" });
    function surroundings() {
      const ask = (text) => () => ((search.value = text), look_for());
      const chip = (field) => ([label, number]) => el("button", { class: "plain", text: `${field === "in" ? "" : "#"}${label} ${number}`,
        on: { click: ask(`${field}:${/[\s,]/.test(label) ? `"${label}"` : label}`) } });
      shelves.replaceChildren(...overview.collections.map(chip("in")), ...overview.tags.map(chip("tag")));
      tags.replaceChildren(...overview.tags.map(([label]) => el("option", { value: label })));
      collections.replaceChildren(...overview.collections.map(([label]) => el("option", { value: label })));
      history.replaceChildren(...overview.history.map((step) => el("li", { class: step.undone ? "quiet" : "" },
        el("span", { text: `${step.what}${step.undone ? " (undone)" : ""}` }),
        el("span", { class: "quiet", text: new Date(step.at * 1000).toLocaleString() }),
        !step.undone && el("button", { class: "plain", text: "Undo", "aria-label": `Undo ${step.what}`,
          on: { click: () => act("undo", { step: step.id }, (what) => `Undone: ${what}`) } }))));
      empty.hidden = overview.count > 0;
      panes.hidden = bar.hidden = history.parentElement.hidden = !overview.count;
    }

    let timer;
    function look_for() {
      caret = -1;
      selected.clear();
      tools();
      return found.ask(search.value, order.value);
    }
    search.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look_for, 80);
    });
    order.addEventListener("change", look_for);

    const input = (id, folder) => el("input", { type: "file", id, multiple: true, class: "hidden-input", webkitdirectory: folder, on: {
      change: async (event) => {
        await take(chosen(event.target));
        event.target.value = "";
      } } });
    const empty = el("div", { class: "card" },
      el("p", {}, el("strong", { text: "Nothing is here yet." }), " What you put here is still there tomorrow, with names, tags and stars of your own, and can be searched, compared and saved again."),
      el("p", { text: "Drop files or folders on this page: recordings of tapes, banks, songs, firmware. Or choose “Keep in the library” wherever you see it." }));
    const panes = el("div", { class: "library-panes" }, list.element, side);

    root.append(
      el("div", { class: "row" }, el("h1", { class: "grow", text: "Library" }),
        el("label", { class: "button", for: "add-files", text: "Add files" }), input("add-files", false),
        el("label", { class: "button plain", for: "add-folder", text: "Add a folder" }), input("add-folder", true),
        el("button", { class: "plain", text: "Undo", on: { click: undo } }), el("button", { class: "plain", text: "Redo", on: { click: redo } }),
        el("button", { class: "plain", text: "Duplicates", on: { click: duplicates } })),
      el("div", { class: "row", role: "search" },
        el("label", { class: "visually-hidden", for: "library-query", text: "Search" }), search,
        el("label", { class: "visually-hidden", for: "library-order", text: "Order" }), order, count),
      builder(overview.parameters, (text) => {
        search.value = search.value.trim() ? `${search.value.trim()}, ${text}` : text;
        look_for();
      }),
      problem, shelves, empty, bar, tags, collections,
      panes,
      el("details", { class: "card" }, el("summary", { text: "History" }), history),
    );
    surroundings();
    tools();
    await look_for();
    if (wanted) {
      await look(Number(wanted));
      list.redraw();
      tools();
    }

    let again;
    const stops = [
      news.on("library", () => {
        // Many changes come together: one look at what became of them.
        clearTimeout(again);
        again = setTimeout(async () => {
          overview = await api.get("library/overview");
          surroundings();
          await found.again(Math.floor(list.first / PAGE));
          if (shownItem !== null && !side.contains(document.activeElement)) await look(shownItem);
        }, 60);
      }),
      keys.register({
        "/": ["Search", () => search.focus()],
        "Ctrl+z": ["Undo", undo], "Ctrl+Shift+z": ["Do again", redo], "Ctrl+y": ["Do again", redo],
        ...Object.fromEntries([0, 1, 2, 3, 4, 5].map((stars) => [`${stars}`, [`${stars} stars`, () => meant().length && change({ rating: stars || null })]])),
      }),
    ];
    return () => {
      clearTimeout(timer);
      clearTimeout(again);
      for (const stop of stops) stop();
    };
  },
};
