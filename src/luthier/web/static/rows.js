// Rows without number: only those in view exist.  For bytes, listings, and what a search found.

import { el } from "/static/elements.js";

// Browsers cannot scroll over heights beyond some ten million pixels: longer lists move in proportion.
const TALLEST = 8_000_000;

/**
 * `rows({label, count, height, draw})`: `draw(number)` makes the element of a row at once (with what is there);
 * `height` in pixels is that of every row.  Gives `{element, count, first, visible, show, redraw, resize}`.
 */
export function rows({ label, count = 0, height, draw, attributes = {}, moved = () => {} }) {
  const inside = el("div", { class: "rows-inside", role: "presentation" });
  const pane = el("div", { class: "rows-pane", role: "presentation" }, inside);
  const spacer = el("div", { class: "rows-spacer", role: "presentation" }, pane);
  const element = el("div", { class: "rows", tabindex: 0, "aria-label": label, ...attributes }, spacer);
  let first = 0;
  let set = -1;
  let waiting = false;

  const visible = () => Math.max(1, Math.floor(element.clientHeight / height));
  const last = () => Math.max(0, count - element.clientHeight / height);
  const tall = () => Math.min(count * height, TALLEST);
  const capped = () => count * height > TALLEST;

  function paint() {
    waiting = false;
    const start = Math.floor(first);
    const end = Math.min(count, Math.ceil(first + element.clientHeight / height) + 1);
    const made = [];
    for (let row = start; row < end; row++) {
      const one = draw(row);
      one.style.height = `${height}px`;
      made.push(one);
    }
    inside.replaceChildren(...made);
    inside.style.transform = `translateY(${-Math.round((first - start) * height)}px)`;
    moved(start, end);
  }

  function redraw() {
    if (!waiting) {
      waiting = true;
      requestAnimationFrame(paint);
    }
  }

  function place(row) {
    first = Math.min(Math.max(row, 0), last());
    const way = tall() - element.clientHeight;
    set = last() > 0 ? Math.round((first / last()) * way) : 0;
    element.scrollTop = set;
    redraw();
  }

  function resize() {
    spacer.style.height = `${tall()}px`;
    pane.style.height = `${element.clientHeight}px`;
    place(first);
  }

  element.addEventListener("scroll", () => {
    if (Math.abs(element.scrollTop - set) <= 1) return;
    set = -1;
    const way = tall() - element.clientHeight;
    first = way > 0 ? (element.scrollTop / way) * last() : 0;
    redraw();
  });
  element.addEventListener("wheel", (event) => {
    if (!capped() || event.ctrlKey) return;
    event.preventDefault();
    place(first + (event.deltaMode === 1 ? event.deltaY : event.deltaY / height));
  }, { passive: false });
  new ResizeObserver(resize).observe(element);

  return {
    element,
    redraw,
    resize,
    visible,
    get first() {
      return first;
    },
    get count() {
      return count;
    },
    set count(number) {
      count = number;
      resize();
    },
    /** Bring a row into view; with `top`, to the top. */
    show(row, { top = false } = {}) {
      if (top || row < first) place(row);
      else if (row > first + visible() - 1) place(row - visible() + 1);
      else redraw();
    },
    /** The row under a pointer. */
    at(event) {
      return Math.floor(first + (event.clientY - element.getBoundingClientRect().top - element.clientTop) / height);
    },
  };
}
