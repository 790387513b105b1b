// Rows that the server has, a page at a time: first what is in view, then the rest if it is not too much.

import { say } from "/static/app.js";

const PAGE = 1024;
const KEPT = 256; // pages
const AT_ONCE = 2;

/** `load(start, count)` gets some; `arrived()` is called when there are new ones. */
export function pages(load, arrived) {
  let there = new Map();
  let wanted = [];
  let total = 0; // pages there are
  let seen = [0, 0];
  let turn = 0;
  const under = new Set();

  async function fetch(page) {
    const mine = turn;
    under.add(page);
    try {
      const found = await load(page * PAGE, PAGE);
      if (mine !== turn) return;
      there.set(page, found);
      if (there.size > KEPT) there.delete(there.keys().next().value);
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
    // Nobody waits: one after the other comes what may be wanted later.
    if (!under.size && total <= KEPT) {
      for (let page = 0; page < total; page++) {
        if (!there.has(page)) {
          fetch(page);
          return;
        }
      }
    }
  }

  return {
    /** A row, or undefined while it is not there. */
    at: (row) => there.get(Math.floor(row / PAGE))?.[row % PAGE],
    /** These are in view: they and their neighbours are asked for. */
    want(start, end, count) {
      if (!count) return;
      const [first, last] = [Math.floor(start / PAGE), Math.floor(Math.max(start, end - 1) / PAGE)];
      const most = Math.floor((count - 1) / PAGE);
      total = most + 1;
      seen = [first, last];
      wanted = [];
      for (const page of [first, last, last + 1, first - 1]) {
        if (page >= 0 && page <= most && !there.has(page) && !under.has(page) && !wanted.includes(page)) wanted.push(page);
      }
      next();
    },
    /** Forget all; nothing more is asked for until something is in view. */
    clear() {
      turn++;
      total = 0;
      there = new Map();
      under.clear();
      wanted = [];
    },
  };
}
