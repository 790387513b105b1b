// The shell: which view is shown, files dropped anywhere, the colours.  What views use is exported here.

import { api } from "/static/api.js";
import { el } from "/static/elements.js";
import { keys } from "/static/keys.js";
import { job, say } from "/static/messages.js";
import { news } from "/static/news.js";

export { api, el, job, keys, news, say };

/** Routes and the modules in views/ that show them. */
const MODULES = {
  open: "open", library: "library", tape: "tape", bank: "bank", patch: "patch", song: "kn5000",
  kn5000: "kn5000", sounds: "kn5000", firmware: "firmware", hex: "hex",
};
const ALWAYS = { open: "Open", library: "Library", kn5000: "KN5000" };

let shown = { route: null, cleanup: undefined, view: null };
let turn = 0;

/** Go to a route: `go("#/tape/ID")`. */
export function go(hash) {
  if (location.hash === hash) route();
  else location.hash = hash;
}

function parts() {
  const [, name = "open", ...parameters] = location.hash.split("/");
  return { name: name || "open", parameters: parameters.map(decodeURIComponent) };
}

async function route() {
  const mine = ++turn;
  const { name, parameters } = parts();
  const main = document.getElementById("main");
  if (!Object.hasOwn(MODULES, name)) {
    go("#/open");
    return;
  }
  leave();
  mark(name);
  const root = el("div", { class: `view ${name}` });
  try {
    const { view } = await import(`/static/views/${MODULES[name]}.js`);
    if (mine !== turn) return;
    main.replaceChildren(root);
    document.title = `${view.title} · Luthier`;
    const cleanup = await view.show(root, parameters, { ...app, route: name });
    if (mine !== turn) {
      cleanup?.();
      return;
    }
    shown = { route: name, cleanup, view };
    // Who goes on by keys or hears the page begins in the new view.
    if (mine > 1 && document.activeElement === document.body) main.focus({ preventScroll: true });
  } catch (error) {
    if (mine !== turn) return;
    main.replaceChildren(trouble(error));
  }
}

function leave() {
  // A dialog belongs to the view that opened it.
  for (const one of document.querySelectorAll("dialog[open]")) one.close();
  try {
    shown.cleanup?.();
  } finally {
    shown = { route: null, cleanup: undefined, view: null };
  }
}

function trouble(error) {
  return el(
    "div", { class: "view" },
    el("h1", { text: "This cannot be shown" }),
    el("p", { role: "alert", text: error.message }),
    el("p", {}, el("a", { href: "#/open", text: "To the open files" })),
  );
}

function mark(name) {
  for (const link of document.querySelectorAll("#views a")) {
    if (link.hash === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

const app = {
  api, el, go, job, keys, news, say,
  /** What the browser's tab is called. */
  title(text) {
    document.title = `${text} · Luthier`;
  },
};

// Colours: as the system has them, or as the switch says.

function dark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function change() {
  document.documentElement.dataset.theme = dark() ? "light" : "dark";
  try {
    localStorage.setItem("theme", document.documentElement.dataset.theme);
  } catch {
    // A browser that keeps nothing.
  }
  // Canvases have to be drawn anew.
  window.dispatchEvent(new CustomEvent("theme"));
}

// Files dropped anywhere.

async function dropped(event) {
  event.preventDefault();
  document.body.classList.remove("dropping");
  const { gathered, open } = await import("/static/opening.js");
  const files = await gathered(event.dataTransfer);
  if (files.length) await open(files, shown.view);
}

const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");

function listen() {
  window.addEventListener("hashchange", route);
  window.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  window.addEventListener("dragleave", (event) => event.relatedTarget || document.body.classList.remove("dropping"));
  window.addEventListener("drop", (event) => holdsFiles(event) && dropped(event));
  window.addEventListener("unhandledrejection", (event) => {
    if (event.reason?.name !== "AbortError") say(event.reason?.message ?? String(event.reason), { kind: "error" });
  });
  keys.register({
    "?": ["Show the keys", () => keys.help()],
    o: ["Go to the open files", () => go("#/open")],
    l: ["Go to the library", () => go("#/library")],
  });
}

function start() {
  document.getElementById("views").append(
    ...Object.entries(ALWAYS).map(([name, text]) => el("a", { href: `#/${name}`, text })),
  );
  document.getElementById("tools").append(
    el("button", { class: "plain", text: "◐", title: "Light or dark", "aria-label": "Light or dark", on: { click: change } }),
    el("button", { class: "plain", text: "?", title: "Keys", "aria-label": "Show the keys", on: { click: () => keys.help() } }),
  );
  listen();
  route();
  // News only after the first view stands: nothing waits for it.
  requestAnimationFrame(() => {
    const gone = el("p", { class: "gone", role: "alert", hidden: true, text: "The bench has ended. Start luthier web again: this page goes on by itself." });
    document.querySelector("header.top").after(gone);
    news.on("disconnected", () => (gone.hidden = false));
    news.on("connected", () => (gone.hidden = true));
  });
}

start();
