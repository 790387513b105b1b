// What was read: the verdict, the 64 programs, what to do, and the ways to save it.

import { api, el, go, job, say } from "/static/app.js";
import { eightByEight } from "/static/elements.js";
import { recordingGuide, synthGuide } from "/static/guides.js";

const STATES = {
  right: ["✓", "right"], doubtful: ["?", "doubtful"], missing: ["–", "missing"],
};
const SAVES = [
  ["wav", "Tape for the synth", "A clean recording to play into the synth's TAPE input; it was read back before it was saved."],
  ["syx", "Sysex", "A dump for an EX-800, editors and librarians: the memory is the same."],
  ["json", "JSON", "Every parameter by name."],
  ["csv", "CSV", "A table for a spreadsheet."],
  ["html", "Report", "One page with pictures and measurements, to keep or to send."],
];
const PER_CENT = (part) => (part > 0.999 ? "over 99.9 %" : `${(100 * part).toFixed(part < 0.1 ? 1 : 0)} %`);

function counted(memory) {
  const count = { right: 0, doubtful: 0, missing: 0 };
  for (const program of memory.programs) count[program.state]++;
  return count;
}

/** Whether there is anything to be heard, kept and saved. */
const something = (memory) => Boolean(memory) && memory.programs.some((program) => program.state !== "missing");

/** A sentence or two for somebody who only wants to know whether the sounds are recovered. */
export function verdict(reading, memory) {
  if (reading.nothing || !something(memory)) {
    const told = reading.recordings.flatMap((one) => one.advice);
    return el("div", { class: "verdict card none", role: "status" },
      el("h2", { text: memory && !reading.nothing ? "None of the 64 programs could be read" : "No sounds of a Poly-800 were found" }),
      el("p", { text: "Listen to it: a data tape is a steady tone, then some ten seconds of rattle. If you hear music or speech, it is another recording." }),
      told.length ? told.map((one) => el("p", {}, el("strong", { text: `${capital(one.seen)}. ` }), `${capital(one.remedy)}.`)) : el("p", { text: reading.nothing }),
      recordingGuide());
  }
  if (memory.complete) {
    const together = new Set(memory.takes.map((take) => take.recording)).size;
    return el("div", { class: "verdict card whole", role: "status" },
      el("h2", { text: "✓ All 64 programs are recovered" }),
      el("p", { text: "Every byte was read and the checksum, with which the synth guards its memory, is right."
        + (together > 1 && !memory.takes.some((take) => take.complete) ? ` It took ${together} recordings together.` : "") }));
  }
  const { right, doubtful, missing } = counted(memory);
  const rest = [doubtful && `${doubtful} may have wrong values`, missing && `${missing} could not be read`].filter(Boolean).join(", ");
  return el("div", { class: "verdict card part", role: "status" },
    el("h2", { text: `${right} of 64 programs are recovered` }),
    el("p", { text: rest ? `${rest}.` : "The sequence, the settings or the checksum are doubtful; the programs are all right." }),
    el("p", { text: "Recording the same tape once more often brings the rest: each recording fills the holes of the others. Add it here." }),
    recordingGuide());
}

/** The programs as a field of eight by eight, with what is wrong about the chosen one. */
export function programs(memory, goTo) {
  const told = el("div", { class: "told card", "aria-live": "polite" });
  const { right, doubtful, missing } = counted(memory);
  const field = eightByEight(el("div", { class: "field", role: "group", "aria-label": "The 64 programs: arrow keys choose" }, memory.programs.map((program) => {
    const [sign, word] = STATES[program.state];
    return el("button", {
      class: `program ${program.state}`, "aria-pressed": "false", "aria-label": `Program ${program.name}: ${word}`,
      title: program.title || word, on: { click: (event) => choose(event.currentTarget, program) },
    }, el("strong", { text: program.name }), el("span", { "aria-hidden": "true", text: sign }));
  })));

  function choose(button, program) {
    for (const one of field.children) {
      one.setAttribute("aria-pressed", String(one === button));
      one.tabIndex = one === button ? 0 : -1;
    }
    told.replaceChildren(...about(program, goTo));
  }

  const first = memory.programs.findIndex((program) => program.state !== "right");
  const shown = Math.max(first, 0);
  choose(field.children[shown], memory.programs[shown]);
  return el("section", { "aria-label": "Programs" },
    el("h2", { text: "Programs" }),
    el("p", { class: "legend" },
      el("span", { class: "key right", text: `✓ right: ${right}` }), el("span", { class: "key doubtful", text: `? doubtful: ${doubtful}` }),
      el("span", { class: "key missing", text: `– missing: ${missing}` })),
    field, told);
}

function about(program, goTo) {
  const [, word] = STATES[program.state];
  const head = el("h3", { text: `Program ${program.name}${program.title ? `, ${program.title}` : ""}: ${word}` });
  if (program.state === "right") return [head, el("p", { text: "All its 21 bytes were read surely." })];
  const rows = program.doubts.map((doubt) => el("tr", {},
    el("td", { class: "number", text: doubt.place }),
    el("td", { text: doubt.confidence > 0 ? PER_CENT(doubt.confidence) : "not read" }),
    el("td", { text: doubt.affects.join(", ") })));
  return [
    head,
    el("p", { text: `${program.reasons.slice(0, 3).join("; ")}.` }),
    goTo && el("p", {}, el("button", { class: "plain", text: "Show where on the tape", on: { click: () => goTo(Number(program.name)) } })),
    rows.length && program.state !== "missing" && el("details", { open: rows.length <= 4 },
      el("summary", { text: rows.length === 1 ? "1 byte is not sure" : `${rows.length} bytes are not sure` }),
      el("div", { class: "table-scroll" }, el("table", {},
        el("thead", {}, el("tr", {}, ["Byte", "Right with", "What it may change"].map((text) => el("th", { scope: "col", text })))),
        el("tbody", {}, rows)))),
  ].filter(Boolean);
}

/** What the report advises, recording by recording. */
export function advice(reading) {
  const several = reading.recordings.length > 1;
  return el("section", { "aria-label": "What was seen and what to do" },
    el("h2", { text: "What was seen and what to do" }),
    reading.memories.length > 0 && reading.memories.every((one) => one.complete) && reading.recordings.some((one) => one.advice.length)
      && el("p", { class: "good", text: "Everything was read: nothing has to be done. For another time:" }),
    reading.recordings.flatMap((recording) => [
      several && el("h3", { text: recording.name }),
      recording.advice.length
        ? el("ul", { class: "advice" }, recording.advice.map((one) => el("li", {}, el("strong", { text: `${capital(one.seen)}. ` }), `${capital(one.remedy)}.`)))
        : el("p", { text: "Nothing is wrong with this recording." }),
    ]),
    reading.copies.map((name) => el("p", { text: `${name} is the same file as another one, no second take.` })));
}

function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

async function save(key, suffix, memory, button) {
  button.disabled = true;
  try {
    const answer = await fetch(`/api/tape/readings/${key}/export?as=${suffix}&memory=${memory}`);
    if (!answer.ok) throw new Error((await answer.json()).error);
    const name = decodeURIComponent(answer.headers.get("content-disposition").split("''")[1]);
    const link = el("a", { href: URL.createObjectURL(await answer.blob()), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    say(`${name} is among your downloads`);
  } catch (error) {
    say(error.message, { kind: "error" });
  } finally {
    button.disabled = false;
  }
}

/** Buttons that save memory `number` (from 1) of a reading. */
export function saving(key, number, memory) {
  const keep = async () => {
    const report = await job(await api.post(`tape/readings/${key}/keep`, { memory: number }));
    if (report.damaged.length) {
      say(report.damaged[0][1], { kind: "error" });
      return;
    }
    const kept = report.added ? `In the library: ${report.added} items` : "This is in the library already";
    say(kept, { link: ["Go there", "#/library"] });
    state.textContent = `${kept}, tomorrow too.`;
  };
  const open = async () => go(`#/bank/${(await api.post(`tape/readings/${key}/open`, { memory: number })).id}`);
  const state = el("p", { class: "quiet", role: "status", text: "Nothing is kept yet: what is on this page goes when the bench ends." });
  const there = something(memory);
  const guide = el("div", {}, there && synthGuide(".wav"));
  const buttons = SAVES.filter(([suffix]) => there || suffix === "html").map(([suffix, text, why]) => el("button", {
    class: "plain", text, title: why, on: { click: async (event) => {
      await save(key, suffix, number, event.currentTarget);
      if (!["wav", "syx"].includes(suffix)) return;
      guide.replaceChildren(synthGuide(`.${suffix}`));
      guide.firstChild.open = true;
    } },
  }));
  return el("section", { "aria-label": "Save" },
    el("div", { class: "saving" },
      there && el("button", { text: "See and play the sounds", on: { click: open } }),
      there && el("button", { text: "Keep in the library", on: { click: keep } }),
      el("div", { class: "saving" }, el("span", { class: "quiet", text: "Save as" }), buttons)),
    there && state, guide);
}

/** All measurements, for those who want them. */
export function measured(reading) {
  return el("details", { class: "measured" },
    el("summary", { text: "Measurements" }),
    reading.recordings.flatMap((recording) => [
      reading.recordings.length > 1 && el("h3", { text: recording.name }),
      el("div", { class: "table-scroll" }, el("table", {}, el("tbody", {}, recording.measured.map(([name, figure]) =>
        el("tr", {}, el("th", { scope: "row", text: name }), el("td", { text: figure })))))),
    ]));
}
