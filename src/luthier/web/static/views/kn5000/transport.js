// Play, go to a place, tempo, loudness.

import { el } from "/static/app.js";

export function time(seconds) {
  const tenths = Math.floor(seconds * 10);
  return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
}

const level = (value) => (value <= -120 ? "silence" : `${value.toFixed(1).replace("-", "−")}`);

/** The bar above everything; `act` has play(on), go(seconds), speed(factor), volume(share). */
export function transport(panel, act) {
  let playing = false;
  let length = 0;
  let dragging = false;
  const button = el("button", { class: "kn-play", text: "Play", on: { click: () => act.play(!playing) } });
  const begin = el("button", { class: "plain", text: "To the beginning", on: { click: () => act.go(0) } });
  const place = el("input", { type: "range", min: 0, max: 1, step: 0.1, value: 0, "aria-label": "Place in the song", class: "kn-place" });
  const clock = el("output", { class: "kn-clock mono", text: "0:00.0 of 0:00.0" });
  place.addEventListener("input", () => {
    dragging = true;
    shown(+place.value);
  });
  place.addEventListener("change", () => {
    dragging = false;
    act.go(+place.value);
  });
  const section = el("select", { id: "kn-section", on: { change: () => section.value && act.go(+section.value) } });
  const sections = el("span", { class: "row", hidden: true }, el("label", { for: "kn-section", text: "Go to" }), section);
  const [slow, fast] = panel.speeds;
  const speed = el("input", { type: "range", id: "kn-speed", min: 100 * slow, max: Math.min(100 * fast, 200), step: 1, value: 100 });
  const tempo = el("output", { class: "mono", for: "kn-speed" });
  speed.addEventListener("input", () => act.speed(speed.value / 100));
  speed.addEventListener("dblclick", () => act.speed((speed.value = 100) / 100));
  const volume = el("input", { type: "range", id: "kn-volume", min: 0, max: 100, value: 80, on: { input: () => act.volume(volume.value / 100) } });
  const bar = el("div", { class: "kn-bar" }, el("i"));
  const loud = el("span", { class: "mono", id: "kn-loudness", text: "momentary silence, short-term silence" });
  const voices = el("span", { class: "mono", id: "kn-voices", text: "0 of 64 voices" });
  const late = el("span", { class: "warn", hidden: true });

  function shown(seconds) {
    clock.textContent = `${time(seconds)} of ${time(length)}`;
    place.setAttribute("aria-valuetext", clock.textContent);
  }

  return {
    element: el("section", { class: "card kn-transport", "aria-label": "Playing" },
      el("div", { class: "row" }, button, begin, place, clock),
      el("div", { class: "row kn-second" },
        sections,
        el("span", { class: "row" }, el("label", { for: "kn-speed", text: "Tempo" }), speed, tempo),
        el("span", { class: "row" }, el("label", { for: "kn-volume", text: "Listening level" }), volume)),
      el("div", { class: "row kn-levels" }, el("span", { text: "Loudness (LUFS)" }), bar, loud, voices, late)),
    song(song, builtIn) {
      length = song.seconds;
      place.max = length;
      const marks = builtIn ? panel.built_in.sections.map((one) => [one.start, `${one.title}${one.shows ? `: ${one.shows}` : ""}`]) : song.marks;
      sections.hidden = !marks.length;
      section.replaceChildren(el("option", { value: "", text: "a section" }),
        ...marks.map(([at, text]) => el("option", { value: at, text })));
      shown(0);
    },
    now(now) {
      playing = now.playing;
      button.textContent = playing ? "Pause" : "Play";
      if (!dragging) {
        place.value = now.seconds;
        shown(now.seconds);
      }
      tempo.textContent = `${Math.round(now.tempo)} a minute (${speed.value} %)`;
      loud.textContent = `momentary ${level(now.momentary)}, short-term ${level(now.short_term)}, peak ${level(now.peak)} dBFS`;
      bar.firstChild.style.transform = `scaleX(${Math.min(Math.max((now.momentary + 60) / 60, 0), 1)})`;
      voices.textContent = `${now.sounding} of 64 voices`;
    },
    missed(count) {
      late.hidden = !count;
      late.textContent = `The sound came too late ${count === 1 ? "once" : `${count} times`}`;
    },
  };
}
