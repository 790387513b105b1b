// One item of the library: what is known of it, what is in it, and what can be changed.

import { api, el, go, say } from "/static/app.js";
import { synthGuide } from "/static/guides.js";

const KINDS = { patch: "Sound", bank: "Bank", song: "Song", firmware: "Firmware", tape: "Tape" };
const MACHINES = { poly800: "Poly-800", ex800: "EX-800", mk2: "Poly-800MkII", kn5000: "SX-KN5000", kaoss: "Kaoss" };

/** What an item is, in words. */
export const kindOf = (item) => [KINDS[item.kind] ?? item.kind, MACHINES[item.instrument] ?? item.instrument].filter(Boolean).join(", ");

const VIEWS = { bank: "Show the programs", song: "Play", firmware: "Look inside" };
const EDITED = new Set(["poly800", "ex800", "mk2"]);

const fact = (title, text) => (text ? [el("dt", { text: title }), el("dd", { text })] : []);

function stars(item, change) {
  const button = (number) => el("button", {
    class: "star", "aria-pressed": String((item.rating ?? 0) >= number), "aria-label": `${number} star${number > 1 ? "s" : ""}`,
    text: (item.rating ?? 0) >= number ? "★" : "☆", on: { click: () => change({ rating: item.rating === number ? null : number }) },
  });
  return el("div", { class: "stars", role: "group", "aria-label": "Rating" }, [1, 2, 3, 4, 5].map(button));
}

function chips(title, labels, take, give, list) {
  const input = el("input", { size: 10, "aria-label": `Another of ${title.toLowerCase()}`, list });
  return el("div", { class: "row", role: "group", "aria-label": title }, el("span", { class: "quiet", text: title }),
    labels.map((label) => el("span", { class: "chip" }, label,
      el("button", { text: "×", "aria-label": `Take away ${label}`, on: { click: () => take(label) } }))),
    el("form", { class: "row", on: { submit: (event) => {
      event.preventDefault();
      if (input.value.trim()) give(input.value.trim());
      input.value = "";
      input.blur();
    } } }, input, el("button", { class: "plain", text: "+", "aria-label": `Add to ${title.toLowerCase()}` })));
}

async function open(item) {
  if (item.kind === "patch") {
    go(`#/patch/library/${item.id}`);
    return;
  }
  try {
    const opened = await api.post(`library/items/${item.id}/open`);
    go(`#/${opened.view}/${opened.id}`);
  } catch (error) {
    say(error.message, { kind: "error" });
  }
}

function near(item, look) {
  const list = el("ol", { class: "nearest" });
  return el("details", { on: { toggle: async (event) => {
    if (!event.target.open || list.children.length) return;
    try {
      const found = await api.get(`library/items/${item.id}/nearest`);
      list.replaceChildren(...found.map((one) => el("li", {},
        el("button", { class: "plain", text: one.item.name, on: { click: () => look(one.item.id) } }),
        el("span", { class: "quiet", text: ` ${(one.distance * 100).toFixed(1)} % away` }))));
      if (!found.length) list.append(el("li", { text: "No other sound is here." }));
    } catch (error) {
      say(error.message, { kind: "error" });
    }
  } } }, el("summary", { text: "Nearest sounds" }), list);
}

/** The element for an item as the server tells it; `change(fields)` changes it, `look(id)` shows another. */
export function panel({ item, text, kept }, { change, look }) {
  const name = el("input", { value: item.name, "aria-label": "Name", class: "grow", on: {
    change: () => name.value.trim() && name.value !== item.name && change({ name: name.value.trim() }) } });
  const notes = el("textarea", { "aria-label": "Notes", placeholder: "Notes", value: item.notes, on: {
    change: () => change({ notes: notes.value }) } });
  return el("div", { "data-item": item.id },
    el("div", { class: "row" }, name, stars(item, change)),
    el("p", { class: "row" },
      kept && EDITED.has(item.instrument) && el("a", { class: "button", href: `#/patch/library/${item.id}`, text: "Play and edit" }),
      kept && VIEWS[item.kind] && el("button", { class: EDITED.has(item.instrument) ? "plain" : "", text: VIEWS[item.kind], on: { click: () => open(item) } }),
      !kept && el("span", { class: "quiet", text: "Too long to be kept here: the file stays where it was." })),
    chips("Tags", item.tags, (untag) => change({ untag }), (tag) => change({ tag }), "known-tags"),
    chips("Collections", item.collections, (leave) => change({ leave }), (collect) => change({ collect }), "known-collections"),
    notes,
    text && el("pre", { tabindex: 0, "aria-label": "Its values", text }),
    item.kind === "patch" && near(item, look),
    kept && EDITED.has(item.instrument) && el("p", { class: "quiet", text: `To get it into the synth: choose “Tape for the synth” above, and Save.${item.kind === "patch" ? " A sound alone becomes program 11 of a new bank; mark up to 64 for one tape." : ""}` }),
    kept && EDITED.has(item.instrument) && synthGuide(item.instrument === "mk2" ? ".syx" : ".wav", item.instrument),
    el("dl", { class: "facts" },
      fact("What it is", kindOf(item)), fact("From", [item.file, item.place].filter(Boolean).join(", ")),
      fact("Added", new Date(item.added * 1000).toLocaleString()), fact("Size", `${item.size.toLocaleString("en")} bytes`),
      fact("Number", String(item.id)), fact("SHA-256", item.digest)));
}
