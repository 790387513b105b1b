// Whose sounds are played: the built-in ones, a SoundFont that is installed or open, wave ROMs.

import { api, el, job, say } from "/static/app.js";
import { chosen as filesOf, send } from "/static/opening.js";

export const BUILT_IN = "built-in";
const KINDS = new Set(["soundfont-2", "kn5000-wave-rom"]);
const NAMES = /\.(sf2|bin|rom|ic30[4-7])$/i;

/** Whether files are sounds by their names. */
export const likely = (files) => files.every(({ file }) => NAMES.test(file.name));

/** The name of open files as sounds; undefined, and a word of it, if they are none. */
export function named(opened) {
  const wrong = opened.find((one) => !KINDS.has(one.format));
  if (!opened.length) return undefined;
  if (wrong) {
    say(`${wrong.name} is no SoundFont and no wave ROM: ${wrong.description}`, { kind: "error" });
    return undefined;
  }
  // Several images are IC304 to IC307, which their names tell.
  return opened.toSorted((a, b) => a.name.localeCompare(b.name)).map((one) => one.id).join("+");
}

/** Have the server open sounds: `{name, notes, problem, options}`, the built-in ones where it cannot. */
export async function prepared(name) {
  const all = await api.get("kn5000/sounds");
  const known = all.find((one) => one.name === name);
  const built = { name: BUILT_IN, notes: [], options: [], all };
  if (name === BUILT_IN) return built;
  try {
    const title = `Opening ${known?.title ?? "sounds"}`;
    const { notes } = await job(await api.post("kn5000/sounds", { sounds: name }), { title });
    return { name, notes, options: known?.options ?? [], all };
  } catch (error) {
    const why = error.name === "AbortError" ? "Opening the sounds was stopped" : error.message;
    return { ...built, problem: `${why}. The built-in sounds play instead.` };
  }
}

/** The choice itself; `change(name)` is called for another one. */
export function choice({ name, notes, problem, all }, change) {
  const group = (label, kind) => {
    const some = all.filter((one) => one.kind === kind);
    return some.length > 0 && el("optgroup", { label }, some.map((one) => el("option", { value: one.name, text: one.title })));
  };
  const select = el("select", { id: "kn-sounds" }, el("option", { value: BUILT_IN, text: "Built-in" }),
    group("Installed SoundFonts", "installed"), group("Open files", "open"));
  select.value = name;
  select.addEventListener("change", () => change(select.value));
  const given = el("input", { type: "file", class: "hidden-input", id: "kn-sounds-file", multiple: true, accept: ".sf2,.bin,.rom,.ic304,.ic305,.ic306,.ic307",
    "aria-label": "Open a SoundFont or wave ROMs", on: { change: async () => {
      const found = named(await send(filesOf(given)));
      given.value = "";
      if (found) change(found);
    } } });
  return el("div", { class: "kn-sounds" },
    el("p", { class: "row" }, el("label", { for: "kn-sounds", text: "Sounds" }), select,
      el("span", {}, given, el("label", { for: "kn-sounds-file", class: "button plain", title: "A SoundFont (.sf2), or images of wave ROMs", text: "Other sounds …" }))),
    problem && el("p", { class: "bad", role: "alert", text: problem }),
    notes.length > 0 && el("details", {}, el("summary", { text: `${notes.length} remark${notes.length === 1 ? "" : "s"} about these sounds` }),
      el("ul", {}, notes.map((text) => el("li", { text })))));
}
