// Files from the server into the user's own folder for what is saved.

import { el } from "/static/elements.js";

/** Save what a path of the server answers, as `fetch` asks for it, under a name or the server's; what the header X-Lost says. */
export async function save(path, name, options = {}) {
  const answer = await fetch(`/api/${path}`, options);
  if (!answer.ok) throw new Error((await answer.json()).error);
  const own = (answer.headers.get("content-disposition") ?? "").split("''")[1] ?? "file";
  const address = URL.createObjectURL(await answer.blob());
  const link = el("a", { href: address, download: name || decodeURIComponent(own) });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  return JSON.parse(decodeURIComponent(answer.headers.get("x-lost") ?? "[]"));
}
