// Open anything: what is open, what it is in plain words, and where it is shown.

import { api, el, go, job, news, say } from "/static/app.js";
import { receiving } from "/static/cable.js";
import { recordingGuide } from "/static/guides.js";
import { chosen, described, open } from "/static/opening.js";

const KINDS = {
  tape: "Show the tape", bank: "Show the programs", song: "Play the song", sounds: "Play its sounds", firmware: "Look inside", hex: "Show the bytes",
};

function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  const [unit, name] = bytes < 1 << 20 ? [1024, "KiB"] : [1 << 20, "MiB"];
  return `${(bytes / unit).toLocaleString("en", { maximumFractionDigits: 1 })} ${name}`;
}

const NEW = [["poly800", "Poly-800"], ["ex800", "EX-800"], ["mk2", "Poly-800MkII"]];

/** What can be done here, for who comes with an instrument and no file format in mind. */
function ways() {
  const way = (title, ...body) => el("section", { class: "card way" }, el("h3", { text: title }), body);
  const steps = (...lines) => el("ol", {}, lines.map((text) => el("li", { text })));
  return el("div", { class: "ways" },
    way("Sounds off a Poly-800 tape",
      steps("Record the tape, and drop the recording on this page.", "See which of the 64 programs came through, hear them, change them.",
        "Keep them in the library, or save a clean tape and play it into the synth."),
      recordingGuide()),
    way("Sounds for the Poly-800 family",
      el("p", { text: "Play and change sounds without the synth, on this page's keys or a MIDI keyboard; then save a tape or sysex for it. Drop a bank, or begin a new one:" }),
      el("p", { class: "actions" }, NEW.map(([synth, text]) => el("a", { class: "button plain", href: `#/patch/new/${synth}`, text }))),
      receiving(({ id, view: where }) => go(`#/${where}/${id}`))),
    way("Songs on the SX-KN5000",
      el("p", { text: "Hear a MIDI file as the Technics SX-KN5000 plays it, with mixer and effects, and save it as sound. Drop a MIDI file, or try the song that is here:" }),
      el("p", { class: "actions" }, el("a", { class: "button plain", href: "#/kn5000", text: "Open the KN5000" }))),
    way("Inside a Kaossilator Pro, a Kaoss Pad 3 or an SX-KN5000",
      el("p", { text: "Drop a KORG SYSTEM FILE, a ROM image or the log of a run: the code as a listing, what differs between two, a trial on a simulated chip." })));
}

function row(file, again) {
  const close = async () => {
    await api.remove(`files/${file.id}`);
    await again();
  };
  const closing = el("button", { class: "plain", text: "Close", "aria-label": `Close ${file.name}`, on: { click: () => (file.worked_on ? ask() : close()) } });
  const actions = el("div", { class: "actions" });
  // What is in no other place does not go with one click.
  function ask() {
    const stay = el("button", { class: "plain", text: "Leave it open", on: { click: () => (show(), closing.focus()) } });
    actions.replaceChildren(el("p", { class: "warn", role: "alert", text: "You changed it here. Closing it loses that, unless you kept or saved it." }),
      stay, el("button", { class: "plain", text: "Close it all the same", on: { click: close } }));
    stay.focus();
  }
  const keep = async () => {
    const report = await job(await api.post("library/add", { files: [file.id] }));
    if (report.added) say(`${file.name} is in the library: ${report.added} ${report.added === 1 ? "item" : "items"}`, { link: ["Go there", "#/library"] });
    else if (report.known) say(`${file.name} is in the library already`, { link: ["Go there", "#/library"] });
    else say(`${file.name}: ${(report.damaged[0] ?? report.unknown[0] ?? ["", "nothing to keep"])[1]}`, { kind: "error" });
  };
  function show() {
    actions.replaceChildren(
      ...[el("a", { class: "button", href: `#/${file.view}/${file.id}`, text: KINDS[file.view] ?? "Show" }),
        file.view !== "hex" && el("a", { class: "button plain", href: `#/hex/${file.id}`, text: "Bytes", "aria-label": `Bytes of ${file.name}` }),
        file.format && el("button", { class: "plain", text: "Keep in the library", "aria-label": `Keep ${file.name} in the library`, on: { click: keep } }),
        closing].filter(Boolean));
  }
  show();
  return el(
    "li", { class: "file card", "data-id": file.id },
    el("div", {},
      el("h3", {}, el("a", { href: `#/${file.view}/${file.id}`, text: file.name })),
      el("p", {}, el("strong", { text: file.format ? file.title : "Not recognised" }), `: ${described(file)}`),
      el("p", { class: "quiet", text: size(file.size) })),
    actions,
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
    const head = el("div", {}, el("h2", { text: "Open files" }),
      el("p", { class: "quiet", text: "These are copies that go when the bench ends. “Keep in the library” keeps what is in them." }));
    const beginning = el("h2", { text: "What you can do here" });
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
        el("p", { class: "quiet", text: "Recordings of data cassettes, banks of sounds, MIDI files, firmware. The page tells by itself what a file is,"
          + " and nothing leaves this machine." })),
      takes, head, list, beginning, ways(),
    );
    await again();
    return news.on("files", () => again().catch((error) => say(error.message, { kind: "error" })));
  },
};
