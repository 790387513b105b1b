// Rows that the server has, a page at a time: what is in view is asked for, the newest wish first.

import { say } from "/static/app.js";

const PAGE = 256;
const KEPT = 80;
const AT_ONCE = 2;

/** `load(start, count)` gets some; `arrived()` is called when there are new ones. */
export function pages(load, arrived) {
  let there = new Map();
  let wanted = [];
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
      arrived();
    } catch (error) {
      if (mine === turn) say(error.message, { kind: "error" });
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
  }

  return {
    /** A row, or undefined while it is not there. */
    at: (row) => there.get(Math.floor(row / PAGE))?.[row % PAGE],
    /** These are in view: they and their neighbours are asked for. */
    want(start, end, count) {
      if (!count) return;
      const [first, last] = [Math.floor(start / PAGE), Math.floor(Math.max(start, end - 1) / PAGE)];
      const most = Math.floor(Math.max(count - 1, 0) / PAGE);
      wanted = [];
      for (const page of [first, last, last + 1, first - 1]) {
        if (page >= 0 && page <= most && !there.has(page) && !under.has(page) && !wanted.includes(page)) wanted.push(page);
      }
      next();
    },
    clear() {
      turn++;
      there = new Map();
      under.clear();
      wanted = [];
    },
  };
}
