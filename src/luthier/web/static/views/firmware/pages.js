// Rows that the server has, a page at a time: what is in view, and beside it the rest if it is not too much.

import { say } from "/static/app.js";

const KEPT = 1 << 18; // rows
const AT_ONCE = 3;

/** `load(start, count)` gets some, `size` at a time; `arrived()` is called when there are new ones. */
export function pages(load, arrived, { size = 1024 } = {}) {
  const most = KEPT / size;
  let there = new Map();
  let wanted = [];
  let total = 0; // pages there are
  let seen = [0, 0];
  let turn = 0;
  let sweeping = false;
  const under = new Set();

  async function fetch(page) {
    const mine = turn;
    under.add(page);
    try {
      const found = await load(page * size, size);
      if (mine !== turn) return;
      there.set(page, found);
      if (there.size > most) there.delete(there.keys().next().value);
      if (page >= seen[0] && page <= seen[1]) arrived();
    } catch (error) {
      if (mine !== turn) return;
      // Nothing more until somebody scrolls on.
      [wanted, total] = [[], 0];
      say(error.message, { kind: "error" });
    } finally {
      if (mine === turn) {
        under.delete(page);
        next();
      }
    }
  }

  function next() {
    while (wanted.length && under.size < AT_ONCE) {
      const page = wanted.shift();
      if (!there.has(page) && !under.has(page)) fetch(page);
    }
    if (!sweeping) sweep();
  }

  /** One after the other comes what may be wanted later, the nearest first: whoever moves fast finds it there. */
  async function sweep() {
    const mine = turn;
    sweeping = true;
    while (mine === turn && total <= most) {
      const page = nearest();
      if (page === undefined) break;
      await fetch(page);
    }
    if (mine === turn) sweeping = false;
  }

  function nearest() {
    for (let away = 0; away < total; away++) {
      for (const page of [seen[1] + away, seen[0] - away]) {
        if (page >= 0 && page < total && !there.has(page) && !under.has(page)) return page;
      }
    }
    return undefined;
  }

  return {
    /** A row, or undefined while it is not there. */
    at: (row) => there.get(Math.floor(row / size))?.[row % size],
    /** These are in view: they are asked for first. */
    want(start, end, count) {
      if (!count) return;
      const [first, last] = [Math.floor(start / size), Math.floor(Math.max(start, end - 1) / size)];
      total = Math.ceil(count / size);
      seen = [first, last];
      wanted = [];
      // Neighbours come by the sweep, if there is one.
      for (const page of total > most ? [first, last, last + 1, first - 1] : [first, last]) {
        if (page >= 0 && page < total && !there.has(page) && !under.has(page) && !wanted.includes(page)) wanted.push(page);
      }
      next();
    },
    /** Forget all; nothing more is asked for until something is in view. */
    clear() {
      turn++;
      total = 0;
      sweeping = false;
      there = new Map();
      under.clear();
      wanted = [];
    },
  };
}
