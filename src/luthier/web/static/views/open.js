// Open anything: what is open, what it is in plain words, and where it is shown.

import { api, el, job, news, say } from "/static/app.js";
import { chosen, open } from "/static/opening.js";

const KINDS = {
  tape: "Show the tape", bank: "Show the programs", song: "Play the song", firmware: "Look inside", hex: "Show the bytes",
};

function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  const [unit, name] = bytes < 1 << 20 ? [1024, "KiB"] : [1 << 20, "MiB"];
  return `${(bytes / unit).toLocaleString("en", { maximumFractionDigits: 1 })} ${name}`;
}

function row(file, again) {
  const close = async () => {
    await api.remove(`files/${file.id}`);
    await again();
  };
  const keep = async () => {
    const report = await job(await api.post("library/add", { files: [file.id] }));
    if (report.added) say(`${file.name}: ${report.added} items are in the library`);
    else if (report.known) say(`${file.name} is in the library already`);
    else say(`${file.name}: ${(report.damaged[0] ?? report.unknown[0] ?? ["", "nothing to keep"])[1]}`, { kind: "error" });
  };
  return el(
    "li", { class: "file card", "data-id": file.id },
    el("div", {},
      el("h3", {}, el("a", { href: `#/${file.view}/${file.id}`, text: file.name })),
      el("p", {}, el("strong", { text: file.format ? file.title : "Not recognised" }), `: ${file.description}`),
      el("p", { class: "quiet", text: size(file.size) })),
    el("div", { class: "actions" },
      el("a", { class: "button", href: `#/${file.view}/${file.id}`, text: KINDS[file.view] ?? "Show" }),
      file.view !== "hex" && el("a", { class: "button plain", href: `#/hex/${file.id}`, text: "Bytes", "aria-label": `Bytes of ${file.name}` }),
      file.format && el("button", { class: "plain", text: "Keep in the library", "aria-label": `Keep ${file.name} in the library`, on: { click: keep } }),
      el("button", { class: "plain", text: "Close", "aria-label": `Close ${file.name}`, on: { click: close } })),
  );
}

export const view = {
  name: "open",
  title: "Open",

  async show(root) {
    const input = el("input", { type: "file", multiple: true, id: "choose", class: "hidden-input", on: {
      change: async () => {
        await open(chosen(input), null);
        input.value = "";
      } } });
    const list = el("ul", { class: "files", "aria-label": "Open files" });
    const head = el("h2", { text: "Open files" });
    const takes = el("p", {});

    async function again() {
      const files = await api.get("files/");
      list.replaceChildren(...files.map((file) => row(file, again)));
      head.hidden = !files.length;
      const tapes = files.filter((file) => file.view === "tape");
      takes.replaceChildren(...(tapes.length > 1
        ? [el("a", { class: "button plain", href: `#/tape/${tapes.map((one) => one.id).join("/")}`,
          text: `Read the ${tapes.length} recordings together, as takes of one tape` })]
        : []));
    }

    root.append(
      el("h1", { text: "Open anything" }),
      el("div", { class: "drop card" },
        el("p", { class: "large", text: "Drop files anywhere on this page" }),
        el("p", {}, "or ", el("label", { class: "button", for: "choose", text: "choose files" }), input),
        el("p", { class: "quiet", text: "Recordings of data cassettes, sysex and other banks of the Poly-800 family,"
          + " MIDI files, KORG SYSTEM FILEs, wave ROMs. What a file is, is told by its content."
          + " Everything stays on this machine." }),
        el("p", {}, "or begin a new bank: ", [["poly800", "Poly-800"], ["ex800", "EX-800"], ["mk2", "Poly-800MkII"]].map(([synth, text], place) =>
          [place ? ", " : "", el("a", { href: `#/patch/new/${synth}`, text })]).flat())),
      takes, head, list,
    );
    await again();
    return news.on("files", () => again().catch((error) => say(error.message, { kind: "error" })));
  },
};
