// Keys to play: on the page, on the computer's keyboard, and of any MIDI keyboard that is connected.

import { el } from "/static/app.js";

const LOWEST = 36, HIGHEST = 84; // the 49 keys of the synth
const BLACK = new Set([1, 3, 6, 8, 10]);
/** Keys of the computer by where they are, in semitones above the octave. */
const PLACES = ["KeyA", "KeyW", "KeyS", "KeyE", "KeyD", "KeyF", "KeyT", "KeyG", "KeyY", "KeyH", "KeyU", "KeyJ", "KeyK", "KeyO", "KeyL", "KeyP", "Semicolon"];
const LETTERS = "AWSEDFTGYHUJKOLP;";

const typing = (target) => target.tagName === "TEXTAREA" || target.tagName === "SELECT" || (target.tagName === "INPUT" && !["range", "radio", "checkbox"].includes(target.type));

/** `play(message)` gets MIDI messages as arrays of bytes. */
export function keyboard(play) {
  const down = new Map(); // what holds a key: which
  let octave = 4; // of the letter A: C4 is 60
  const drawn = new Map();
  const whites = [...Array(HIGHEST - LOWEST + 1).keys()].filter((one) => !BLACK.has(one % 12)).length;
  let white = 0;
  const keys = [];
  for (let key = LOWEST; key <= HIGHEST; key++) {
    const black = BLACK.has(key % 12);
    const one = el("div", { class: `key ${black ? "black" : "white"}`, "data-key": key }, el("span", {}));
    one.style.left = `${((black ? white - 0.3 : white) / whites) * 100}%`;
    one.style.width = `${((black ? 0.6 : 1) / whites) * 100}%`;
    if (!black) white++;
    drawn.set(key, one);
    keys.push(one);
  }
  const bed = el("div", { class: "patch-keys", role: "img", "aria-label": "Keyboard of four octaves; the letters A to L play it, Z and X change the octave" }, keys);
  const element = el("div", { class: "patch-keybed" }, bed);

  function label() {
    for (const [key, one] of drawn) {
      const place = key - 12 * (octave + 1);
      one.firstChild.textContent = LETTERS[place] ?? (key % 12 === 0 ? `C${key / 12 - 1}` : "");
    }
  }

  function press(holder, key) {
    if (down.get(holder) === key || key < 0 || key > 127) return;
    release(holder);
    down.set(holder, key);
    drawn.get(key)?.classList.add("down");
    play([0x90, key, 100]);
  }

  function release(holder) {
    const key = down.get(holder);
    if (key === undefined) return;
    down.delete(holder);
    if ([...down.values()].includes(key)) return;
    drawn.get(key)?.classList.remove("down");
    play([0x80, key, 0]);
  }

  function releaseAll() {
    for (const holder of [...down.keys()]) release(holder);
  }

  // Pointers: several fingers, and sliding from key to key.
  const under = (event) => Number(document.elementFromPoint(event.clientX, event.clientY)?.closest(".key")?.dataset.key ?? NaN);
  bed.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    bed.setPointerCapture(event.pointerId);
    const key = under(event);
    if (key) press(`pointer ${event.pointerId}`, key);
  });
  bed.addEventListener("pointermove", (event) => {
    const holder = `pointer ${event.pointerId}`;
    if (!down.has(holder)) return;
    const key = under(event);
    if (key) press(holder, key);
  });
  for (const end of ["pointerup", "pointercancel"]) bed.addEventListener(end, (event) => release(`pointer ${event.pointerId}`));

  function keydown(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || document.querySelector("dialog[open]")) return;
    const place = PLACES.indexOf(event.code);
    if (place < 0 && event.code !== "KeyZ" && event.code !== "KeyX") return;
    event.preventDefault();
    if (event.repeat) return;
    if (place >= 0) press(event.code, 12 * (octave + 1) + place);
    else shift(event.code === "KeyX" ? 1 : -1);
  }

  /** Other octaves for the letters, and into view where the keys are wider than the page. */
  function shift(by) {
    octave = Math.min(Math.max(octave + by, 1), 6);
    label();
    const first = drawn.get(12 * (octave + 1)) ?? drawn.get(octave < 4 ? LOWEST : HIGHEST - 12);
    element.scrollTo({ left: first.offsetLeft - 12 });
  }

  const keyup = (event) => release(event.code);
  // Before the shortcuts of the page: while the editor is shown, letters are notes.
  window.addEventListener("keydown", keydown, true);
  window.addEventListener("keyup", keyup, true);
  window.addEventListener("blur", releaseAll);
  label();
  // In the middle of what is shown, where the keyboard is wider than the page.
  requestAnimationFrame(() => (element.scrollLeft = (element.scrollWidth - element.clientWidth) / 2));

  // MIDI
  let access = null;
  const hear = (event) => {
    const [status, key, value] = event.data;
    const kind = status & 0xf0;
    if (kind === 0x90 && value) press(`midi ${status & 15} ${key}`, key);
    else if (kind === 0x80 || kind === 0x90) release(`midi ${status & 15} ${key}`);
    else if (kind === 0xe0 || kind === 0xb0) play([...event.data]);
  };
  const connect = () => {
    for (const input of access.inputs.values()) input.onmidimessage = hear;
  };

  return {
    element,
    releaseAll,
    shift,
    /** Ask the browser for MIDI keyboards: the names of those that play now. */
    async midi() {
      if (!navigator.requestMIDIAccess) throw new Error("This browser has no MIDI; Chromium, Edge and Firefox have");
      access = await navigator.requestMIDIAccess();
      access.onstatechange = connect;
      connect();
      return [...access.inputs.values()].map((input) => input.name);
    },
    stop() {
      releaseAll();
      window.removeEventListener("keydown", keydown, true);
      window.removeEventListener("keyup", keyup, true);
      window.removeEventListener("blur", releaseAll);
      if (access) for (const input of access.inputs.values()) input.onmidimessage = null;
    },
  };
}
