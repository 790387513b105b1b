// What the page asks of the server; whatever goes wrong is an Error with the server's own words.

const GONE = "The bench does not answer: luthier web has ended. Start it again, and this page goes on.";

async function said(answer) {
  let text = `The bench answered ${answer.status}`;
  try {
    text = (await answer.json()).error ?? text;
  } catch {
    // No JSON: the number has to do.
  }
  return new Error(text);
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(`/api/${path}`, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error(GONE);
  }
  if (!answer.ok) throw await said(answer);
  return answer;
}

export const api = {
  /** What is at a path, as JSON; `signal` of an AbortController ends the wait. */
  async get(path, { signal } = {}) {
    return (await ask(path, { signal })).json();
  },

  /** Send a document, get one back. */
  async post(path, document = {}) {
    const headers = { "content-type": "application/json" };
    return (await ask(path, { method: "POST", headers, body: JSON.stringify(document) })).json();
  },

  /** Close, cancel, remove. */
  async remove(path) {
    return (await ask(path, { method: "DELETE" })).json();
  },

  /** Bytes, as an ArrayBuffer. */
  async bytes(path, { signal } = {}) {
    return (await ask(path, { signal })).arrayBuffer();
  },

  /** Open a file: a File or Blob with a name; `onProgress(part)` hears 0 to 1. `named` may hold folders. */
  send(file, onProgress = () => {}, { named = file.name, signal, path = "files/" } = {}) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `/api/${path}`);
      request.setRequestHeader("content-type", "application/octet-stream");
      request.setRequestHeader("x-name", encodeURIComponent(named || "file"));
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => onProgress(event.loaded / (event.total || 1)));
      request.addEventListener("load", () => {
        if (request.status < 300 && request.response) resolve(request.response);
        else reject(new Error(request.response?.error ?? `The bench answered ${request.status}`));
      });
      request.addEventListener("error", () => reject(new Error(`${named}: it could not be sent. ${GONE}`)));
      request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
      signal?.addEventListener("abort", () => request.abort());
      request.send(file);
    });
  },
};
