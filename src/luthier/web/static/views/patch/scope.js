// What is heard, drawn: the wave, standing still at its rising edge, and the spectrum in equal octaves.

import { el } from "/static/app.js";

const LOWEST = 40, HIGHEST = 16000, RANGE = 90; // Hz, Hz, dB
const SHOWN = 1200; // samples of the wave

export function scope(player) {
  const wave = el("canvas", { role: "img", "aria-label": "Oscilloscope" });
  const spectrum = el("canvas", { role: "img", "aria-label": "Spectrum, 40 Hz to 16 kHz" });
  const caption = el("figcaption", { text: "Wave" });
  const samples = new Float32Array(8192);
  const slow = matchMedia("(prefers-reduced-motion: reduce)");
  let colours = {};
  let running = true;
  let last = 0;
  let bins = null;

  function look() {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["surface", "soft-line", "quiet", "wave", "wave-soft"]) colours[name] = style.getPropertyValue(`--${name}`).trim();
  }

  function prepared(canvas) {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * ratio), height = Math.round(canvas.clientHeight * ratio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    return [pen, width, height, ratio];
  }

  let rate = 0;
  function drawWave() {
    if (player.context && player.context.sampleRate !== rate) {
      rate = player.context.sampleRate;
      caption.textContent = `Wave, ${Math.round((1000 * SHOWN) / rate)} ms`;
    }
    const [pen, width, height, ratio] = prepared(wave);
    pen.strokeStyle = colours["soft-line"];
    pen.lineWidth = ratio;
    pen.beginPath();
    pen.moveTo(0, height / 2);
    pen.lineTo(width, height / 2);
    pen.stroke();
    player.samples(samples);
    let start = 0, highest = 0;
    for (const one of samples) highest = Math.max(highest, Math.abs(one));
    for (let i = 1; i < samples.length - SHOWN; i++) if (samples[i - 1] < 0 && samples[i] >= 0) {
      start = i;
      break;
    }
    const scale = 0.45 / Math.max(highest, 0.05);
    pen.strokeStyle = colours.wave;
    pen.lineWidth = 1.5 * ratio;
    pen.lineJoin = "round";
    pen.beginPath();
    for (let i = 0; i < SHOWN; i++) pen.lineTo((i / (SHOWN - 1)) * width, height * (0.5 - samples[start + i] * scale));
    pen.stroke();
  }

  function drawSpectrum() {
    const [pen, width, height, ratio] = prepared(spectrum);
    const place = (hertz) => (Math.log2(hertz / LOWEST) / Math.log2(HIGHEST / LOWEST)) * width;
    pen.font = `${10 * ratio}px system-ui, sans-serif`;
    pen.lineWidth = ratio;
    for (const [hertz, text] of [[100, "100"], [1000, "1k"], [10000, "10k"]]) {
      pen.strokeStyle = colours["soft-line"];
      pen.beginPath();
      pen.moveTo(place(hertz), 0);
      pen.lineTo(place(hertz), height);
      pen.stroke();
      pen.fillStyle = colours.quiet;
      const left = hertz === 10000;
      pen.textAlign = left ? "right" : "left";
      pen.fillText(text, place(hertz) + (left ? -3 : 3) * ratio, 11 * ratio);
    }
    if (!player.analyser) return;
    bins ??= new Float32Array(player.analyser.frequencyBinCount);
    player.analyser.getFloatFrequencyData(bins);
    const perBin = player.context.sampleRate / 2 / bins.length;
    pen.beginPath();
    pen.moveTo(0, height);
    const steps = Math.round(width / ratio / 2);
    for (let i = 0; i < steps; i++) {
      const from = LOWEST * (HIGHEST / LOWEST) ** (i / steps), to = LOWEST * (HIGHEST / LOWEST) ** ((i + 1) / steps);
      let level = -Infinity;
      for (let bin = Math.floor(from / perBin); bin <= Math.max(Math.floor(to / perBin), Math.floor(from / perBin)); bin++) level = Math.max(level, bins[bin] ?? -Infinity);
      const y = height * Math.min(Math.max((-10 - level) / RANGE, 0), 1);
      pen.lineTo((i / steps) * width, y);
      pen.lineTo(((i + 1) / steps) * width, y);
    }
    pen.lineTo(width, height);
    pen.closePath();
    pen.fillStyle = colours["wave-soft"];
    pen.fill();
    pen.strokeStyle = colours.wave;
    pen.stroke();
  }

  function frame(time) {
    if (!running) return;
    requestAnimationFrame(frame);
    if (time - last < (slow.matches ? 250 : 30) || document.hidden) return;
    last = time;
    drawWave();
    drawSpectrum();
  }

  const recolour = () => requestAnimationFrame(look);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  window.addEventListener("theme", recolour);
  scheme.addEventListener("change", recolour);
  look();
  requestAnimationFrame(frame);
  return {
    element: el("div", { class: "patch-scope" },
      el("figure", {}, el("div", {}, wave), caption), el("figure", {}, el("div", {}, spectrum), el("figcaption", { text: `Spectrum in Hz, ${RANGE} dB high` }))),
    stop() {
      running = false;
      window.removeEventListener("theme", recolour);
      scheme.removeEventListener("change", recolour);
    },
  };
}
