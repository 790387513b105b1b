// The part of a recording that is looked at: from an hour to one half-wave; moved by drag, wheel, fingers, keys.

const FEWEST_FRAMES = 24; // a short half-wave of 44,100 Hz has 14
const WHEEL = 0.0015; // zoom for one unit of a wheel's turn, as an exponent
const LINE = 24; // pixels of a line, for wheels that count lines

export class Scene {
  #changed = new Set();
  #waits = false;

  constructor(frames, rate) {
    this.frames = frames;
    this.rate = rate;
    this.begin = 0;
    this.end = frames;
  }

  get span() {
    return this.end - this.begin;
  }

  get seconds() {
    return [this.begin / this.rate, this.end / this.rate];
  }

  /** Hear of every change, once a picture; what comes back ends that. */
  on(act) {
    this.#changed.add(act);
    return () => this.#changed.delete(act);
  }

  /** Have everything drawn anew. */
  touch() {
    if (this.#waits) return;
    this.#waits = true;
    requestAnimationFrame(() => {
      this.#waits = false;
      for (const act of this.#changed) act();
    });
  }

  /** Look at frames from `begin` to `end`, as far as there are any. */
  look(begin, end) {
    const least = Math.min(FEWEST_FRAMES, this.frames);
    const span = Math.min(Math.max(end - begin, least), this.frames);
    const middle = (begin + end) / 2;
    const from = Math.min(Math.max(middle - span / 2, 0), this.frames - span);
    if (from === this.begin && from + span === this.end) return;
    this.begin = from;
    this.end = from + span;
    this.touch();
  }

  /** Look at seconds, with some room around. */
  show(begin, end, room = 0.5) {
    const around = (end - begin) * room;
    this.look((begin - around) * this.rate, (end + around) * this.rate);
  }

  move(part) {
    const by = Math.min(Math.max(part * this.span, -this.begin), this.frames - this.end);
    this.look(this.begin + by, this.end + by);
  }

  /** Zoom by a factor (below 1 is nearer) around the place at `part` of the picture. */
  zoom(factor, part = 0.5) {
    const span = Math.min(Math.max(this.span * factor, FEWEST_FRAMES), this.frames);
    const place = this.begin + part * this.span;
    this.look(place - part * span, place - part * span + span);
  }

  whole() {
    this.look(0, this.frames);
  }
}

/** Let an element move the scene: drag, wheel, two fingers. What comes back takes that away. */
export function steer(element, scene) {
  const held = new Map();
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const width = () => element.clientWidth || 1;
  const part = (x) => Math.min(Math.max((x - element.getBoundingClientRect().left) / width(), 0), 1);

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    held.set(event.pointerId, event.clientX);
  }, options);
  element.addEventListener("pointermove", (event) => {
    if (!held.has(event.pointerId)) return;
    const before = [...held.values()];
    held.set(event.pointerId, event.clientX);
    const now = [...held.values()];
    if (now.length === 1) scene.move((before[0] - now[0]) / width());
    else if (now.length === 2) {
      const gap = (places) => Math.max(Math.abs(places[0] - places[1]), 8);
      scene.zoom(gap(before) / gap(now), part((now[0] + now[1]) / 2));
      scene.move((before[0] + before[1] - now[0] - now[1]) / 2 / width());
    }
  }, options);
  for (const over of ["pointerup", "pointercancel"]) {
    element.addEventListener(over, (event) => held.delete(event.pointerId), options);
  }
  element.addEventListener("wheel", (event) => {
    const turn = (delta) => delta * (event.deltaMode === 1 ? LINE : 1);
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      scene.move(turn(event.deltaX || event.deltaY) / width());
    } else {
      event.preventDefault();
      scene.zoom(Math.exp(WHEEL * turn(event.deltaY)), part(event.clientX));
    }
  }, { passive: false, signal: stop.signal });
  element.addEventListener("dblclick", (event) => scene.zoom(0.25, part(event.clientX)), options);
  return () => stop.abort();
}

/** Minutes and seconds, as finely as a span of time needs. */
export function clock(seconds, span = 10) {
  const digits = Math.min(Math.max(Math.ceil(-Math.log10(Math.max(span, 1e-6) / 20)), 0), 6);
  const rounded = Number(seconds.toFixed(digits));
  const minutes = Math.floor(rounded / 60);
  const rest = (rounded - 60 * minutes).toFixed(digits);
  return `${minutes}:${rest.padStart(digits ? digits + 3 : 2, "0")}`;
}

/** How long something lasts, in the unit that suits. */
export function lasting(seconds) {
  if (seconds >= 90) return `${(seconds / 60).toFixed(1)} min`;
  if (seconds >= 1) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  return `${(seconds * 1000).toFixed(seconds < 0.1 ? 2 : 0)} ms`;
}
