// Two firmwares side by side.

import { api, el, job, say } from "/static/app.js";
import { hex } from "./listing.js";

const QUIET = new Set(["same", "moved"]);
const place = (number) => (number === null ? "" : hex(number));
const way = (one) => (one.before === one.after ? place(one.before) : `${place(one.before) || "-"} → ${place(one.after) || "-"}`);

/** A list to choose another system file from; `fill()` asks what is open. */
export function others(file, label, none) {
  const select = el("select", { "aria-label": label });
  async function fill(chosen) {
    const open = (await api.get("files/")).filter((one) => one.format === "korg-system-file" && one.id !== file.id);
    select.replaceChildren(el("option", { value: "", text: open.length ? none : "no other system file is open" }),
      ...open.map((one) => el("option", { value: one.id, text: one.name, selected: one.id === chosen })));
  }
  return { select, fill };
}

function changes(title, rows) {
  return rows.length ? [el("h2", { text: `${title} (${rows.length.toLocaleString("en")})` }), ...rows] : [];
}

function shownBytes(digits) {
  const bytes = digits.slice(0, 64).replace(/(..)(?!$)/g, "$1 ").toUpperCase();
  return digits.length > 64 ? `${bytes} ...` : bytes;
}

function diffLines(lines) {
  return el("pre", { class: "diff" }, lines.map((line) => el("span", { class: line.startsWith("+") ? "plus" : line.startsWith("-") ? "minus" : line.startsWith("@") ? "quiet" : "", text: `${line}\n` })));
}

function result(found) {
  if (found.same) return [el("p", { class: "good large", text: "Nothing differs" })];
  const functions = found.functions.filter((one) => !QUIET.has(one.state));
  return [
    el("p", { class: "large", text: `${found.before} and ${found.after}: ${found.counts ? `functions ${found.counts}` : "the code was not compared"}` }),
    ...changes("Header", found.header.length ? [el("div", { class: "table-scroll card" }, el("table", {}, el("tbody", {}, found.header.map((one) => el("tr", {},
      el("th", { scope: "row", text: one.name.replaceAll("_", " ") }), el("td", { class: "mono minus", text: one.before }), el("td", { class: "mono plus", text: one.after }))))))] : []),
    ...changes("Vectors", found.vectors.map((one) => el("p", { class: "mono", text: `${one.name} at ${hex(one.address)}: ${hex(one.before)} → ${hex(one.after)}` }))),
    ...changes("Functions", functions.map((one) => {
      const sizes = [...new Set([one.size_before, one.size_after].filter((size) => size !== null))];
      const title = [el("span", { class: `chip state-${one.state}`, text: one.state }), el("b", { text: ` ${one.name} ` }), el("span", { class: "mono", text: way(one) }), el("span", { class: "quiet", text: `, ${sizes.join(" → ")} bytes` })];
      const inside = [one.calls.length ? el("p", { class: "mono", text: `calls: ${one.calls.join("; ")}` }) : "", one.lines.length ? diffLines(one.lines) : ""].filter(Boolean);
      return inside.length ? el("details", { class: "card change", open: functions.length < 20 }, el("summary", {}, title), inside) : el("p", { class: "card change" }, title);
    })),
    ...changes("Data", found.data.map((one) => el("div", { class: "card change" },
      el("p", {}, el("span", { class: `chip state-${one.state}`, text: one.state }), " ", el("span", { class: "mono", text: way(one) })),
      diffLines([...(one.old ? [`- ${shownBytes(one.old)}`] : []), ...(one.new ? [`+ ${shownBytes(one.new)}`] : [])])))),
    ...changes("Texts", found.texts.map((one) => el("p", {}, el("span", { class: `chip state-${one.state}`, text: one.state }), " ", el("span", { class: "mono", text: `${way(one)} “${one.text}”` })))),
  ];
}

/** The pane; gives `{fill(id)}` that compares with a file at once. */
export function difference(pane, file) {
  const { select, fill } = others(file, "The other file", "choose the other file");
  const shown = el("div", { class: "difference", "aria-live": "polite" });
  async function compare() {
    if (!select.value) {
      say("Choose the other file, or drop it here", { kind: "error" });
      return;
    }
    try {
      shown.replaceChildren(...result(await job(await api.post(`firmware/${file.id}/diff`, { other: select.value }))));
    } catch (error) {
      if (error.name !== "AbortError") say(error.message, { kind: "error" });
    }
  }
  pane.append(
    el("p", { class: "quiet", text: "This file is the older one of the two. Drop another system file here, or choose one that is open." }),
    el("form", { class: "row", on: { submit: (event) => (event.preventDefault(), compare()) } }, select, el("button", { text: "Compare" })), shown);
  fill();
  return {
    async with(id) {
      await fill(id);
      await compare();
    },
  };
}
