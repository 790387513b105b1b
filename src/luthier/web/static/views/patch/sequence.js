// The sequence and the chord memory of a bank: seen, played, saved as a MIDI file and taken from one.

import { api, el, say } from "/static/app.js";
import { chosen, send } from "/static/opening.js";
import { save } from "/static/saving.js";

const STEPS = [["1/4", "a quarter note"], ["1/8", "an eighth"], ["1/16", "a sixteenth"], ["1/32", "a thirty-second"], ["1/12", "a triplet eighth"], ["1/24", "a triplet sixteenth"]];
const BASES = [["auto", "whichever suits them"], ["0", "as in the service manual"], ["24", "two octaves higher"]];
const SIGNS = { rest: ".", tie: "~" };

const option = ([value, text]) => el("option", { value, text });
const failed = (error) => say(error.message, { kind: "error" });
const labelled = (id, text, field) => {
  field.id = id;
  return el("span", { class: "patch-field" }, el("label", { for: id, text }), field);
};

/** When there is a voice; the click that asks for it also begins it. */
export function heard(player) {
  if (player.ready) return Promise.resolve();
  return new Promise((resolve) => {
    const listen = ({ detail }) => {
      if (!detail.ready) return;
      player.removeEventListener("told", listen);
      resolve();
    };
    player.addEventListener("told", listen);
  });
}

/** The tray of a session; `player` plays it with the sound that is being edited. */
export function sequence(session, player) {
  const summary = el("div", { class: "quiet" });
  const chord = el("p", {});
  const grid = el("ol", { class: "patch-steps", "aria-label": "Steps of the sequence", tabindex: 0 });
  const tempo = el("input", { type: "number", min: 4, max: 999, value: 120 });
  const base = el("select", {}, BASES.map(option));
  const step = el("select", {}, STEPS.map(option));
  step.value = "1/16";
  const channel = el("select", {}, option(["", "all but 10"]), Array.from({ length: 16 }, (_, number) => option([number + 1, number + 1])));
  const off = el("select", {}, option(["", "moved by octaves"]), option(["drop", "left out"]));
  const lost = el("div", { "aria-live": "polite" });
  const play = el("button", { text: "Play" });
  const export_ = el("button", { class: "plain", text: "Save as MIDI file" });
  const given = el("input", { type: "file", class: "hidden-input", id: "patch-sequence-file", accept: ".mid,.midi,.smf", "aria-label": "Replace the sequence by a MIDI file" });
  let now = 0;
  let turn = 0;

  async function show() {
    const mine = ++turn;
    const found = await api.get(`sequence/${session.key}?base=${base.value}`);
    if (mine !== turn) return;
    play.disabled = export_.disabled = !found.steps.length;
    summary.replaceChildren(...found.summary.filter((line) => !line.startsWith("chord")).map((text) => el("p", { text })), ...found.problems.map((text) => el("p", { class: "warn", text })));
    chord.textContent = found.chord.codes.length
      ? `Chord memory: ${found.chord.codes.join(" ")}. These are ${found.chord.meaning}; the key Chord plays them as steps above its lowest.`
      : "The chord memory is empty.";
    grid.hidden = !found.steps.length;
    grid.replaceChildren(...found.steps.map(({ name, kind }) => el("li", { class: kind, title: name, "aria-label": name, text: SIGNS[kind] ?? name })));
    mark();
  }
  function mark() {
    for (const [place, cell] of [...grid.children].entries()) cell.classList.toggle("now", place + 1 === now);
    play.textContent = now ? "Stop" : "Play";
  }
  play.addEventListener("click", async () => {
    if (now) return player.say({ sequence: false });
    await heard(player);
    return player.say({ bank: session.key, sequence: true, tempo: Number(tempo.value) || 120 });
  });
  export_.addEventListener("click", async () => {
    const query = new URLSearchParams({ tempo: tempo.value || "120", step: step.value, base: base.value });
    try {
      const losses = await save(`sequence/${session.key}/midi?${query}`);
      say(losses.length ? `Saved; not carried: ${losses.join("; ")}` : "The sequence is among your downloads");
    } catch (error) {
      failed(error);
    }
  });
  given.addEventListener("change", async () => {
    const [file] = await send(chosen(given));
    given.value = "";
    if (!file) return;
    try {
      const taken = await session.sequence({ file: file.id, step: step.value, base: base.value, channel: Number(channel.value) || null, drop: off.value === "drop" });
      lost.replaceChildren(el("p", { text: `${file.name}: ${taken.steps} steps in ${taken.bytes} bytes; ${taken.reason}.` }),
        taken.losses.length ? el("p", { text: "Not carried:" }) : el("p", { class: "good", text: "Nothing is lost." }),
        taken.losses.length ? el("ul", {}, taken.losses.map((text) => el("li", { text }))) : "");
      say(`The sequence is that of ${file.name}`, { undo: () => session.undo().catch(failed) });
    } catch (error) {
      failed(error);
    }
  });
  base.addEventListener("change", () => show().catch(failed));
  const listen = ({ detail }) => {
    if (detail.step === undefined && detail.ready !== false) return;
    now = detail.step ?? 0;
    mark();
  };
  player.addEventListener("told", listen);
  return {
    title: "Sequence and chord",
    body: [
      summary,
      el("div", { class: "row" }, play, labelled("patch-sequence-tempo", "Tempo", tempo), labelled("patch-sequence-base", "Notes are", base)),
      grid, chord,
      el("div", { class: "row" }, labelled("patch-sequence-step", "A step is", step), export_),
      el("div", { class: "row" }, labelled("patch-sequence-channel", "Channels taken", channel), labelled("patch-sequence-off", "Notes off the keyboard are", off),
        el("span", {}, given, el("label", { for: "patch-sequence-file", class: "button plain", text: "Take a MIDI file …" }))),
      lost,
    ],
    show,
    close: () => player.removeEventListener("told", listen),
  };
}
