// A song to a file: in a job that can be stopped, with the bytes of the command line.

import { api, el, job, say } from "/static/app.js";

const quoted = (text) => (/^[\w.:/+-]+$/.test(text) ? text : `"${text}"`);

/** `song()` names the song, `held()` what is in the slots, `desk()` what the desk holds, `sounds` whose sounds play. */
export function saving({ song, held, desk, sounds }) {
  const field = (id, title, input) => el("p", { class: "row" }, el("label", { for: id, text: title }), input);
  const choice = (id, options) => el("select", { id }, options.map(([value, text]) => el("option", { value, text })));
  const suffix = choice("kn-suffix", [[".wav", "WAV"], [".flac", "FLAC"]]);
  const rate = choice("kn-rate", [["44100", "44,100 Hz"], ["48000", "48,000 Hz"], ["96000", "96,000 Hz"]]);
  const bits = choice("kn-bits", [["", "as usual"], ["16", "16 bits"], ["24", "24 bits"], ["32", "32 bits (floats)"]]);
  const level = choice("kn-level", [["", "as it is"], ["loudness", "−16 LUFS (music)"], ["-23", "−23 LUFS (broadcast)"], ["peak:-1", "peak −1 dBFS"]]);
  const loop = el("input", { id: "kn-loop", type: "number", min: 1, max: 1000, value: 1 });
  const tail = el("input", { id: "kn-tail", type: "number", min: 0, max: 600, step: 0.1, placeholder: "until silence" });
  const withSlots = el("input", { type: "checkbox", checked: true });
  const withDesk = el("input", { type: "checkbox", checked: true });
  const command = el("pre", { class: "kn-command", "aria-label": "The same on the command line" });
  const results = el("ul", { class: "files", "aria-label": "Rendered files" });
  const button = el("button", { text: "Render" });

  function options() {
    const found = { song: song().id, suffix: suffix.value, rate: +rate.value, loop: +loop.value || 1 };
    if (bits.value) found.bits = +bits.value;
    if (level.value) found.normalise = level.value;
    if (tail.value !== "") found.tail = +tail.value;
    if (withSlots.checked) Object.assign(found, held());
    if (withDesk.checked && desk().length) found.desk = desk();
    if (sounds.options.length) found.sounds = sounds.name;
    return found;
  }
  function show() {
    const { song: id, suffix: kind, set = [], desk: strips = [], sounds: _, ...rest } = options();
    const name = id === "built-in" ? "built-in" : song().name;
    const words = ["luthier kn5000 render", quoted(name), "-o", quoted(`${name.replace(/\.\w+$/, "")}${kind}`)];
    for (const [option, value] of Object.entries(rest)) {
      if ((option === "rate" && value === 44100) || (option === "loop" && value === 1)) continue;
      words.push(`--${option}`, quoted(`${value}`));
    }
    words.push(...sounds.options.map(quoted));
    for (const one of set) words.push("--set", quoted(one));
    const inserted = strips.filter((one) => one.inserted).map((one) => one.part + 1);
    if (inserted.length) words.push("--effect-parts", inserted.join(","));
    const beyond = strips.some((one) => Object.keys(one).some((key) => !["part", "inserted"].includes(key)));
    command.textContent = words.join(" ") + (beyond ? "\n(The command line has no mixer: what you set in it is in this file only.)" : "");
  }
  async function render() {
    button.disabled = true;
    try {
      const done = await job(await api.post("kn5000/render", options()));
      results.prepend(el("li", { class: "file card" },
        el("div", {}, el("h3", { text: done.name }), done.lines.slice(0, 8).map((line) => el("p", { class: "quiet", text: line }))),
        el("div", { class: "actions" }, el("a", { class: "button", href: `/api/files/${done.id}/content`, download: done.name, text: "Save", "aria-label": `Save ${done.name}` }))));
      say(`${done.name} is rendered`);
    } catch (error) {
      if (error.name === "AbortError") say("Rendering was stopped; nothing is left of it");
      else say(error.message, { kind: "error" });
    } finally {
      button.disabled = false;
    }
  }
  button.addEventListener("click", render);
  const form = el("div", { class: "card kn-saving" },
    el("div", { class: "kn-fields" },
      field("kn-suffix", "Format", suffix), field("kn-rate", "Sampling rate", rate), field("kn-bits", "Samples", bits),
      field("kn-level", "Level", level), field("kn-loop", "Times the loop, or the song, is played", loop), field("kn-tail", "Seconds after the end", tail)),
    el("p", {}, el("label", { class: "row" }, withSlots, "with the effects that are yours")),
    el("p", {}, el("label", { class: "row" }, withDesk, "with what you set in the mixer")),
    el("p", {}, button));
  form.addEventListener("input", show);
  return {
    element: el("div", {}, form, el("h3", { text: "The same on the command line" }), command, results),
    shown(on) {
      if (on) show();
    },
  };
}
