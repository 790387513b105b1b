// A recording of a tape: seen from an hour to one half-wave, heard, read, and its sounds saved.

import { api, el, go, job, keys, say } from "/static/app.js";
import { chosen, described, send } from "/static/opening.js";
import { curves } from "/static/views/tape/curves.js";
import { halfWaves } from "/static/views/tape/half_waves.js";
import { places } from "/static/views/tape/places.js";
import { Player } from "/static/views/tape/player.js";
import { advice, measured, programs, saving, verdict } from "/static/views/tape/result.js";
import { clock, lasting, Scene } from "/static/views/tape/scene.js";
import { wave } from "/static/views/tape/wave.js";

const STYLES = ["/static/views/tape/tape.css", "/static/vendor/uPlot/uPlot.min.css"];
const MOVE = 0.25; // of the picture, for an arrow key
const NEARER = 0.5;
const ROOM = 0.4; // seconds of sound before and after a bad place

function styled() {
  return Promise.all(STYLES.map((href) => {
    if (document.querySelector(`link[href="${href}"]`)) return null;
    return new Promise((resolve) => document.head.append(el("link", { rel: "stylesheet", href, on: { load: resolve, error: resolve } })));
  }));
}

/** What the job or the answer of a request gives in the end. */
async function ended(answer) {
  return answer.job ? job(answer.job) : answer;
}

async function shapeOf(file) {
  const answer = await api.post(`tape/${file}/shape`);
  return answer.shape ?? job(answer.job);
}

/** Everything that is drawn over the time of one recording. */
class Scope {
  #ends = [];
  #reading = [];

  constructor(file, shape) {
    this.file = file;
    this.shape = shape;
    this.scene = new Scene(shape.frames, shape.rate);
    this.recording = null;
    this.stage = "recording";
    this.wave = wave(file, shape, this.scene, () => ({ marks: this.marks, dumps: this.recording?.dumps ?? [] }));
    this.player = new Player(file, shape.seconds, (seconds) => this.#heard(seconds));
    this.bar = this.#bar();
    this.strip = el("div", {});
    this.charts = el("div", { class: "scope" });
    this.box = el("section", { "aria-label": "Waveform", class: "scope" },
      this.bar, this.wave.overview, this.wave.main, this.strip, this.charts);
    this.#ends.push(this.scene.on(() => this.#told()), keys.register(this.#keys()));
    this.#told();
  }

  get marks() {
    return this.recording?.marks ?? [];
  }

  /** Add what was read from this recording: number `number` of reading `key`. */
  read(key, number, recording) {
    this.#forget();
    this.recording = recording;
    for (const one of this.steps) one.hidden = !this.marks.length;
    if (recording.dumps.some((dump) => dump.channel === "right") && this.shape.channels > 1) this.channel(1);
    if (!recording.dumps.length) return this.scene.touch();
    const strip = halfWaves(key, number, this.scene, (data) => {
      this.wave.state.edges = data;
    });
    const [levels, speeds] = [el("div", { class: "chart" }), el("div", { class: "chart" })];
    this.strip.replaceChildren(strip.box, el("p", { class: "caption" }, "Lengths of the half-waves:",
      el("span", { class: "swatch short", text: "short, a 1" }), el("span", { class: "swatch long", text: "long, a 0" }),
      el("span", { class: "swatch odd", text: "odd: neither, or lost" })));
    this.charts.replaceChildren(el("p", { class: "caption", text: "Level" }), levels, el("p", { class: "caption", text: "Speed of the tape" }), speeds);
    this.#reading.push(() => strip.close(), curves(key, number, this.scene, levels, speeds));
    this.scene.touch();
  }

  go(mark) {
    this.scene.show(mark.begin, Math.max(mark.end, mark.begin + 0.004), 1);
    this.wave.main.scrollIntoView({ block: "nearest" });
  }

  async play(begin, end) {
    const dump = this.recording?.dumps.find((one) => one.begin <= end && begin <= one.end);
    const how = { channel: this.wave.state.channel, stage: this.stage };
    if (dump) Object.assign(how, { front: dump.front, scale: dump.scale });
    try {
      await this.player.play(begin, end, how);
    } catch (error) {
      say(error.message, { kind: "error" });
    }
  }

  playMark(mark) {
    this.go(mark);
    return this.play(mark.begin - ROOM, mark.end + ROOM);
  }

  toggle() {
    if (this.player.plays) this.player.stop();
    else this.play(...this.scene.seconds);
  }

  channel(number) {
    this.wave.state.channel = number;
    if (this.channels) this.channels.value = String(number);
    this.scene.touch();
  }

  /** The next bad place to the right (1) or left (-1) of the middle. */
  step(way) {
    const middle = (this.scene.begin + this.scene.end) / 2 / this.shape.rate;
    const near = 1e-4;
    const centre = (mark) => (mark.begin + Math.max(mark.end, mark.begin + 0.004)) / 2;
    const ordered = way > 0 ? this.marks : [...this.marks].reverse();
    const next = ordered.find((mark) => way * (centre(mark) - middle) > near);
    if (next) this.go(next);
    else say(this.marks.length ? "There is no bad place further on" : "There are no bad places");
  }

  close() {
    this.#forget();
    this.player.close();
    for (const end of this.#ends) end();
    this.wave.close();
  }

  #forget() {
    for (const end of this.#reading) end();
    this.#reading = [];
    this.wave.state.edges = null;
  }

  #heard(seconds) {
    this.wave.state.playing = seconds;
    this.playButton.textContent = seconds === null ? "▶ Play" : "■ Stop";
    this.scene.touch();
  }

  #told() {
    const [from, to] = this.scene.seconds;
    this.readout.textContent = `${clock(from, to - from)} – ${clock(to, to - from)}  (${lasting(to - from)})`;
  }

  #bar() {
    const { scene } = this;
    const button = (text, label, act) => el("button", { class: "plain", text, "aria-label": label, title: label, on: { click: act } });
    this.readout = el("span", { class: "readout quiet" });
    this.steps = [button("◂ Bad", "The bad place before (p)", () => this.step(-1)), button("Bad ▸", "The next bad place (n)", () => this.step(1))];
    for (const one of this.steps) one.hidden = true; // until bad places are known
    this.playButton = el("button", { class: "plain play", text: "▶ Play", title: "Hear what is shown (k)", on: { click: () => this.toggle() } });
    this.channels = this.shape.channels > 1 && el("select", { "aria-label": "Channel", on: { change: (event) => this.channel(Number(event.target.value)) } },
      el("option", { value: "0", text: "Left" }), el("option", { value: "1", text: "Right" }));
    return el("div", { class: "bar" },
      button("−", "Zoom out (-)", () => scene.zoom(1 / NEARER)), button("+", "Zoom in (+)", () => scene.zoom(NEARER)),
      button("All", "The whole recording (0)", () => scene.whole()),
      button("Half-wave", "As near as one half-wave (1)", () => this.nearest()),
      this.steps,
      this.playButton,
      el("select", { "aria-label": "What is heard", on: { change: (event) => { this.stage = event.target.value; } } },
        el("option", { value: "recording", text: "as recorded" }), el("option", { value: "decoder", text: "as the decoder hears it" })),
      this.channels, this.readout);
  }

  nearest() {
    const frames = this.shape.rate / 1400; // a long half-wave lasts a 1,400th of a second
    const middle = (this.scene.begin + this.scene.end) / 2;
    this.scene.look(middle - frames, middle + frames);
  }

  #keys() {
    const { scene } = this;
    return {
      "ArrowLeft": ["Tape: to the left", () => scene.move(-MOVE)], "ArrowRight": ["Tape: to the right", () => scene.move(MOVE)],
      "Shift+ArrowLeft": ["Tape: a picture to the left", () => scene.move(-1)], "Shift+ArrowRight": ["Tape: a picture to the right", () => scene.move(1)],
      "+": ["Tape: nearer", () => scene.zoom(NEARER)], "-": ["Tape: farther", () => scene.zoom(1 / NEARER)],
      "0": ["Tape: the whole recording", () => scene.whole()], "1": ["Tape: one half-wave", () => this.nearest()],
      n: ["Tape: next bad place", () => this.step(1)], p: ["Tape: bad place before", () => this.step(-1)],
      k: ["Tape: play or stop what is shown", () => this.toggle()],
    };
  }
}

/** A dialog in which more recordings of the same tape are chosen; the identities of all, or null. */
async function moreTakes(ids) {
  const open = (await api.get("files/")).filter((file) => file.view === "tape" && !ids.includes(file.id));
  const input = el("input", { type: "file", multiple: true, accept: "audio/*,video/*" });
  const boxes = open.map((file) => el("input", { type: "checkbox", value: file.id }));
  return new Promise((resolve) => {
    const done = async (yes) => {
      const picked = boxes.filter((box) => box.checked).map((box) => box.value);
      if (yes && !picked.length && !input.files.length) {
        missing.hidden = false;
        (boxes[0] ?? input).focus();
        return undefined;
      }
      dialog.close();
      if (!yes) return resolve(null);
      const sent = input.files.length ? (await send(chosen(input))).map((file) => file.id) : [];
      return resolve(picked.length + sent.length ? [...ids, ...picked, ...sent] : null);
    };
    const missing = el("p", { class: "bad", role: "alert", hidden: true, text: "Choose a recording first." });
    const dialog = el("dialog", { class: "choose", "aria-label": "Another recording of this tape", on: { close: () => dialog.remove(), cancel: () => resolve(null) } },
      el("h2", { text: "Another recording of this tape" }),
      el("p", { text: "Read together, each recording fills the holes of the others." }),
      boxes.map((box, index) => el("label", {}, box, open[index].name)),
      el("label", {}, "From a file:", input), missing,
      el("p", { class: "row" }, el("button", { text: "Read together", on: { click: () => done(true) } }),
        el("button", { class: "plain", text: "Not now", on: { click: () => done(false) } })));
    document.body.append(dialog);
    dialog.showModal();
  });
}

export const view = {
  name: "tape",
  title: "Tape",

  async show(root, ids, app) {
    await styled();
    const files = await Promise.all(ids.map((id) => api.get(`files/${id}`)));
    app.title(files.map((file) => file.name).join(", "));
    let scope = null;
    let gone = false;
    let reading = null;
    let memory = 0;
    const scopeBox = el("div", {});
    // What a first look says at once; the reading looks everywhere, which takes a while.
    const glances = files.filter((file) => !file.format).map((file) => el("p", { class: "quiet",
      text: `${files.length > 1 ? `${file.name}: ` : "This is "}${described(file)}. It is searched all the same.` }));
    const top = el("div", { class: "result" }, el("div", { class: "verdict card part" }, el("p", { text: "The recording is being read …" }), glances));
    const below = el("div", {});
    const another = el("button", { class: "plain", text: "Add another recording of this tape", on: { click: async () => {
      const all = await moreTakes(ids);
      if (all) go(`#/tape/${all.join("/")}`);
    } } });
    const tabs = el("div", { class: "takes" },
      files.length > 1 && files.map((file, index) => el("button", { class: "plain", text: file.name, "aria-pressed": String(index === 0), on: { click: () => draw(index) } })),
      another);

    /** Draw recording `index`. */
    async function draw(index) {
      for (const [place, button] of [...tabs.querySelectorAll("[aria-pressed]")].entries()) button.setAttribute("aria-pressed", String(place === index));
      const shape = await shapeOf(ids[index]);
      if (gone) return;
      scope?.close();
      scope = new Scope(ids[index], shape);
      scopeBox.replaceChildren(scope.box);
      listed();
    }

    /** The bad places of the recording that is drawn, and its half-waves. */
    function listed() {
      if (!reading || !scope) return;
      const number = reading.recordings.findIndex((one) => one.file === scope.file);
      if (number < 0) return;
      scope.read(reading.key, number, reading.recordings[number]);
      below.querySelector("[data-places]")?.replaceChildren(places(scope.marks, {
        go: (mark) => scope.go(mark), play: (mark) => scope.playMark(mark),
        filled: reading.memories.length > 0 && reading.memories.every((one) => one.complete),
      }));
    }

    /** The recordings that hold a memory. */
    const holders = (one) => reading.recordings.filter((recording) => one.takes.some((take) => take.recording === recording.name));

    /** Look at another of the memories that were found, and at a recording of it. */
    async function turn(index) {
      memory = index;
      shown();
      const mine = holders(reading.memories[index]);
      if (scope && mine.length && !mine.some((one) => one.file === scope.file)) await draw(ids.indexOf(mine[0].file));
    }

    /** Show where program `number` was lost: in the recording that is drawn, or in another one. */
    async function goTo(number) {
      const has = (one) => one.marks.find((mark) => mark.programs.includes(number));
      const mine = holders(reading.memories[memory]);
      const holder = mine.find((one) => one.file === scope.file && has(one)) ?? mine.find(has);
      if (!holder) return say("Nothing of it was found on the tape");
      if (holder.file !== scope.file) await draw(ids.indexOf(holder.file));
      scope.go(has(holder));
    }

    function shown() {
      const one = reading.memories[memory];
      const several = reading.memories.length > 1 && el("div", { class: "takes", role: "group", "aria-label": "Memories" },
        el("span", { text: "Different memories were found:" }),
        reading.memories.map((entry, index) => el("button", { class: "plain",
          text: `#${entry.name}, ${entry.takes.map((take) => `${take.recording} at ${clock(take.begin, 100)}`).join(" and ")}: ${entry.programs_right} programs right`,
          "aria-pressed": String(index === memory), on: { click: () => turn(index) } })));
      top.replaceChildren(...[verdict(reading, one), several, saving(reading.key, one ? memory + 1 : 0, one)].filter(Boolean));
      const found = one && !reading.nothing;
      below.replaceChildren(el("div", { class: found ? "columns" : "" },
        found && programs(one, goTo), el("div", {}, found && advice(reading), found && el("div", { "data-places": true }))), measured(reading));
      listed();
    }

    async function read() {
      try {
        const { key } = await ended(await api.post("tape/read", { files: ids }));
        const found = { key, ...(await api.get(`tape/readings/${key}`)) };
        if (gone) return;
        reading = found;
        if (reading.memories.length > 1) await turn(reading.best ?? 0);
        else {
          memory = 0;
          shown();
        }
      } catch (error) {
        if (gone) return;
        const again = el("button", { text: "Read it", on: { click: () => {
          top.replaceChildren(el("p", { text: "The recording is being read …" }));
          read();
        } } });
        const stopped = error.name === "AbortError";
        top.replaceChildren(el("div", { class: `verdict card ${stopped ? "part" : "none"}` },
          el("p", stopped ? { text: "The reading was stopped." } : { role: "alert", text: error.message }), again));
      }
    }

    root.append(
      el("h1", { text: files.length === 1 ? files[0].name : `${files.length} recordings together` }), tabs, top, scopeBox, below);
    draw(0).catch((error) => {
      if (!gone) scopeBox.replaceChildren(el("p", { class: "card", role: "alert", text: error.name === "AbortError" ? "Drawing was stopped. Open the recording again to see it." : error.message }));
    });
    read();
    return () => {
      gone = true;
      scope?.close();
    };
  },
};
