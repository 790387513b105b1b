// Banks over a MIDI cable: which port it is on, what one must know, the way there and the way back.

import { api } from "/static/api.js";
import { el } from "/static/elements.js";
import { job, say } from "/static/messages.js";

const SYNTHS = [["ex800", "EX-800"], ["mk2", "Poly-800MkII"]];
const KEPT = "luthier-midi-port";

const option = ([value, text]) => el("option", { value, text });
const stopped = (error) => error.name === "AbortError";
const failed = (error) => !stopped(error) && say(error.message, { kind: "error" });

/** The ports of this machine to choose from; `told(advice)` hears what one must know when they are there. */
function portField({ answers = false, told = () => {} } = {}) {
  const field = el("select", { "aria-label": "MIDI port" });
  const none = el("p", { class: "warn", role: "status", hidden: true });
  const again = el("button", { class: "plain", text: "Look again", title: "Look for MIDI ports again" });
  async function look() {
    const { ports, missing, advice } = await api.get("cable/ports");
    const fit = ports.filter((port) => port.sends && (port.receives || !answers));
    const before = field.value || localStorage.getItem(KEPT);
    field.replaceChildren(...fit.map((port) => option([port.name, `${port.name}${port.receives ? "" : " (no way back)"}`])));
    if (fit.some((port) => port.name === before)) field.value = before;
    none.hidden = fit.length > 0;
    none.textContent = missing || `No MIDI port ${answers ? "that also listens " : ""}was found: connect an interface and look again.`;
    field.disabled = !fit.length;
    field.dispatchEvent(new Event("change"));
    told(advice);
  }
  field.addEventListener("change", () => field.value && localStorage.setItem(KEPT, field.value));
  again.addEventListener("click", () => look().catch(failed));
  return { field, none, again, look };
}

/** The tray of the editor that sends the bank of a session. */
export function sending(session) {
  const advice = el("ul", {});
  const port = portField({ told: (lines) => advice.replaceChildren(...lines.map((text) => el("li", { text: text[0].toUpperCase() + text.slice(1) }))) });
  const synth = el("select", { "aria-label": "Synth that gets it" }, SYNTHS.map(option));
  synth.value = session.bank.synth === "mk2" ? "mk2" : "ex800";
  const sure = el("input", { type: "checkbox" });
  const button = el("button", { text: "Send to the synth" });
  const write = el("button", { class: "plain", text: "Write them first" });
  const unwritten = el("p", { class: "warn" });
  const lost = el("div", { class: "patch-losses", "aria-live": "polite" });
  const outcome = el("p", { role: "status" });
  let under = false;
  const ready = () => (button.disabled = under || !sure.checked || !port.field.value);
  async function losses() {
    const wanted = synth.value;
    const { losses: found } = await api.get(`patch/banks/${session.key}/losses?suffix=.syx&synth=${wanted}`);
    if (wanted !== synth.value) return;
    lost.replaceChildren(...(found.length ? [el("p", { text: "Not carried:" }), el("ul", {}, found.map((text) => el("li", { text })))] : []));
  }
  async function send() {
    under = true;
    ready();
    outcome.className = "quiet";
    outcome.textContent = "Sending: touch neither keys nor wheels of the synth.";
    try {
      const sent = await job(await api.post("cable/send", { bank: session.key, port: port.field.value, synth: synth.value }));
      sure.checked = false;
      outcome.className = "good";
      outcome.textContent = `${sent.bytes.toLocaleString("en")} bytes sent in ${sent.seconds.toFixed(1)} s. ${sent.heard
        ? "The synth reported no error; it is not known to say anything else, so play a program."
        : "This port has no way back: an error report would not have been heard. Play a program."}`;
    } catch (error) {
      outcome.className = "bad";
      outcome.textContent = stopped(error) ? "Stopped: the synth may have a part of it. Send it again, whole." : error.message;
    } finally {
      under = false;
      ready();
    }
  }
  for (const field of [sure, port.field]) field.addEventListener("change", ready);
  synth.addEventListener("change", () => losses().catch(failed));
  write.addEventListener("click", () => session.write(session.unwritten).then(show, failed));
  button.addEventListener("click", send);
  function show() {
    const numbers = session.unwritten;
    unwritten.hidden = write.hidden = !numbers.length;
    unwritten.textContent = `Not written into the bank yet, and so not sent: ${numbers.join(", ")}`;
    return losses();
  }
  ready();
  port.look().catch(failed);
  return {
    title: "Send to the synth over MIDI",
    body: [
      el("p", { class: "quiet", text: "For an EX-800, a Poly-800MkII, or a Poly-800 with the memory chip of an EX-800. A Poly-800 as it was sold takes a tape: “Save as file”." }),
      el("div", { class: "row" }, el("label", { class: "patch-field" }, el("span", { text: "Port" }), port.field), port.again,
        el("label", { class: "patch-field" }, el("span", { text: "Synth" }), synth)),
      port.none, advice, unwritten, write, lost,
      el("div", { class: "row" }, el("label", {}, sure, " All programs of the synth may be replaced"), button),
      outcome,
    ],
    show,
  };
}

/** What asks a synth for its memory and opens it; folded until somebody wants it. */
export function receiving(opened) {
  const port = portField({ answers: true });
  const synth = el("select", { "aria-label": "Synth that is asked" }, [["", "MkII, then EX-800"], ...SYNTHS].map(option));
  const button = el("button", { text: "Receive" });
  const ready = () => (button.disabled = !port.field.value);
  port.field.addEventListener("change", ready);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      opened(await job(await api.post("cable/receive", { port: port.field.value, synth: synth.value })));
    } catch (error) {
      failed(error);
    } finally {
      ready();
    }
  });
  ready();
  return el("details", { class: "guide", on: { toggle: ({ target }) => target.open && port.look().catch(failed) } },
    el("summary", { text: "Receive the sounds of an EX-800 or MkII over MIDI" }),
    el("p", { text: "Cables: MIDI OUT of the synth to the computer, and the computer to MIDI IN: the synth is asked for its memory, and nothing in it changes." }),
    el("div", { class: "row" }, port.field, port.again, synth, button), port.none);
}
