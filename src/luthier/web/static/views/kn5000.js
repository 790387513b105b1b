// The SX-KN5000: songs and keys through its engine and anyone's sounds, with a desk, effects, voices, a log, the memory map, files.

import { api, el, go, keys, say } from "/static/app.js";
import { send } from "/static/opening.js";
import { player } from "/static/audio/player.js";
import { keyboard } from "/static/views/kn5000/keyboard.js";
import { log } from "/static/views/kn5000/log.js";
import { map } from "/static/views/kn5000/map.js";
import { mixer } from "/static/views/kn5000/mixer.js";
import { saving } from "/static/views/kn5000/saving.js";
import * as instrument from "/static/views/kn5000/sounds.js";
import { slots } from "/static/views/kn5000/slots.js";
import { transport } from "/static/views/kn5000/transport.js";
import { voices } from "/static/views/kn5000/voices.js";

const BUILT_IN = "built-in";
const RATE = 44100; // the engine's
const AHEAD = { song: 0.2, keys: 0.05 }; // seconds of sound that wait

function style() {
  const link = el("link", { rel: "stylesheet", href: "/static/views/kn5000/style.css" });
  return new Promise((resolve) => {
    link.addEventListener("load", () => resolve(link));
    link.addEventListener("error", () => resolve(link));
    document.head.append(link);
  });
}

/** Tabs by the pattern everybody knows: arrows move, the chosen one is in the order of Tab. */
function tabs(entries, shown) {
  const buttons = entries.map(([name, title]) => el("button", { class: "plain", role: "tab", id: `kn-tab-${name}`, "aria-controls": `kn-panel-${name}`, text: title }));
  const panels = entries.map(([name, , element]) => el("div", { role: "tabpanel", id: `kn-panel-${name}`, "aria-labelledby": `kn-tab-${name}`, hidden: true }, element));
  let now = -1;
  function choose(at, focus) {
    if (at === now) return;
    if (now >= 0) shown(entries[now][0], false);
    now = at;
    buttons.forEach((button, number) => {
      button.setAttribute("aria-selected", number === at);
      button.tabIndex = number === at ? 0 : -1;
      panels[number].hidden = number !== at;
    });
    if (focus) buttons[at].focus();
    shown(entries[at][0], true);
  }
  buttons.forEach((button, at) => button.addEventListener("click", () => choose(at)));
  const list = el("div", { class: "kn-tabs", role: "tablist", "aria-label": "What to see" }, buttons);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    choose((now + step + buttons.length) % buttons.length, true);
  });
  return { elements: [list, ...panels], choose, now: () => entries[now]?.[0] };
}

/** Where a song is played with some sounds. */
function place(song, sounds) {
  const others = sounds === instrument.BUILT_IN ? "" : `/${encodeURIComponent(sounds)}`;
  if (song !== BUILT_IN) return `#/song/${song}${others}`;
  return others ? `#/sounds${others}` : "#/kn5000";
}

let shown = null; // what takes dropped sounds

async function songs(chosen, sounds) {
  const [open, kept] = await Promise.all([api.get("files/"), api.get(`library/?${new URLSearchParams({ query: "kind:song" })}`).catch(() => ({ items: [] }))]);
  const select = el("select", { id: "kn-song" },
    el("option", { value: BUILT_IN, text: "Sixteen Windows (built-in)" }),
    el("optgroup", { label: "Open files" }, open.filter((file) => file.view === "song").map((file) => el("option", { value: file.id, text: file.name }))),
    el("optgroup", { label: "Library" }, kept.items.filter((item) => item.kind === "song").map((item) => el("option", { value: `item ${item.id}`, text: item.name }))));
  select.value = chosen;
  select.addEventListener("change", async () => {
    if (!select.value.startsWith("item ")) go(place(select.value, sounds));
    else go(place((await api.post(`library/items/${select.value.slice(5)}/open`)).id, sounds));
  });
  return el("p", { class: "row kn-song" }, el("label", { for: "kn-song", text: "Song" }), select);
}

export const view = {
  name: "kn5000",
  title: "SX-KN5000",

  async show(root, parameters, app) {
    const [id, wanted] = app.route === "sounds" ? [BUILT_IN, parameters[0]] : [parameters[0] ?? BUILT_IN, parameters[1]];
    const sounds = await instrument.prepared(wanted ?? instrument.BUILT_IN);
    const asked = new URLSearchParams({ sounds: sounds.name });
    const [panel, file, choice, sheet] = await Promise.all([
      api.get(`kn5000/panel?${asked}`), id === BUILT_IN ? { id, name: "Sixteen Windows" } : api.get(`files/${id}`), songs(id, sounds.name), style(),
    ]);
    const change = (name) => go(place(id, name));
    if (id !== BUILT_IN) app.title(file.name);
    let connected = false;
    let late = 0; // gaps that nobody heard
    let missed = 0;
    let heard = false;
    let waits = false; // Play was pressed before the instrument was ready

    const tell = (wanted) => connected && player.say(wanted);
    const wake = () => player.context?.resume();
    const act = {
      play(on) {
        wake();
        waits = on && !connected;
        player.lead(on ? AHEAD.song : AHEAD.keys);
        if (on) {
          late = missed = player.missed;
          bar.missed(0);
        }
        tell({ play: on });
      },
      go: (seconds) => tell({ go: seconds }),
      speed: (speed) => tell({ speed }),
      volume: (share) => (player.volume = share),
    };
    const bar = transport(panel, act);
    const desk = mixer(panel, tell);
    const effects = slots(panel, tell);
    const lives = voices();
    const diary = log(panel, tell, RATE);
    const memory = map();
    const files = saving({ song: () => ({ id, name: file.name }), held: effects.held, desk: desk.held, sounds });
    const board = keyboard((message) => {
      wake();
      if (message) player.midi(message);
      else tell({ quiet: true });
    });
    const seen = { effects, log: diary, map: memory, files };
    const pages = tabs([
      ["mixer", "Mixer", desk.element], ["effects", "Effects", effects.element], ["voices", "Voices", lives.element],
      ["log", "Log", diary.element], ["map", "Memory map", memory.element], ["files", "Save as sound", files.element],
    ], (name, on) => seen[name]?.shown(on));
    const state = el("p", { class: "quiet", role: "status", text: "The instrument is being made ready; the first time its parts are compiled, which takes a while." });

    function begin() {
      connected = true;
      state.hidden = true;
      effects.reset();
      player.lead(AHEAD.keys);
      tell({ song: id });
      if (pages.now() === "log") diary.shown(true);
      if (waits) act.play(true);
    }
    function hear({ detail: told }) {
      if (told.ready) begin();
      else if (told.ready === false && connected) {
        connected = false;
        state.hidden = false;
        state.textContent = "The bench does not answer; it is asked again.";
      }
      if (told.song) {
        bar.song(told.song, id === BUILT_IN);
        desk.song(told.song);
        for (const warning of told.song.warnings.slice(0, 3)) say(warning, { kind: "error" });
      }
      if (told.now) {
        heard = told.now.playing || told.now.sounding > 0;
        bar.now(told.now);
        desk.levels(told.now.parts);
        if (pages.now() === "voices") lives.now(told.now);
      }
      if (told.strips) desk.strips(told.strips);
      if (told.slots) effects.slots(told.slots);
      if (told.curves) effects.curves(told.curves);
      if (told.log) diary.entries(told.log);
      if (told.missed !== undefined) {
        if (!heard) late += told.missed - missed;
        missed = told.missed;
        bar.missed(missed - late);
      }
      if (told.error) say(told.error, { kind: "error" });
    }
    player.addEventListener("told", hear);
    const stopKeys = keys.register({
      p: ["Play or pause", () => bar.element.querySelector(".kn-play").click()],
      b: ["To the beginning of the song", () => act.go(0)],
    });
    root.append(
      el("div", { class: "row kn-head" }, el("h1", { class: "grow", text: id === BUILT_IN ? "SX-KN5000" : file.name }), choice),
      el("p", { class: "quiet", text: "MIDI files and your own keys, played as the Technics SX-KN5000 plays them. Drop a MIDI file on the page to hear it, or a SoundFont to play its sounds." }),
      instrument.choice(sounds, change), state,
      bar.element, board.element, ...pages.elements,
    );
    board.show();
    pages.choose(0);
    // Without a click the browser keeps it silent, but the instrument is there.
    player.start(`kn5000/play?${asked}`, { rate: RATE }).catch((error) => say(error.message, { kind: "error" }));

    shown = { change };

    return () => {
      shown = null;
      stopKeys();
      board.stop();
      player.removeEventListener("told", hear);
      player.stop();
      sheet.remove();
    };
  },

  /** Sounds are played at once; anything else opens as it does everywhere. */
  async dropped(files) {
    if (!shown || !instrument.likely(files)) return false;
    const arrived = await send(files);
    const name = arrived.every((one) => one.view === "sounds") ? instrument.named(arrived) : undefined;
    if (name) shown?.change(name);
    else if (arrived.length === 1) go(`#/${arrived[0].view}/${arrived[0].id}`);
    return true;
  },
};
