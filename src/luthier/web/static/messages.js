// What the page says: toasts, and work under way with its progress.

import { api } from "/static/api.js";
import { el } from "/static/elements.js";
import { news } from "/static/news.js";

const SHOWN = 7000; // milliseconds; errors stay until they are closed
const MOST = 5;

/**
 * Say something in the corner: `kind` is "done" or "error"; with `undo`, a function, a button for it;
 * with `link`, `[text, hash]`, a way to what it speaks of.
 */
export function say(text, { kind = "done", undo, link } = {}) {
  const place = document.getElementById("toasts");
  const gone = () => toast.remove();
  const toast = el(
    "div",
    { class: `toast ${kind}`, role: kind === "error" ? "alert" : null },
    el("p", { text }),
    link && el("a", { class: "button", href: link[1], text: link[0], on: { click: gone } }),
    undo && el("button", { text: "Undo", on: { click: () => (gone(), undo()) } }),
    el("button", { class: "plain", "aria-label": "Close this message", text: "×", on: { click: gone } }),
  );
  place.append(toast);
  while (place.children.length > (matchMedia("(max-width: 40rem)").matches ? 2 : MOST)) place.firstChild.remove();
  if (kind !== "error") setTimeout(gone, SHOWN);
  return gone;
}

/** A card with a progress bar and a button that stops the work. */
export function card(title, stop) {
  const bar = el("progress", { max: 1, value: 0, "aria-label": title });
  const now = el("span", { class: "now" });
  const button = el("button", { class: "plain", text: "Stop", "aria-label": `Stop: ${title}`, on: { click: stop } });
  const shown = el("div", { class: "job" }, el("strong", { text: title }), bar, el("div", { class: "row" }, now, button));
  document.getElementById("jobs").append(shown);
  return {
    show(part, text = "") {
      bar.value = part;
      now.textContent = text;
    },
    remove: () => shown.remove(),
  };
}

/** Follow a job of the server to its end: its result, or the Error it failed with. */
export function job(record, { title = record.title } = {}) {
  return new Promise((resolve, reject) => {
    const shown = card(title, () => api.remove(`jobs/${record.id}`).catch((error) => say(error.message, { kind: "error" })));
    const look = () => api.get(`jobs/${record.id}`).then(hear, over);
    // A message may be lost while the connection is: now and then the page asks itself.
    const timer = setInterval(look, 3000);
    const stops = [news.on("job", (one) => one.id === record.id && hear(one)), news.on("connected", look)];
    function end() {
      clearInterval(timer);
      for (const stop of stops) stop();
      shown.remove();
    }
    function over(error) {
      end();
      reject(error);
    }
    function hear(one) {
      shown.show(one.part, one.now);
      if (one.state === "done") {
        end();
        resolve(one.result);
      } else if (one.state !== "running") {
        over(one.state === "cancelled" ? new DOMException("stopped", "AbortError") : new Error(one.error));
      }
    }
    look();
  });
}
