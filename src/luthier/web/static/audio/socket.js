// The connection to a voice on the server, in a thread of its own: what the page draws never holds up the sound.

let address = "";
let socket = null;
let sink = null; // the worklet
let rate = 0;
let received = 0; // frames
let played = 0;
let struck = 0; // when the last key went down
let wait = 250;
let last = null; // what was played, for a connection that comes back

function connect() {
  socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") {
      const block = new Float32Array(data);
      if (struck) first(block);
      received += block.length / 2;
      sink.postMessage(block, [block.buffer]);
      return;
    }
    const said = JSON.parse(data);
    if (said.silence) {
      received += said.silence;
      sink.postMessage(said.silence);
    } else if (said.ready) {
      received = 0;
      rate = said.ready;
      wait = 250;
      if (last) socket.send(last);
      sink.postMessage("ready");
      postMessage({ ready: true });
    } else postMessage(said); // whatever the voice has to say besides
  };
  socket.onclose = () => {
    postMessage({ ready: false });
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, 8000);
  };
}

/** Say how long it took from the key to its first sample. */
function first(block) {
  const place = block.findIndex((sample) => sample !== 0);
  if (place < 0) return;
  const arrived = performance.timeOrigin + performance.now() - struck;
  struck = 0;
  postMessage({ arrived, waits: (1000 * (received + (place >> 1) - played)) / rate });
}

function fromWorklet({ data }) {
  played = data.played;
  if (socket.readyState === WebSocket.OPEN) socket.send(`{"want":${data.want}}`);
  if (data.missed !== fromWorklet.missed) postMessage({ missed: (fromWorklet.missed = data.missed), ahead: data.ahead });
}
fromWorklet.missed = 0;

onmessage = ({ data }) => {
  if (data.port) {
    address = data.address;
    sink = data.port;
    sink.onmessage = fromWorklet;
    connect();
    return;
  }
  if (data.say?.sound) last = JSON.stringify(data.say);
  if (socket.readyState !== WebSocket.OPEN) return;
  if (data.midi) {
    if ((data.midi[0] & 0xf0) === 0x90 && data.midi[2]) struck = data.at;
    socket.send(new Uint8Array(data.midi));
  } else if (data.say) socket.send(JSON.stringify(data.say));
};
