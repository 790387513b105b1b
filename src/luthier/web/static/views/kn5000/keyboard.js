// Keys to play: on the screen, on the computer's keyboard, at a MIDI port.

import { el, say } from "/static/app.js";

const LOW = 36;
const HIGH = 96;
const BLACK = new Set([1, 3, 6, 8, 10]);
const NAMES = ["C", "C sharp", "D", "D sharp", "E", "F", "F sharp", "G", "G sharp", "A", "A sharp", "B"];
/** Two rows of the computer's keyboard, by place: a piano from C on. */
const CODES = ["KeyA", "KeyW", "KeyS", "KeyE", "KeyD", "KeyF", "KeyT", "KeyG", "KeyY", "KeyH", "KeyU", "KeyJ", "KeyK", "KeyO", "KeyL", "KeyP", "Semicolon"];
const TYPING = new Set(["INPUT", "TEXTAREA", "SELECT"]);

export function keyboard(send) {
  const part = el("select", { id: "kn-part" }, Array.from({ length: 16 }, (_, number) => el("option", { value: number, text: number + 1 })));
  const octave = el("select", { id: "kn-octave" }, [1, 2, 3, 4, 5, 6].map((number) => el("option", { value: number, text: number })));
  octave.value = 4;
  octave.addEventListener("change", () => {
    const scroll = board.parentElement;
    scroll.scrollTo({ left: keysOf.get(12 * (+octave.value + 1)).offsetLeft - 12 });
  });
  const down = new Map(); // by what holds it: the message that lets it go
  const keysOf = new Map();

  function press(holder, note, velocity = 100) {
    if (down.has(holder) || note < 0 || note > 127) return;
    const channel = +part.value;
    down.set(holder, [[0x80 | channel, note, 0], note]);
    keysOf.get(note)?.classList.add("down");
    send([0x90 | channel, note, velocity]);
  }
  function lift(holder) {
    const [message, note] = down.get(holder) ?? [];
    if (!message) return;
    down.delete(holder);
    keysOf.get(note)?.classList.remove("down");
    send(message);
  }
  const liftAll = () => [...down.keys()].forEach(lift);

  const board = el("div", { class: "kn-keys", role: "group", "aria-label": "Keys" });
  for (let note = LOW; note <= HIGH; note++) {
    const key = el("button", { class: BLACK.has(note % 12) ? "black" : "white", tabindex: -1, "data-note": note,
      "aria-label": `${NAMES[note % 12]} ${Math.floor(note / 12) - 1}`, text: note % 12 ? "" : `C${note / 12 - 1}` });
    keysOf.set(note, key);
    board.append(key);
  }
  const under = (event) => +(document.elementFromPoint(event.clientX, event.clientY)?.closest?.(".kn-keys button")?.dataset.note ?? NaN);
  const velocity = (event) => {
    const box = keysOf.get(under(event))?.getBoundingClientRect();
    return box ? Math.round(50 + 77 * Math.min(Math.max((event.clientY - box.top) / box.height, 0), 1)) : 100;
  };
  board.addEventListener("pointerdown", (event) => {
    if (Number.isNaN(under(event))) return;
    event.preventDefault();
    board.setPointerCapture(event.pointerId);
    press(event.pointerId, under(event), velocity(event));
  });
  board.addEventListener("pointermove", (event) => {
    const held = down.get(event.pointerId);
    if (!held || held[1] === under(event)) return;
    lift(event.pointerId);
    if (!Number.isNaN(under(event))) press(event.pointerId, under(event), velocity(event));
  });
  for (const end of ["pointerup", "pointercancel"]) board.addEventListener(end, (event) => lift(event.pointerId));

  const typing = el("button", { class: "plain", text: "Computer keys", title: "A, W, S, E, D … play, from the octave chosen", "aria-pressed": "false" });
  typing.addEventListener("click", () => typing.setAttribute("aria-pressed", typing.getAttribute("aria-pressed") !== "true"));
  function key(event) {
    const place = CODES.indexOf(event.code);
    if (place < 0) return;
    if (event.type === "keyup") {
      lift(event.code);
      return;
    }
    const field = TYPING.has(event.target.tagName) && !["range", "checkbox", "radio"].includes(event.target.type);
    if (typing.getAttribute("aria-pressed") !== "true" || field || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (!event.repeat) press(event.code, 12 * (+octave.value + 1) + place);
  }
  document.addEventListener("keydown", key, true);
  document.addEventListener("keyup", key, true);
  window.addEventListener("blur", liftAll);

  let access = null;
  const midi = el("button", { class: "plain", text: "MIDI keyboard", "aria-pressed": "false" });
  const hear = (event) => {
    const [status] = event.data;
    if (status >= 0xf8) return;
    // What is played goes to the part that is chosen here.
    send(status < 0xf0 ? [(status & 0xf0) | +part.value, ...event.data.slice(1)] : [...event.data]);
  };
  function listen() {
    const inputs = [...access.inputs.values()];
    for (const input of inputs) input.onmidimessage = hear;
    midi.setAttribute("aria-pressed", inputs.length > 0);
    return inputs;
  }
  midi.addEventListener("click", async () => {
    if (!navigator.requestMIDIAccess) {
      say("This browser has no Web MIDI; `luthier kn5000 play --port` plays a keyboard", { kind: "error" });
      return;
    }
    try {
      access = await navigator.requestMIDIAccess();
      access.onstatechange = listen;
      const inputs = listen();
      say(inputs.length ? `Listening to ${inputs.map((input) => input.name).join(", ")}` : "No MIDI keyboard is connected; it is heard as soon as it is");
    } catch {
      say("The browser does not let this page use MIDI", { kind: "error" });
    }
  });

  return {
    element: el("section", { class: "card kn-keyboard", "aria-label": "Live playing" },
      el("div", { class: "row" },
        el("label", { for: "kn-part", text: "Play part" }), part, typing,
        el("label", { for: "kn-octave", text: "Octave" }), octave, midi,
        el("button", { class: "plain", text: "All notes off", on: { click: () => (liftAll(), send(null)) } })),
      el("div", { class: "kn-keys-scroll" }, board)),
    /** Bring the middle of the keys into view, where not all fit. */
    show() {
      const scroll = board.parentElement;
      scroll.scrollLeft = (board.scrollWidth - scroll.clientWidth) / 2;
    },
    stop() {
      liftAll();
      document.removeEventListener("keydown", key, true);
      document.removeEventListener("keyup", key, true);
      window.removeEventListener("blur", liftAll);
      for (const input of access?.inputs.values() ?? []) input.onmidimessage = null;
    },
  };
}
