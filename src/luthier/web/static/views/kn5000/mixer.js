// A row for each part: sound, volume, pan, sends, mute, solo, level.

import { el } from "/static/app.js";

const TITLES = { volume: "Volume", pan: "Pan", reverb: "To reverb", effect: "To effect" };
const DRUMS = 15;

const shownValue = (knob, value) => (knob !== "pan" ? `${value}` : value === 64 ? "middle" : value < 64 ? `${64 - value} left` : `${value - 64} right`);

function sounds(panel) {
  return panel.categories.map((category, number) => el("optgroup", { label: category },
    number === DRUMS
      ? panel.kits.map((kit) => el("option", { value: `d${kit.number}`, text: kit.name }))
      : panel.programs.filter((one) => one.category === number).map((one) => el("option", { value: `${one.number}`, text: `${one.number + 1} ${one.name}` }))));
}

function strip(part, panel, say) {
  const name = `part ${part + 1}`;
  const knobs = {};
  const sound = el("select", { class: "kn-sound", "aria-label": `Sound of ${name}` }, sounds(panel));
  sound.addEventListener("change", () => {
    const drums = sound.value.startsWith("d");
    say({ sound: { part, program: +sound.value.replace("d", ""), drums } });
  });
  const cells = panel.knobs.map((knob) => {
    const output = el("output", { class: "mono" });
    const input = el("input", { type: "range", min: 0, max: 127, "aria-label": `${TITLES[knob]} of ${name}` });
    input.addEventListener("input", () => {
      output.textContent = shownValue(knob, +input.value);
      input.setAttribute("aria-valuetext", output.textContent);
      say({ turn: { part, knob, value: +input.value } });
    });
    input.addEventListener("dblclick", () => say({ turn: { part, knob, value: null } }));
    knobs[knob] = { input, output };
    return el("label", { class: "kn-knob" }, el("span", { class: "kn-label", text: TITLES[knob] }), input, output);
  });
  const toggle = (what, text, title) => {
    const button = el("button", { class: "plain kn-switch", text, title, "aria-label": `${title}: ${name}`, "aria-pressed": "false" });
    button.addEventListener("click", () => say({ switch: { part, what, on: button.getAttribute("aria-pressed") !== "true" } }));
    return button;
  };
  const mute = toggle("mute", "M", "Mute");
  const solo = toggle("solo", "S", "Solo");
  const insert = toggle("insert", "FX", "Through the DSP effect alone");
  const free = el("button", { class: "plain kn-free", text: "Release", title: "Let the song set this part again", "aria-label": `Let the song set ${name} again` });
  free.addEventListener("click", () => {
    for (const knob of panel.knobs) say({ turn: { part, knob, value: null } });
    say({ sound: { part, program: null } });
  });
  const meter = el("div", { class: "kn-bar kn-meter", role: "meter", "aria-label": `Level of ${name}`, "aria-valuemin": -60, "aria-valuemax": 0, "aria-valuenow": -60 }, el("i"));
  const element = el("li", { class: "kn-strip", "data-part": part },
    el("span", { class: "kn-number mono", text: part + 1 }), el("span", { class: "kn-switches" }, mute, solo, insert), sound, el("div", { class: "kn-knobs" }, cells), meter, free);
  return {
    element,
    strip(now) {
      const wanted = now.drums ? `d${now.program}` : `${now.program}`;
      if (document.activeElement !== sound) sound.value = wanted;
      if (!sound.value && now.drums) sound.value = `d${panel.kits[0].number}`;
      sound.title = `${panel.categories[now.category]}: ${now.sound}`;
      for (const [knob, { input, output }] of Object.entries(knobs)) {
        if (!input.matches(":active")) input.value = now[knob];
        output.textContent = shownValue(knob, +input.value);
        input.setAttribute("aria-valuetext", output.textContent);
        input.parentElement.classList.toggle("held", now.held.includes(knob));
      }
      sound.classList.toggle("held", now.held.includes("sound"));
      mute.setAttribute("aria-pressed", now.muted);
      solo.setAttribute("aria-pressed", now.solo);
      insert.setAttribute("aria-pressed", now.inserted);
      free.classList.toggle("unseen", !now.held.length);
      free.disabled = !now.held.length;
    },
    level(value) {
      meter.firstChild.style.transform = `scaleX(${Math.min(Math.max((value + 60) / 60, 0), 1)})`;
      meter.setAttribute("aria-valuenow", Math.max(value, -60));
    },
    used(on) {
      element.classList.toggle("idle", !on);
    },
  };
}

/** The desk of 16 parts. */
export function mixer(panel, say) {
  const strips = Array.from({ length: 16 }, (_, part) => strip(part, panel, say));
  let now = [];
  return {
    element: el("div", {},
      el("ul", { class: "kn-mixer", "aria-label": "Parts" }, strips.map((one) => one.element)),
      el("p", { class: "quiet", text: "M: mute. S: solo, only these are heard. FX: through the DSP effect alone. What you set holds, whatever the song says, until you release it. Levels are those before pan, sends and effects." })),
    strips(told) {
      now = told;
      told.forEach((one, part) => strips[part].strip(one));
    },
    levels: (levels) => levels.forEach((value, part) => strips[part].level(value)),
    song: (song) => strips.forEach((one, part) => one.used(song.parts.includes(part))),
    /** What is set here and not by the song, for a file. */
    held: () => now.map((one) => {
      const found = { part: one.part };
      for (const knob of one.held) if (knob !== "sound") found[knob] = one[knob];
      if (one.held.includes("sound")) Object.assign(found, { program: one.program, drums: one.drums });
      if (one.muted) found.muted = true;
      if (one.solo) found.solo = true;
      if (one.inserted) found.inserted = true;
      return found;
    }).filter((one) => Object.keys(one).length > 1),
  };
}
