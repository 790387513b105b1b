// Least and greatest samples of a recording, fetched piece by piece: what is seen first, then what lies around.

import { api } from "/static/app.js";

export const COLUMNS = 1024; // of one tile
const MOST = 600; // tiles kept, 8 KiB each
const AT_ONCE = 4;

function seen(channel, step, begin, end) {
  const size = COLUMNS * step;
  const [from, to] = [Math.floor(begin / size), Math.floor(Math.max(end - 1, begin) / size)];
  return Array.from({ length: to - from + 1 }, (_, number) => [channel, step, from + number]);
}

/** What lies beside a view, and a coarser picture of more: a zoom out finds something at once. */
function around(channel, step, begin, end) {
  const mine = seen(channel, step, begin, end);
  const [from, to] = [mine[0][2], mine.at(-1)[2]];
  const found = [];
  for (let away = 1; away <= mine.length; away++) found.push([channel, step, to + away], [channel, step, from - away]);
  const coarse = 4 * step;
  const middle = Math.floor((begin + end) / 2 / (COLUMNS * coarse));
  return [...found, [channel, coarse, middle], [channel, coarse, middle + 1], [channel, coarse, middle - 1]];
}

export class Tiles {
  #kept = new Map();
  #wanted = [];
  #flying = new Map();
  #gone = false;

  constructor(file, frames, arrived) {
    this.file = file;
    this.frames = frames;
    this.arrived = arrived;
  }

  /** The smallest power of two whose columns are no finer than `framesEach`. */
  static step(framesEach) {
    return 2 ** Math.max(Math.floor(Math.log2(Math.max(framesEach, 1))), 0);
  }

  /** A tile that is here, or undefined: pairs of least and greatest. */
  get(channel, step, index) {
    return this.#kept.get(`${channel}/${step}/${index}`);
  }

  /** Wish for all tiles of views `[step, begin, end]` (frames), the first with its neighbours; no others are wanted. */
  want(channel, views) {
    const wished = views.flatMap(([step, begin, end]) => seen(channel, step, begin, end));
    wished.push(...around(channel, ...views[0]));
    const names = new Set(wished.map((one) => one.join("/")));
    for (const [key, stop] of this.#flying) {
      if (names.has(key)) continue;
      this.#flying.delete(key);
      stop.abort();
    }
    this.#wanted = wished.filter(([, step, index]) => {
      const key = `${channel}/${step}/${index}`;
      const there = index >= 0 && index * COLUMNS * step < this.frames;
      return there && !this.#kept.has(key) && !this.#flying.has(key);
    });
    this.#next();
  }

  /** No more of this recording is wanted. */
  close() {
    this.#gone = true;
    this.#wanted = [];
    for (const stop of this.#flying.values()) stop.abort();
    this.#kept.clear();
  }

  #next() {
    while (!this.#gone && this.#flying.size < AT_ONCE && this.#wanted.length) {
      const one = this.#wanted.shift();
      if (!this.#flying.has(one.join("/"))) this.#fetch(...one);
    }
  }

  async #fetch(channel, step, index) {
    const key = `${channel}/${step}/${index}`;
    const stop = new AbortController();
    this.#flying.set(key, stop);
    try {
      const begin = index * COLUMNS * step;
      const place = `begin=${begin}&end=${begin + COLUMNS * step}&width=${COLUMNS}`;
      const bytes = await api.bytes(`tape/${this.file}/columns?channel=${channel}&${place}`, { signal: stop.signal });
      if (this.#gone) return;
      this.#kept.set(key, new Float32Array(bytes));
      if (this.#kept.size > MOST) this.#kept.delete(this.#kept.keys().next().value);
      this.arrived();
    } catch (error) {
      if (error.name !== "AbortError") console.warn(error.message);
    } finally {
      if (this.#flying.get(key) === stop) this.#flying.delete(key);
      this.#next();
    }
  }
}
