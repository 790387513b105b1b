// News from the server over one WebSocket; it comes back by itself when the server does.

const handlers = new Map();
let socket = null;
let wait = 500;

function tell(topic, message) {
  for (const handler of handlers.get(topic) ?? []) handler(message);
}

function connect() {
  socket = new WebSocket(`ws://${location.host}/ws`);
  socket.addEventListener("open", () => {
    wait = 500;
    tell("connected", {});
  });
  socket.addEventListener("message", (event) => {
    const { topic, message } = JSON.parse(event.data);
    tell(topic, message);
  });
  socket.addEventListener("close", () => {
    tell("disconnected", {});
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, 8000);
  });
}

export const news = {
  /** Hear everything about a topic; what comes back ends that. Own topics: connected, disconnected. */
  on(topic, handler) {
    if (!handlers.has(topic)) handlers.set(topic, new Set());
    handlers.get(topic).add(handler);
    if (!socket) connect();
    return () => handlers.get(topic).delete(handler);
  },
};
