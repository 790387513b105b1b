// What opens below the tools, one at a time: compare, morph, bank, save, library, trouble.

import { api, el, say } from "/static/app.js";
import { synthGuide } from "/static/guides.js";
import { save } from "/static/saving.js";
import { sound } from "/static/views/patch/session.js";

const KINDS = [
  [".wav", "tape to play into the synth (.wav)"], [".syx", "sysex (.syx)"], [".json", "JSON"], [".csv", "table (.csv)"],
  [".tape", "bytes of the tape (.tape)"], [".ram", "memory of the synth (.ram)"],
];
const SYNTHS = [["poly800", "Poly-800"], ["ex800", "EX-800"], ["mk2", "Poly-800MkII"]];

const option = ([value, text]) => el("option", { value, text });
const failed = (error) => say(error.message, { kind: "error" });
/** What is written is somewhere where it stays. */
function kept(session) {
  session.passing = false;
  session.dispatchEvent(new Event("sound"));
}
let fields = 0;
function labelled(text, field) {
  field.id = `patch-field-${++fields}`;
  return el("span", { class: "patch-field" }, el("label", { for: field.id, text }), field);
}

function programs(session, not) {
  return el("select", {}, session.numbers.filter((number) => number !== not).map((number) =>
    option([number, `${number} ${session.stored.get(number).name}`.trim()])));
}

/** What differs from the stored program, as the command `diff` says it. */
export function compare(session) {
  const list = el("div", { class: "patch-differences", "aria-live": "polite", tabindex: 0, role: "region", "aria-label": "Differences" });
  let turn = 0;
  async function show() {
    const mine = ++turn;
    const stored = session.stored.get(session.number);
    const found = await api.post("patch/compare", { one: sound(stored), other: sound(session.now()) });
    if (mine !== turn) return;
    list.replaceChildren(found.length
      ? el("table", {}, el("thead", {}, el("tr", {}, ["", "Stored", "Now"].map((text) => el("th", { scope: "col", text })))),
        el("tbody", {}, found.map((one) => el("tr", {}, el("th", { scope: "row", text: one.what }), el("td", { text: one.first }), el("td", { text: one.second })))))
      : el("p", { class: "quiet", text: `Program ${session.number} is as it is stored.` }));
  }
  const back = el("button", { class: "plain", text: "Back to the stored program", on: { click: () => session.revert() } });
  return { title: "Compare with the stored program", body: [list, back], show };
}

/** From the present sound to another program. */
export function morph(session) {
  const other = programs(session, session.number);
  const slider = el("input", { type: "range", min: 0, max: 100, value: 0, "aria-label": "Way from the one to the other, per cent" });
  const said = el("output", { class: "patch-value", text: "0 %" });
  let from = null, number = 0, wanted = null, busy = false;
  async function ask() {
    if (busy) return;
    busy = true;
    try {
      while (wanted !== null) {
        const position = wanted / 100;
        wanted = null;
        const next = await api.post("patch/morph", { one: from, other: sound(session.now(Number(other.value))), position });
        if (session.number === number) session.replace(next, `morph towards ${other.value}`, "morph");
      }
    } catch (error) {
      failed(error);
    } finally {
      busy = false;
    }
  }
  slider.addEventListener("input", () => {
    if (number !== session.number || !from) [from, number] = [sound(session.now()), session.number];
    said.textContent = `${slider.value} %`;
    wanted = Number(slider.value);
    ask();
  });
  const anew = () => {
    from = null;
    slider.value = 0;
    said.textContent = "0 %";
  };
  other.addEventListener("change", anew);
  session.addEventListener("program", () => number !== session.number && anew());
  return { title: "Morph", body: [el("div", { class: "row" }, labelled("From this sound to", other),
    el("div", { class: "patch-morph grow" }, el("span", { text: "this" }), slider, el("span", { text: "other" })), said)] };
}

/** Copy, swap, initialise, and what is set for the whole bank. */
export function bank(session) {
  const targets = el("input", { size: 15, placeholder: "21, 31-38 or all", "aria-label": "Programs to copy to" });
  const other = programs(session, null);
  const act = (what) => async (event) => {
    event.preventDefault?.();
    const source = session.number;
    const wanted = what === "swap" ? other.value : what === "copy" ? targets.value : String(source);
    try {
      if (what !== "init" && session.edited(source)) await session.write([source]);
      if (what === "swap" && session.edited(Number(wanted))) await session.write([Number(wanted)]);
      await session.change({ what, source, programs: wanted }, what === "init" ? `initialise ${source}` : `${what} ${source} ${what === "copy" ? "to" : "and"} ${wanted}`);
      say({ copy: `Program ${source} is now at ${wanted} too`, swap: `Programs ${source} and ${wanted} are swapped`, init: `Program ${source} is the initial sound` }[what], { undo: () => session.undo().catch(failed) });
    } catch (error) {
      failed(error);
    }
  };
  const settings = session.panel.settings.map((row) => {
    const field = row.choices.length ? el("select", {}, row.choices.map(([value, text]) => option([value, text])))
      : el("input", { type: "number", min: row.minimum, max: row.maximum });
    field.addEventListener("change", () => session.change({ what: "settings", values: { [row.name]: Number(field.value) } }, row.label).catch(failed));
    return [row, field];
  });
  return {
    title: "Programs and bank",
    body: [
      el("form", { class: "row", on: { submit: act("copy") } }, labelled("Copy this program to", targets), el("button", { class: "plain", text: "Copy" })),
      el("div", { class: "row" }, labelled("Swap it with", other), el("button", { class: "plain", text: "Swap", on: { click: act("swap") } })),
      el("div", { class: "row" }, el("button", { class: "plain", text: "Initialise this program", on: { click: act("init") } })),
      settings.length > 0 && el("div", { class: "row" }, el("strong", { text: "For the whole bank:" }), settings.map(([row, field]) => labelled(row.label, field))),
    ],
    show() {
      for (const [row, field] of settings) field.value = session.bank.settings[row.name];
    },
  };
}

/** A file of any of the three synths, and what it would not carry. */
export function saving(session) {
  const synth = el("select", {}, SYNTHS.map(option));
  const kind = el("select", {}, KINDS.map(option));
  synth.value = session.bank.synth;
  // What each of them takes: the first model has no dump, and the MkII's tape is unknown.
  const usual = () => (kind.value = synth.value === "poly800" ? ".wav" : ".syx");
  usual();
  const lost = el("div", { class: "patch-losses", "aria-live": "polite" });
  const unwritten = el("p", { class: "warn" });
  const write = el("button", { class: "plain", text: "Write them first" });
  const button = el("button", { text: "Save file" });
  const guide = el("div", {});
  let name = "";
  let turn = 0;
  const query = () => `suffix=${kind.value}&synth=${synth.value}`;
  async function show() {
    const mine = ++turn;
    if (guide.dataset.of !== query()) {
      guide.dataset.of = query();
      guide.replaceChildren(synthGuide(kind.value, synth.value));
    }
    const numbers = session.unwritten;
    unwritten.hidden = write.hidden = !numbers.length;
    unwritten.textContent = `Not written into the bank yet, and so not in the file: ${numbers.join(", ")}`;
    try {
      const about = await api.get(`patch/banks/${session.key}/losses?${query()}`);
      if (mine !== turn) return;
      name = about.name;
      button.disabled = false;
      lost.replaceChildren(el("p", { class: "quiet", text: `${about.name}: ${about.format}, ${about.size.toLocaleString("en")} bytes` }),
        about.losses.length ? el("p", { text: "Not carried:" }) : el("p", { class: "good", text: "Nothing is lost." }),
        about.losses.length > 0 && el("ul", {}, about.losses.map((text) => el("li", { text }))) || "");
    } catch (error) {
      if (mine !== turn) return;
      button.disabled = true;
      lost.replaceChildren(el("p", { class: "bad", text: error.message }));
    }
  }
  synth.addEventListener("change", () => {
    usual();
    show();
  });
  kind.addEventListener("change", show);
  write.addEventListener("click", () => session.write(session.unwritten).then(show, failed));
  button.addEventListener("click", () => save(`patch/banks/${session.key}/export?${query()}`, name).then(() => {
    say(`${name || "The file"} is among your downloads`);
    kept(session);
    const steps = guide.querySelector("details");
    if (steps) steps.open = true;
  }, failed));
  return { title: "Save the bank as a file", body: [el("div", { class: "row" }, labelled("For", synth), labelled("as", kind), button), unwritten, write, lost, guide], show };
}

/** Into the library: this sound, or all. */
export function library(session) {
  const field = () => el("input", { size: 24, maxlength: 120 });
  const name = field();
  const all = field();
  all.value = session.bank.name.replace(/\.\w{1,5}$/, "");
  const keep = (whole) => async () => {
    const chosen = whole ? all : name;
    try {
      const { item } = await api.post(`patch/banks/${session.key}/keep`, { name: chosen.value, sound: whole ? null : sound(session.now()) });
      if (whole) kept(session);
      say(`${chosen.value} is in the library`, { link: ["Show it", `#/library/${item}`] });
    } catch (error) {
      failed(error);
    }
  };
  const unwritten = el("p", { class: "warn" });
  return {
    title: "Keep in the library",
    body: [el("div", { class: "row" }, labelled("Name of this sound", name), el("button", { text: "Keep this sound", on: { click: keep(false) } })),
    el("div", { class: "row" }, labelled("Name of the bank", all), el("button", { class: "plain", text: "Keep the whole bank", on: { click: keep(true) } })),
    unwritten,
    el("p", { class: "quiet", text: "What is in the library is there tomorrow too, under these names. The synth itself has numbers only." })],
    show() {
      const numbers = session.unwritten;
      unwritten.hidden = !numbers.length;
      unwritten.textContent = `Not written into the bank yet, and so not in the whole bank: ${numbers.join(", ")}`;
    },
    program() {
      const { name: known, number } = session.stored.get(session.number);
      name.value = known || `${session.bank.name.replace(/\.\w{1,5}$/, "")} ${number}`;
    },
  };
}

/** Somebody else changed the same: whose holds. */
export function conflict(session, error, numbers, done) {
  const over = () => session.write(numbers, true).then(done, failed);
  const theirs = () => {
    for (const number of numbers) session.drop(number);
    done();
  };
  return el("div", { class: "card patch-conflict", role: "alertdialog", "aria-label": "Changed in two places" },
    el("p", { text: error.message }),
    el("div", { class: "row" }, el("button", { text: "Write mine over it", on: { click: over } }), el("button", { class: "plain", text: "Take the other's", on: { click: theirs } })));
}
