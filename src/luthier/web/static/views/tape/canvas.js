// A canvas as sharp as the screen, in the page's colours; drawn anew when its size or the colours change.

import { el } from "/static/app.js";

const NAMES = ["surface", "raised", "line", "soft-line", "text", "quiet", "accent", "bad", "warn", "good", "wave", "wave-soft", "focus"];

/** The page's colours as they are now. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** A canvas in a box: `{box, context, width, height, colours, close}`; `changed` hears when it has to be drawn. */
export function sheet(attributes, changed) {
  const canvas = el("canvas", attributes);
  const made = { box: canvas, context: canvas.getContext("2d", { alpha: false }), width: 0, height: 0, colours: colours() };
  const watch = new ResizeObserver(() => {
    const sharp = Math.min(devicePixelRatio || 1, 2);
    made.width = canvas.clientWidth;
    made.height = canvas.clientHeight;
    made.sharp = sharp;
    canvas.width = Math.round(made.width * sharp);
    canvas.height = Math.round(made.height * sharp);
    changed();
  });
  const dyed = () => {
    made.colours = colours();
    changed();
  };
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  watch.observe(canvas);
  window.addEventListener("theme", dyed);
  scheme.addEventListener("change", dyed);
  made.close = () => {
    watch.disconnect();
    window.removeEventListener("theme", dyed);
    scheme.removeEventListener("change", dyed);
  };
  return made;
}

/** Clear a sheet and have its pixels be those of the page. */
export function begin({ context, width, height, sharp, colours: own }) {
  context.setTransform(sharp, 0, 0, sharp, 0, 0);
  context.fillStyle = own.surface;
  context.fillRect(0, 0, width, height);
  return context;
}
