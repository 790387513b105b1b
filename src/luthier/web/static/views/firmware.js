// A firmware or any other machine code: header, vectors, listing, difference, sandbox; and logs of runs.

import { api, el, go, say } from "/static/app.js";
import { described, send } from "/static/opening.js";
import { difference } from "./firmware/difference.js";
import { address, listing } from "./firmware/listing.js";
import { sandbox } from "./firmware/sandbox.js";
import { header, vectors } from "./firmware/system.js";
import { tabs } from "./firmware/tabs.js";
import { trace } from "./firmware/trace.js";

const CPUS = { tlcs900h2: "TLCS-900/H2 (SX-KN5000)", h8s2000: "H8S/2000 (Kaoss devices)" };
const SYMBOLS = /\.(symbols|sym)$/i;

let shown = null; // what takes dropped files

function styles() {
  if (!document.querySelector("link[href='/static/views/firmware/firmware.css']")) {
    document.head.append(el("link", { rel: "stylesheet", href: "/static/views/firmware/firmware.css" }));
  }
}

/** A raw image: nobody but the user knows what runs it. */
function ask(root, file, [cpu, base, entry]) {
  const kind = el("select", { id: "raw-cpu" }, Object.entries(CPUS).map(([value, text]) => el("option", { value, text, selected: value === cpu })));
  const first = el("input", { id: "raw-base", size: 10, value: base ?? "000000", spellcheck: "false" });
  const begin = el("input", { id: "raw-entry", size: 10, value: entry ?? "", placeholder: "not known", spellcheck: "false" });
  const choose = (event) => {
    event.preventDefault();
    const wrong = [first, begin].find((one) => one.value.trim() && Number.isNaN(address(one.value)));
    if (wrong) say(`${wrong.value} is no address; write it in hexadecimal, such as E00000`, { kind: "error" });
    else go(`#/firmware/${file.id}/${kind.value}/${first.value.trim() || "0"}${begin.value.trim() ? `/${begin.value.trim()}` : ""}`);
  };
  root.append(el("form", { class: "row raw-form", on: { submit: choose } },
    el("label", { for: "raw-cpu", text: "Runs on" }), kind, el("label", { for: "raw-base", text: "first byte at" }), first,
    el("label", { for: "raw-entry", text: "begins at" }), begin, el("button", { text: cpu ? "List anew" : "List it" })));
}

export const view = {
  name: "firmware",
  title: "Firmware",

  async show(root, [id, cpu, base, entry], app) {
    styles();
    const { file, system } = await api.get(`firmware/${id}`);
    app.title(file.name);
    if (file.format === "board-log" && !cpu) return trace(root, file);
    root.append(el("h1", { text: file.name }), el("p", {}, el("strong", { text: file.title }), `: ${described(file)}`));
    const raw = !system || cpu;
    if (raw) ask(root, file, [cpu, base, entry]);
    if (raw && !cpu) {
      root.append(el("p", { class: "quiet", text: "Machine code without a header does not say what runs it. Choose a CPU and the address of the first byte, in hexadecimal." }));
      return undefined;
    }
    const chosen = raw ? { cpu, base: address(base ?? "0"), entries: entry ? [address(entry)] : [] } : null;
    let code = null;
    let compared = null;
    const parts = [{ name: "listing", text: "Listing", make: (pane) => (code = listing(pane, file, chosen, app)) }];
    if (!raw) {
      const jump = (place) => {
        all.show("listing");
        code.jump(place);
      };
      parts.push(
        { name: "header", text: "Header", make: (pane) => header(pane, system) },
        { name: "vectors", text: "Vectors", make: (pane) => vectors(pane, system, jump) },
        { name: "difference", text: "Difference", make: (pane) => (compared = difference(pane, file)) },
        { name: "sandbox", text: "Sandbox", make: (pane) => sandbox(pane, file, system.keys) },
      );
    }
    const all = tabs("Firmware", parts);
    if (parts.length > 1) root.append(all.list);
    root.append(all.panes);
    all.show("listing");
    shown = {
      async take(files) {
        if (files.length !== 1) return false;
        if (SYMBOLS.test(files[0].file.name)) {
          await code.take(files[0].file);
          return true;
        }
        if (raw || document.getElementById("pane-difference").hidden) return false;
        const [other] = await send(files);
        if (other?.format === "korg-system-file") await compared.with(other.id);
        else if (other) go(`#/${other.view}/${other.id}`);
        return true;
      },
    };
    return () => {
      shown = null;
      code?.stop();
    };
  },

  /** A symbol file gives names; beside a comparison another system file is compared. */
  dropped: async (files) => (shown ? shown.take(files) : false),
};
