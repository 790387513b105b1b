// Files on their way in: gathered from what was dropped, sent with progress, shown where they belong.

import { api, go, say } from "/static/app.js";
import { card } from "/static/messages.js";

const MOST = 10000;
export const LARGEST = 2 ** 30; // bytes, as the server says (opened.py): longer ones need not set out

/** All files of a drop, those in folders too: `{file, named}`, where `named` holds the folders. */
export async function gathered(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, named: file.name }));
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

async function walk(entry, found) {
  if (found.length >= MOST || entry.name.startsWith(".")) return;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push({ file, named: entry.fullPath.replace(/^\//, ""), folder: entry.fullPath.lastIndexOf("/") > 0 });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const one of some.sort((a, b) => a.name.localeCompare(b.name))) await walk(one, found);
  }
}

/** The files of an input element. */
export function chosen(input) {
  return [...input.files].map((file) => ({
    file, named: file.webkitRelativePath || file.name, folder: Boolean(file.webkitRelativePath),
  }));
}

/** Send files one after the other with a progress bar; those that arrived. Errors become toasts. */
export async function send(files) {
  const arrived = [];
  const stop = new AbortController();
  const shown = card(files.length === 1 ? `Opening ${files[0].file.name}` : `Opening ${files.length} files`, () => stop.abort());
  try {
    for (const [number, { file, named }] of files.entries()) {
      if (stop.signal.aborted) break;
      if (file.size > LARGEST) {
        say(`${file.name}: longer than 1024 MiB; cut it into pieces`, { kind: "error" });
        continue;
      }
      try {
        const tell = (part) => shown.show((number + part) / files.length, file.name);
        arrived.push(await api.send(file, tell, { named, signal: stop.signal }));
      } catch (error) {
        if (error.name !== "AbortError") say(error.message, { kind: "error" });
      }
    }
  } finally {
    shown.remove();
  }
  return arrived;
}

/** What a file is, in the words of a page: what commands do with it is not said here. */
export const described = (file) => file.description.replace(/; `luthier.*$/, "").replace(/: `luthier kaoss verify` says how/, ": “Header” says how");

/** Open files and go to what they are; a view with `dropped(files)` that answers true takes them itself. */
export async function open(files, view) {
  if (await view?.dropped?.(files)) return;
  const arrived = await send(files);
  if (arrived.length === 1) go(`#/${arrived[0].view}/${arrived[0].id}`);
  else if (arrived.length && arrived.every((one) => one.view === "tape")) go(`#/tape/${arrived.map((one) => one.id).join("/")}`);
  else if (arrived.length) go("#/open");
}

/** Many files as one body (luthier/web/bundles.py): lengths and name before each; the browser reads them as it sends. */
export function bundle(files) {
  const parts = [];
  for (const { file, named } of files) {
    const name = new TextEncoder().encode(named);
    const head = new DataView(new ArrayBuffer(12));
    head.setUint32(0, name.length);
    head.setBigUint64(4, BigInt(file.size));
    parts.push(head.buffer, name, file);
  }
  return new Blob(parts);
}
