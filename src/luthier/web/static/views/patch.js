// The patch editor of the Poly-800 family: the panel, the sound, and the way back into the bank.

import { api, el, go, keys, news, say } from "/static/app.js";
import { player } from "/static/audio/player.js";
import { sending } from "/static/cable.js";
import { eightByEight } from "/static/elements.js";
import { keyboard } from "/static/views/patch/keyboard.js";
import { panel } from "/static/views/patch/panel.js";
import { heard, sequence } from "/static/views/patch/sequence.js";
import { scope } from "/static/views/patch/scope.js";
import { Session, sound } from "/static/views/patch/session.js";
import { bank, compare, conflict, library, morph, saving } from "/static/views/patch/trays.js";

const STYLE = "/static/views/patch/patch.css";
const failed = (error) => say(error.message, { kind: "error" });

function styled() {
  if (document.querySelector(`link[href="${STYLE}"]`)) return Promise.resolve();
  return new Promise((resolve) => document.head.append(el("link", { rel: "stylesheet", href: STYLE, on: { load: resolve, error: resolve } })));
}

/** The key of a bank and the program that a route names. */
function meant([first, second, third]) {
  if (first === "library") return { key: `library-${second}`, number: Number(third) || 0, route: `#/patch/library/${second}` };
  return { key: Number(third) > 1 ? `${first}~${third}` : first, number: Number(second) || 0, route: `#/patch/${first}`, end: Number(third) > 1 ? `/${third}` : "" };
}

export const view = {
  name: "patch",
  title: "Patch editor",

  async show(root, parameters, app) {
    await styled();
    if (parameters[0] === "new") {
      const { id } = await api.post("patch/banks", { synth: parameters[1] ?? "poly800" });
      location.replace(`#/patch/${id}/11`);
      return undefined;
    }
    const { key, number, route, end = "" } = meant(parameters);
    const session = await Session.open(key);
    if (session.lost) {
      const id = await session.bringBack();
      location.replace(`#/patch/${id}/${number || 11}`);
      return undefined;
    }
    session.number = session.stored.has(number) ? number : session.numbers[0];
    return editor(root, session, app, (place) => history.replaceState(null, "", `${route}/${place}${end}`));
  },
};

function editor(root, session, app, address) {
  const stops = [];
  const until = (stop) => stops.push(stop);

  // Sound

  let sent = null;
  function send() {
    const wanted = { synth: session.bank.synth, sound: sound(session.now()) };
    const text = JSON.stringify(wanted);
    if (text !== sent) player.say(wanted);
    sent = text;
  }
  const lamp = el("span", { class: "patch-lamp", role: "status" });
  function light() {
    lamp.classList.toggle("on", player.ready);
    const { latency } = player;
    lamp.textContent = !player.context ? "press a key below to hear it" : !player.ready ? "waiting for the sound …"
      : latency ? `${Math.round(latency.total)} ms from key to ear` : "sound is on";
    lamp.title = latency ? `${latency.arrived.toFixed(1)} ms until the first samples came, ${latency.waits.toFixed(1)} ms in front of them, ${latency.out.toFixed(1)} ms in the sound card; ${player.missed} gaps` : "";
  }
  const start = () => {
    sent = null;
    player.start("patch/play").then(send, failed);
    light();
  };
  const told = ({ detail }) => {
    if (detail.error) say(detail.error, { kind: "error" });
    light();
  };
  player.addEventListener("told", told);
  until(() => player.removeEventListener("told", told));
  if (navigator.userActivation?.hasBeenActive) start();
  const gesture = () => start();
  for (const kind of ["pointerdown", "keydown"]) window.addEventListener(kind, gesture, { capture: true, once: true });
  until(() => {
    for (const kind of ["pointerdown", "keydown"]) window.removeEventListener(kind, gesture, { capture: true });
    player.stop();
  });
  const board = keyboard((message) => {
    start();
    player.midi(message);
  });
  until(() => board.stop());
  const drawn = scope(player);
  until(() => drawn.stop());

  // Head

  const digits = el("span", { class: "patch-digits" });
  const name = el("h1", {});
  const about = el("p", { class: "quiet" });
  const state = el("span", { class: "patch-state", role: "status" });
  const step = (by) => () => {
    const { numbers } = session;
    session.select(numbers[(numbers.indexOf(session.number) + by + numbers.length) % numbers.length]);
  };
  const single = session.numbers.length === 1;
  const head = el("div", { class: "patch-head card" },
    el("div", { class: "patch-display" },
      el("button", { class: "plain", text: "‹", "aria-label": "Program before", title: "Program before (Page up)", hidden: single, on: { click: step(-1) } }),
      digits,
      el("button", { class: "plain", text: "›", "aria-label": "Next program", title: "Next program (Page down)", hidden: single, on: { click: step(1) } }),
      el("div", { class: "patch-title" }, name, about)),
    el("div", { class: "row" }, state, lamp));

  const places = session.numbers.map((number) => {
    const button = el("button", { class: "plain", text: number, on: { click: () => session.select(number) } });
    return [number, button];
  });
  const grid = el("details", { class: "patch-places card", hidden: single }, el("summary", { text: "Programs" }), eightByEight(el("div", { class: "patch-grid", role: "group", "aria-label": "Programs: arrow keys choose" }, places.map(([, button]) => button))));
  grid.open = matchMedia("(min-width: 60rem)").matches;

  // Tools

  const trouble = el("div", {});
  async function write(numbers) {
    try {
      const count = await session.write(numbers);
      trouble.replaceChildren();
      say(count ? `Written: ${numbers.join(", ")}` : "It is written already", count ? { undo } : {});
      if (count && !session.key.startsWith("library-")) {
        session.passing = true;
        showSound();
      }
    } catch (error) {
      if (!error.conflict) return failed(error);
      await session.refresh();
      trouble.replaceChildren(conflict(session, error, numbers, () => trouble.replaceChildren()));
      trouble.querySelector("button").focus();
    }
    return undefined;
  }
  const undo = () => session.undo().then((what) => what && announce(`Undone: ${what}`), failed);
  const redo = () => session.redo().then((what) => what && announce(`Done again: ${what}`), failed);
  const spoken = el("div", { class: "visually-hidden", "aria-live": "polite" });
  const announce = (text) => (spoken.textContent = text);
  async function random(groups, title = "The sound") {
    try {
      const next = await api.post("patch/randomise", { sound: sound(session.now()), groups });
      session.replace(next, `${title} at random`);
      announce(`${title} at random, seed ${next.seed}`);
    } catch (error) {
      failed(error);
    }
  }
  const groups = [...new Set(session.panel.parameters.map((row) => row.group))];
  const button = (text, click, attributes = {}) => el("button", { class: "plain", text, ...attributes, on: { click } });
  const undoing = button("Undo", undo, { title: "Undo (Ctrl+Z)" });
  const redoing = button("Redo", redo, { title: "Redo (Ctrl+Shift+Z)" });
  const slot = button("A", () => session.toggle(), { class: "plain patch-slot", title: "The other one of A and B (/)" });
  const writing = el("button", { text: "Write", title: "Write into the bank (Ctrl+S)", on: { click: () => write([session.number]) } });
  const writingAll = button("", () => write(session.unwritten));
  const held = button("Hold", () => {
    held.setAttribute("aria-pressed", String(held.getAttribute("aria-pressed") !== "true"));
    player.say({ hold: held.getAttribute("aria-pressed") === "true" });
  }, { "aria-pressed": "false" });
  const chord = button("Chord", async () => {
    const on = chord.getAttribute("aria-pressed") !== "true";
    try {
      const { codes } = (await api.get(`sequence/${session.key}`)).chord;
      if (on && !codes.length) return say("The chord memory of this bank is empty");
      await heard(player);
      player.say({ bank: session.key, chord: on });
      chord.setAttribute("aria-pressed", String(on));
    } catch (error) {
      failed(error);
    }
    return undefined;
  }, { "aria-pressed": "false", title: "Each key plays the bank's chord", hidden: single });
  const midi = button("MIDI keyboard", async () => {
    try {
      const names = await board.midi();
      say(names.length ? `Plays now: ${names.join(", ")}` : "No MIDI keyboard is connected; it plays as soon as one is");
      midi.setAttribute("aria-pressed", "true");
    } catch (error) {
      failed(error);
    }
  }, { "aria-pressed": "false" });
  const loud = el("input", { type: "range", min: 0, max: 100, value: player.volume * 100, "aria-label": "Volume", on: { input: () => (player.volume = (loud.value / 100) ** 2) } });
  loud.value = Math.sqrt(player.volume) * 100;

  // Trays

  const tray = el("div", { class: "card patch-tray", hidden: true });
  const makers = { Compare: compare, Morph: morph, Bank: bank, Sequence: (one) => sequence(one, player), "Save as file": saving, "Send to the synth": sending, "Name and keep": library };
  if (single) {
    delete makers.Morph;
    delete makers["Send to the synth"];
    delete makers.Sequence;
  }
  let open = null;
  const openers = Object.entries(makers).map(([text, make]) => {
    const opener = button(text, () => {
      const mine = open?.opener === opener;
      open?.close?.();
      for (const [, one] of openers) one.setAttribute("aria-expanded", "false");
      open = null;
      tray.hidden = mine;
      if (mine) return;
      open = { opener, ...make(session) };
      opener.setAttribute("aria-expanded", "true");
      tray.replaceChildren(el("h2", { text: open.title }), ...open.body.filter(Boolean));
      open.program?.();
      Promise.resolve(open.show?.()).catch(failed);
      tray.scrollIntoView({ block: "nearest" });
    }, { "aria-expanded": "false" });
    return [text, opener];
  });

  const tools = el("div", { class: "patch-tools row", role: "toolbar", "aria-label": "Tools" },
    writing, writingAll, el("span", { class: "patch-gap" }), undoing, redoing, slot, el("span", { class: "patch-gap" }),
    button("Random", () => random(groups), { title: "All groups at random" }),
    button("Initialise", () => session.replace(session.panel.initial, "initialise"), { title: "The plain tone that a new bank starts with" }),
    openers.map(([, opener]) => opener));
  const octaves = [["−", "An octave lower (Z)", -1], ["+", "An octave higher (X)", 1]].map(([text, title, by]) => button(text, () => board.shift(by), { title, "aria-label": title }));
  const playing = el("div", { class: "patch-playing row" }, el("span", { class: "row patch-octaves" }, el("span", { class: "quiet", text: "Octave" }), octaves), held, chord, button("Silence", silence, { title: "All keys up (Escape)" }), midi, el("label", { class: "patch-field" }, el("span", { text: "Volume" }), loud));
  function silence() {
    board.releaseAll();
    held.setAttribute("aria-pressed", "false");
    player.say({ quiet: true });
  }

  head.append(playing);
  const controls = panel(session, random);
  root.append(
    el("div", { class: "patch-top" }, head, grid, el("div", { class: "card patch-heard" }, drawn.element)),
    tools, trouble, tray, controls.element,
    el("div", { class: "patch-bottom" }, board.element), spoken,
  );

  // What changes

  function showProgram() {
    const { number } = session;
    const stored = session.stored.get(number);
    digits.textContent = single ? "--" : number;
    name.textContent = stored.name || `Program ${number}`;
    about.textContent = `${session.bank.name} · ${session.bank.title}${stored.problems.length ? ` · ${stored.problems.join("; ")}` : ""}`;
    for (const [place, one] of places) {
      one.title = session.stored.get(place).name;
      one.setAttribute("aria-label", `Program ${place} ${session.stored.get(place).name}${session.edited(place) ? ", changed" : ""}`);
      one.tabIndex = place === number ? 0 : -1;
      if (place === number) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    }
    address(number);
    app.title(`${number} ${stored.name || session.bank.name}`);
    open?.program?.();
  }
  function showSound() {
    controls.show();
    send();
    const edited = session.edited(), unwritten = session.unwritten;
    state.textContent = edited ? "changed, not written" : session.passing ? "written, not saved or kept yet" : "as stored";
    state.title = session.passing ? "This bank is a copy that goes when the bench ends: save it as a file, or keep it in the library" : "";
    state.classList.toggle("changed", edited || Boolean(session.passing));
    writing.disabled = !edited;
    writingAll.hidden = unwritten.length < 2;
    writingAll.textContent = `Write all ${unwritten.length}`;
    undoing.disabled = !session.past.length;
    redoing.disabled = !session.future.length;
    undoing.title = session.past.length ? `Undo: ${session.past.at(-1).what} (Ctrl+Z)` : "Undo (Ctrl+Z)";
    redoing.title = session.future.length ? `Redo: ${session.future.at(-1).what} (Ctrl+Shift+Z)` : "Redo (Ctrl+Shift+Z)";
    const letter = session.now().slot;
    slot.replaceChildren(el("b", { class: letter === "A" ? "here" : "", text: "A" }), "/", el("b", { class: letter === "B" ? "here" : "", text: "B" }));
    slot.setAttribute("aria-label", `${letter} is heard; go to ${letter === "A" ? "B" : "A"}`);
    for (const [place, one] of places) one.classList.toggle("edited", session.edited(place));
    Promise.resolve(open?.show?.()).catch(failed);
  }
  session.addEventListener("program", showProgram);
  session.addEventListener("sound", showSound);
  session.addEventListener("elsewhere", ({ detail }) => {
    const touched = detail.numbers.filter((number) => session.edited(number));
    say(touched.length ? `Program ${touched.join(", ")} was changed in another tab too; writing brings both together`
      : `Changed in another tab: ${detail.numbers.join(", ") || "settings or sequence of the bank"}`);
  });

  // News

  let gone = false;
  until(news.on("bank", (message) => session.hear(message).catch(failed)));
  until(news.on("library", () => session.key.startsWith("library-") && session.refresh().catch(failed)));
  until(news.on("disconnected", () => (gone = true)));
  until(news.on("connected", async () => {
    if (!gone) return;
    gone = false;
    try {
      await session.refresh();
    } catch (error) {
      if (!/not open any more/.test(error.message)) return failed(error);
      const { number } = session;
      const id = await session.bringBack();
      say("The bench was started anew; this page has brought the bank back");
      go(`#/patch/${id}/${number}`);
    }
    return undefined;
  }));
  until(keys.register({
    "Ctrl+z": ["Undo", undo], "Ctrl+Shift+z": ["Redo", redo], "Ctrl+y": ["Redo", redo],
    "Ctrl+s": ["Write into the bank", () => write([session.number])],
    "/": ["The other one of A and B", () => session.toggle()],
    Escape: ["Silence", silence],
    PageUp: ["Program before", step(-1)], PageDown: ["Next program", step(1)],
    "A to ;": ["Play (Z and X change the octave)", () => {}],
  }));
  const keep = () => session.save();
  window.addEventListener("pagehide", keep);
  until(() => {
    window.removeEventListener("pagehide", keep);
    session.save();
  });

  showProgram();
  showSound();
  light();
  return () => {
    for (const stop of stops) stop();
  };
}
