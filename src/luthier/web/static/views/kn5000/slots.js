// The five effect slots: what is in them, its parameters in their units, its curves.

import { el } from "/static/app.js";
import { plot } from "/static/views/kn5000/plot.js";

const NONE = "NO OPERATION";

function knobRow(word, knob, say) {
  const output = el("output", { class: "mono kn-amount", text: knob.text });
  const id = `kn-${word}-${knob.name}`.replace(/\W+/g, "-");
  const send = (value) => say({ setting: { slot: word, text: `${knob.name}=${value}` } });
  let input;
  if (knob.choices.length) {
    input = el("select", { id }, knob.choices.map((choice) => el("option", { value: choice, text: choice })));
    input.addEventListener("change", () => send(input.value));
  } else {
    input = el("input", { id, type: "range", min: knob.low, max: knob.high });
    input.addEventListener("input", () => send(input.value));
  }
  const mark = knob.certainty === "known" ? "" : knob.certainty;
  const element = el("div", { class: `kn-parameter${knob.choices.length ? " kn-choice" : ""}` },
    el("label", { for: id, text: knob.name }), input, output, el("span", { class: "quiet kn-mark", text: mark, title: `Numbers: ${knob.certainty}; sound: ${knob.sound}` }));
  return {
    element,
    show(now) {
      output.textContent = now.text;
      if (now.choices.length) input.value = now.text;
      else {
        if (!input.matches(":active")) input.value = now.number;
        input.setAttribute("aria-valuetext", now.text);
      }
    },
  };
}

function card(slot, say, draw) {
  let known = "";
  let settings = "";
  let rows = [];
  const head = `kn-slot-${slot.word}`;
  const choice = el("select", { id: head, "aria-label": `Effect in ${slot.page}` },
    el("option", { value: NONE, text: "nothing" }), slot.effects.map((name) => el("option", { value: name, text: name })));
  choice.addEventListener("change", () => say({ slot: { slot: slot.word, effect: choice.value } }));
  const free = el("button", { class: "plain kn-free", text: "Release", title: "Let the song choose again", "aria-label": `Let the song choose ${slot.page} again`, on: { click: () => say({ slot: { slot: slot.word } }) } });
  const who = el("span", { class: "chip" });
  const list = el("div", { class: "kn-parameters" });
  const pictures = el("div", { class: "kn-pictures" });
  return {
    element: el("section", { class: "card kn-slot", "data-slot": slot.word, "aria-label": slot.page },
      el("div", { class: "row" }, el("h3", { class: "grow", text: slot.page }), who, free), choice, list, pictures),
    slot(now) {
      choice.value = now.effect;
      who.textContent = now.held ? "yours" : "the song's";
      free.hidden = !now.held;
      if (known !== now.effect) {
        known = now.effect;
        rows = now.knobs.map((knob) => knobRow(slot.word, knob, say));
        list.replaceChildren(...rows.map((row) => row.element));
        pictures.replaceChildren();
      }
      now.knobs.forEach((knob, at) => rows[at].show(knob));
      const changed = JSON.stringify(now.knobs.map((knob) => knob.text));
      if (settings !== changed) {
        settings = changed;
        if (now.knobs.length) draw(slot.word);
      }
    },
    curves(told) {
      if (told.effect === known) pictures.replaceChildren(...told.pictures.map(plot));
    },
  };
}

/** All five. */
export function slots(panel, say) {
  const wanted = new Set();
  let busy = false;
  let visible = false;
  let timer = 0;
  let now = [];
  // One picture at a time, and none of what nobody looks at.
  function next() {
    if (busy || !visible || !wanted.size) return;
    const [word] = wanted;
    wanted.delete(word);
    busy = true;
    say({ curves: word });
  }
  const draw = (word) => {
    wanted.add(word);
    clearTimeout(timer);
    timer = setTimeout(next, 150);
  };
  const cards = panel.slots.map((slot) => card(slot, say, draw));
  return {
    element: el("div", {},
      el("div", { class: "kn-slots" }, cards.map((one) => one.element)),
      el("p", { class: "quiet", text: "Curves are measured from the sound of the effect as it is set. “modelled”: what the panel's numbers mean is not known of the machine." })),
    slots(told) {
      now = told;
      told.forEach((one, at) => cards[at].slot(one));
    },
    curves(told) {
      busy = false;
      cards[panel.slots.findIndex((slot) => slot.word === told.slot)]?.curves(told);
      next();
    },
    shown(on) {
      visible = on;
      next();
    },
    reset() {
      busy = false;
    },
    /** What is held, in the words of the command line. */
    held() {
      const found = {};
      const set = [];
      for (const one of now.filter((slot) => slot.held)) {
        found[one.word] = one.effect === NONE ? "none" : one.effect;
        for (const knob of one.knobs) set.push(`${one.word} ${knob.name}=${knob.choices.length ? knob.text : knob.number}`);
      }
      return set.length ? { ...found, set } : found;
    },
  };
}
