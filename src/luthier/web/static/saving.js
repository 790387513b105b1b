// Files from the server into the user's own folder for what is saved.

import { el } from "/static/elements.js";

function give(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** Save text that the page has. */
export const offer = (text, name) => give(new Blob([text], { type: "text/plain" }), name);

/** Save what a path of the server answers, as `fetch` asks for it, under a name or the server's; what the header X-Lost says. */
export async function save(path, name, options = {}) {
  const answer = await fetch(`/api/${path}`, options);
  if (!answer.ok) throw new Error((await answer.json()).error);
  const own = (answer.headers.get("content-disposition") ?? "").split("''")[1] ?? "file";
  give(await answer.blob(), name || decodeURIComponent(own));
  return JSON.parse(decodeURIComponent(answer.headers.get("x-lost") ?? "[]"));
}
