// What has to be done beside the computer: recording a tape, and getting sounds into the synth.
//
// Jacks, switches and what the display says are from what owners of these synths tell; nobody has tried them here.

import { el } from "/static/elements.js";

const RECORDING = [
  "Take a cable from the earphone or line output of the cassette recorder to the line or microphone input of the computer or phone. A microphone before a loudspeaker rarely does.",
  "Record as WAV or FLAC if you can choose; MP3 and M4A do at a good quality. Switch off whatever improves speech or takes away noise.",
  "Make it loud, but not so loud that the level touches its limit.",
  "Begin before the steady tone and stop after the rattle, which lasts about ten seconds.",
  "Drop the file on this page. If something is missing, record the same tape once more and drop both files together: each fills the holes of the other.",
];

const TAPE = [
  "Everything that is in the synth is replaced. Save what you want to keep first: record the synth's own tape output and drop that here too.",
  "Cable: from the headphone or line output of the computer, phone or recorder to the jack FROM TAPE on the back, with a mono plug. Adapters are often the trouble.",
  "On the back, set TAPE to ENABLE and the write switch (PROGRAM WRITE) to ENABLE. If writing is disabled the synth may say GOOD and keep nothing.",
  "Volume at about two thirds. Switch off equalisers, sound effects and the sounds of messages.",
  "Press LOAD on the synth, not VERIFY. Then play the file from its beginning.",
  "GOOD in the display: done. ERR: play it again softer, or move the switch HIGH/LOW beside the jack. Nothing happens: play it louder. If no level will do, play it from another machine.",
  "Set both switches back to DISABLE.",
];

const DUMP = [
  "Everything that is in the synth is replaced. Receive what you want to keep first.",
  "Cable: from the MIDI output of the computer to MIDI IN of the synth, and from MIDI OUT back if you can: only then an error is heard.",
  "Set the switches for writing programs and sequences to ENABLE.",
  "Press “Send to the synth” in the patch editor. Or send the file with a program for system exclusive messages, as SysEx Librarian (Mac), MIDI-OX (Windows) or amidi (Linux) are, with pauses of 100 ms. Send nothing else meanwhile.",
  "Switch the synth off and on again.",
];

const NONE = "This kind of file is for a computer: no synth reads it. Choose the tape or, for an EX-800 or MkII, sysex.";

const folded = (title, lines, more = "") => el("details", { class: "guide" }, el("summary", { text: title }),
  el("ol", {}, lines.map((text) => el("li", { text }))), more && el("p", { class: "quiet", text: more }));

/** How a tape is recorded so that it can be read. */
export const recordingGuide = () => folded("How to record the tape", RECORDING);

/** How a file that was saved gets into the synth; `suffix` says what kind of file it is. */
export function synthGuide(suffix, synth = "") {
  const title = "How to get it into the synth";
  if (suffix === ".wav" && synth === "mk2") return el("p", { class: "warn guide", text: "The tape of the Poly-800MkII is not known: save sysex for it." });
  if (suffix === ".wav") {
    return folded(title, TAPE, "For the Poly-800 and the EX-800. These are the words of owners of these synths; the file itself was read back before it was saved, and every byte is right.");
  }
  if (suffix === ".syx") {
    return folded(title, DUMP, "For the EX-800, the Poly-800MkII, and a Poly-800 with the memory chip of an EX-800. A Poly-800 as it was sold knows no sysex: save a tape for it.");
  }
  return el("p", { class: "quiet guide", text: NONE });
}
