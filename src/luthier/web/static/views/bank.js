// A bank of the Poly-800 family: its programs, what is wrong with it, and saving it as another kind of file.

import { api, el, job, say } from "/static/app.js";
import { synthGuide } from "/static/guides.js";
import { save } from "/static/saving.js";

const KINDS = [
  [".wav", "a tape to play into the synth (.wav)"], [".syx", "sysex (.syx)"], [".json", "JSON"], [".csv", "a table (.csv)"],
  [".tape", "the bytes of the tape"], [".ram", "the memory of the synth"],
];
const SYNTHS = [["", "the same synth"], ["poly800", "Poly-800"], ["ex800", "EX-800"], ["mk2", "Poly-800MkII"]];

const option = ([value, text]) => el("option", { value, text });

function list(title, lines, kind) {
  return lines.length > 0 && el("section", { class: `card ${kind}-card` }, el("h2", { text: title }), el("ul", {}, lines.map((text) => el("li", { text }))));
}

export const view = {
  name: "bank",
  title: "Bank",

  async show(root, [id, wanted = "1"], app) {
    const { file, banks } = await api.get(`bank/${id}`);
    app.title(file.name);
    const number = Math.min(Math.max(Number(wanted) || 1, 1), banks.length);
    const bank = banks[number - 1];

    const kind = el("select", { id: "bank-kind" }, KINDS.map(option));
    const synth = el("select", { id: "bank-synth" }, SYNTHS.map(option));
    // The tape of the MkII is unknown.
    const fit = () => {
      if ((synth.value || bank.synth) === "mk2" && kind.value === ".wav") kind.value = ".syx";
    };
    fit();
    synth.addEventListener("change", fit);
    const guide = el("div", {});
    const advise = () => guide.replaceChildren(synthGuide(kind.value, synth.value || bank.synth));
    for (const field of [kind, synth]) field.addEventListener("change", advise);
    async function write() {
      const query = `bank=${number}&suffix=${kind.value}${synth.value ? `&synth=${synth.value}` : ""}`;
      try {
        const lost = await save(`bank/${id}/export?${query}`, file.name.replace(/(\.[^.]*)?$/, kind.value));
        const done = "The file is among your downloads";
        say(lost.length ? `${done}. Not carried: ${lost.join("; ")}` : `${done}, with nothing lost`);
        const steps = guide.querySelector("details");
        if (steps) steps.open = true;
      } catch (error) {
        say(error.message, { kind: "error" });
      }
    }
    async function keep() {
      const report = await job(await api.post("library/add", { files: [id] }));
      say(report.added ? `In the library: ${report.added} items` : "It is in the library already", { link: ["Go there", "#/library"] });
    }
    const edit = (place) => `#/patch/${id}/${place}${number > 1 ? `/${number}` : ""}`;
    const there = bank.programs.filter((program) => !program.missing);
    const absent = bank.programs.filter((program) => program.missing).map((program) => program.number);
    const run = bank.programs.findIndex((program) => program.missing);
    const together = absent.length > 2 && bank.programs[run + absent.length - 1]?.number === absent.at(-1);
    // Columns in which nothing would stand are left out: a tape has no names.
    const named = there.some((program) => program.name);
    const odd = there.some((program) => program.problems.length);
    const rows = there.map((program) => el("tr", {},
      el("th", { scope: "row", class: "number" }, el("a", { href: edit(program.number), text: program.number, "aria-label": `Edit program ${program.number}` })),
      named && el("td", { text: program.name }),
      el("td", {}, el("a", { href: edit(program.number), text: "Play and edit", tabindex: -1, "aria-hidden": "true" })),
      el("td", { class: "mono bank-line", text: program.line }),
      odd && el("td", { class: program.problems.length ? "warn" : "", text: program.problems.join("; ") })));
    const titles = ["Program", named && "Name", "", "Sound: two oscillators, filter, chorus", odd && "Problems"].filter((title) => title !== false);

    root.append(
      el("h1", { text: file.name }),
      el("p", {}, el("strong", { text: bank.title }), `, from: ${bank.format}. `,
        Object.entries(bank.settings).map(([name, value]) => `${name.replaceAll("_", " ").replace("midi", "MIDI")} ${value}`).join(", ")),
      el("p", { class: "quiet", text: "Choose a program to hear and change it. This is a copy that goes when the bench ends: keep it in the library, or save it." }),
      el("p", { class: "row", hidden: banks.length < 2 }, el("span", { text: `${banks.length} banks:` }), banks.map((_, place) =>
        el("a", { class: "button plain", href: `#/bank/${id}/${place + 1}`, text: `Bank ${place + 1}`, "aria-current": place + 1 === number ? "true" : null }))),
      el("div", {}, list("What is wrong with it", bank.problems, "bad"), list("Remarks", bank.notes, "note")),
      el("div", { class: "row card" },
        el("label", { for: "bank-kind", text: "Save as" }), kind, el("label", { for: "bank-synth", text: "for" }), synth,
        el("button", { text: "Save", on: { click: write } }),
        el("button", { class: "plain", text: "Keep in the library", on: { click: keep } }),
        el("a", { class: "button plain", href: `#/hex/${id}`, text: "Bytes" })),
      guide,
      el("div", { class: "table-scroll card bank-table" }, el("table", {},
        el("thead", {}, el("tr", {}, titles.map((text) => el("th", { scope: "col", text })))),
        el("tbody", {}, rows))),
      ...(absent.length ? [el("p", { class: "quiet", text: `Not in this file: ${together ? `${absent[0]} to ${absent.at(-1)}` : absent.join(", ")}` })] : []),
    );
    advise();
  },
};
