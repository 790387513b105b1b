// Least and greatest samples of a recording, fetched piece by piece: what is seen first, then what lies around.

import { api } from "/static/app.js";

export const COLUMNS = 1024; // of one tile
const MOST = 600; // tiles kept, 8 KiB each
const AT_ONCE = 4;

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

  /** Wish for all tiles of `step` from frame `begin` to `end`, and then for their neighbours. */
  want(channel, step, begin, end) {
    const size = COLUMNS * step;
    const last = Math.max(Math.ceil(this.frames / size) - 1, 0);
    const [from, to] = [Math.floor(begin / size), Math.floor(Math.max(end - 1, begin) / size)];
    const wished = [];
    for (let index = from; index <= to; index++) wished.push([channel, step, index]);
    const around = Math.max(to - from, 1);
    for (let away = 1; away <= around; away++) wished.push([channel, step, to + away], [channel, step, from - away]);
    // A coarser picture of more than what is seen: a zoom out finds something at once.
    const coarse = step * 4;
    const middle = Math.floor((begin + end) / 2 / (COLUMNS * coarse));
    wished.push([channel, coarse, middle], [channel, coarse, middle + 1], [channel, coarse, middle - 1]);
    this.#wanted = wished.filter(([, each, index]) => {
      const most = each === step ? last : Math.ceil(this.frames / (COLUMNS * each)) - 1;
      const key = `${channel}/${each}/${index}`;
      return index >= 0 && index <= most && !this.#kept.has(key) && !this.#flying.has(key);
    });
    const names = new Set(wished.map((one) => one.join("/")));
    for (const [key, stop] of this.#flying) if (!names.has(key)) stop.abort();
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
    while (!this.#gone && this.#flying.size < AT_ONCE && this.#wanted.length) this.#fetch(...this.#wanted.shift());
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
      this.#flying.delete(key);
      this.#next();
    }
  }
}
