// A bank of the Poly-800 family: its programs, what is wrong with it, and saving it as another kind of file.

import { api, el, job, say } from "/static/app.js";
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
    async function write() {
      const query = `bank=${number}&suffix=${kind.value}${synth.value ? `&synth=${synth.value}` : ""}`;
      try {
        const lost = await save(`bank/${id}/export?${query}`, file.name.replace(/(\.[^.]*)?$/, kind.value));
        if (lost.length) say(`Saved. Not carried: ${lost.join("; ")}`);
        else say("Saved, with nothing lost");
      } catch (error) {
        say(error.message, { kind: "error" });
      }
    }
    async function keep() {
      const report = await job(await api.post("library/add", { files: [id] }));
      say(report.added ? `${report.added} items are in the library` : "It is in the library already");
    }
    const edit = (place) => `#/patch/${id}/${place}${number > 1 ? `/${number}` : ""}`;
    const rows = bank.programs.map((program) => el("tr", { class: program.missing ? "quiet" : "" },
      el("th", { scope: "row", class: "number" }, program.missing ? String(program.number)
        : el("a", { href: edit(program.number), text: program.number, "aria-label": `Edit program ${program.number}` })),
      el("td", { text: program.missing ? "not in this file" : program.name }),
      el("td", { class: "mono bank-line", text: program.missing ? "" : program.line }),
      el("td", { class: program.problems.length ? "warn" : "", text: program.problems.join("; ") })));

    root.append(
      el("h1", { text: file.name }),
      el("p", {}, el("strong", { text: bank.title }), `, from: ${bank.format}. `,
        Object.entries(bank.settings).map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`).join(", ")),
      el("p", { class: "row", hidden: banks.length < 2 }, el("span", { text: `${banks.length} banks:` }), banks.map((_, place) =>
        el("a", { class: "button plain", href: `#/bank/${id}/${place + 1}`, text: `Bank ${place + 1}`, "aria-current": place + 1 === number ? "true" : null }))),
      el("div", {}, list("What is wrong with it", bank.problems, "bad"), list("Remarks", bank.notes, "note")),
      el("div", { class: "row card" },
        el("label", { for: "bank-kind", text: "Save as" }), kind, el("label", { for: "bank-synth", text: "for" }), synth,
        el("button", { text: "Save", on: { click: write } }),
        el("button", { class: "plain", text: "Keep in the library", on: { click: keep } }),
        el("a", { class: "button plain", href: `#/hex/${id}`, text: "Bytes" })),
      el("div", { class: "table-scroll card bank-table" }, el("table", {},
        el("thead", {}, el("tr", {}, ["Program", "Name", "Sound", "Problems"].map((text) => el("th", { scope: "col", text })))),
        el("tbody", {}, rows))),
    );
  },
};
