// A voice on the server, heard here: socket.js fetches its frames, worklet.js plays them.

const WINDOW = 8192; // samples that can be looked at

class Player extends EventTarget {
  context = null;
  ready = false;
  /** Milliseconds from the last key to its sound, and what they are made of. */
  latency = null;
  missed = 0;
  #worker = null;
  #node = null;
  #waiting = [];
  #starting = null;

  /**
   * Begin; has to come from a key or a click. `path` is the server's WebSocket for the voice, `rate` the only
   * one that the voice has, in Hz.
   */
  start(path, { rate } = {}) {
    this.#starting ??= this.#start(path, rate);
    return this.#starting;
  }

  async #start(path, rate) {
    const context = new AudioContext({ latencyHint: "interactive", ...(rate && { sampleRate: rate }) });
    this.context = context;
    await context.audioWorklet.addModule("/static/audio/worklet.js");
    if (this.context !== context) return;
    this.#node = new AudioWorkletNode(context, "stream", { numberOfInputs: 0, outputChannelCount: [2] });
    this.analyser = new AnalyserNode(context, { fftSize: WINDOW, smoothingTimeConstant: 0.5 });
    this.gain = new GainNode(context, { gain: this.volume });
    this.#node.connect(this.analyser).connect(this.gain).connect(context.destination);
    this.#worker = new Worker("/static/audio/socket.js");
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    const { port1, port2 } = new MessageChannel();
    this.#node.port.postMessage({ port: port1 }, [port1]);
    const address = `ws://${location.host}/api/${path}${path.includes("?") ? "&" : "?"}rate=${context.sampleRate}`;
    this.#worker.postMessage({ address, port: port2 }, [port2]);
    if (this.#last) this.say(this.#last);
    await context.resume();
  }

  #last = null;
  #volume = 0.8;

  get volume() {
    return this.#volume;
  }

  set volume(value) {
    this.#volume = value;
    this.gain?.gain.setTargetAtTime(value, this.context.currentTime, 0.02);
  }

  #hear(data) {
    if ("ready" in data) {
      this.ready = data.ready;
      if (data.ready) for (const message of this.#waiting.splice(0)) this.midi(message);
    } else if ("arrived" in data) {
      const out = 1000 * ((this.context.outputLatency || 0) + (this.context.baseLatency || 0));
      this.latency = { arrived: data.arrived, waits: data.waits, out, total: data.arrived + data.waits + out };
    } else if ("missed" in data) {
      this.missed = data.missed;
      this.ahead = data.ahead;
    }
    this.dispatchEvent(new CustomEvent("told", { detail: data }));
  }

  /** Send a MIDI message, an array of bytes; before the voice is there, keys wait. */
  midi(message) {
    if (!this.ready) {
      if (this.#waiting.length < 64) this.#waiting.push(message);
      return;
    }
    this.#worker.postMessage({ midi: message, at: performance.timeOrigin + performance.now() });
  }

  /** Say anything else: a sound, hold, quiet. */
  say(wanted) {
    if (wanted.sound) this.#last = wanted;
    this.#worker?.postMessage({ say: wanted });
  }

  /** Let so many seconds of sound wait: more is safer, and later heard. */
  lead(seconds) {
    this.#node?.port.postMessage({ ahead: seconds });
  }

  /** The last samples that were played, left and right together. */
  samples(into = new Float32Array(WINDOW)) {
    this.analyser?.getFloatTimeDomainData(into);
    return into;
  }

  stop() {
    this.#worker?.terminate();
    this.#node?.port.postMessage({ stop: true });
    this.context?.close();
    this.#worker = this.#node = this.#starting = this.context = this.analyser = this.gain = this.#last = null;
    this.#waiting = [];
    this.ready = false;
    this.latency = null;
  }
}

/** The one of this page. */
export const player = new Player();
