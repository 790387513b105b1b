// Keyboard shortcuts, and the dialog that lists them.

import { el } from "/static/elements.js";

const maps = [];
const TYPING = new Set(["INPUT", "TEXTAREA", "SELECT"]);

function name(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && (event.key.length > 1 || /[a-z]/i.test(event.key)) ? "Shift+" : "";
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${shift}${key === " " ? "Space" : key}`;
}

function typing(target) {
  return TYPING.has(target.tagName) && !["button", "checkbox", "radio", "range"].includes(target.type);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  if (typing(event.target)) return;
  const pressed = name(event);
  for (const map of [...maps].reverse()) {
    const [, act] = map[pressed] ?? [];
    if (act) {
      event.preventDefault();
      act(event);
      return;
    }
  }
});

export const keys = {
  /** `register({"Ctrl+z": ["Undo", act], "/": [...]})`; what comes back takes them away. The last holds. */
  register(map) {
    maps.push(map);
    return () => {
      const place = maps.indexOf(map);
      if (place >= 0) maps.splice(place, 1);
    };
  },

  /** The dialog with all that hold now. */
  help() {
    const rows = Object.entries(Object.assign({}, ...maps)).map(([key, [what]]) =>
      el("tr", {}, el("th", { scope: "row" }, el("kbd", { text: key })), el("td", { text: what })),
    );
    const dialog = el(
      "dialog",
      { "aria-label": "Keys", on: { close: () => dialog.remove() } },
      el("h2", { text: "Keys" }),
      el("table", { class: "keys" }, el("tbody", {}, rows)),
      el("form", { method: "dialog" }, el("button", { text: "Close", autofocus: true })),
    );
    document.body.append(dialog);
    dialog.showModal();
  },
};
