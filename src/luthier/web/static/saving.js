// Files from the server into the user's own folder for what is saved.

import { el } from "/static/elements.js";

/** Save what a path of the server answers, as `fetch` asks for it; what the header X-Lost says. */
export async function save(path, name, options = {}) {
  const answer = await fetch(`/api/${path}`, options);
  if (!answer.ok) throw new Error((await answer.json()).error);
  const address = URL.createObjectURL(await answer.blob());
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  return JSON.parse(decodeURIComponent(answer.headers.get("x-lost") ?? "[]"));
}
