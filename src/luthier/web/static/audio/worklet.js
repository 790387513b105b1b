// Plays what arrives, and asks for more: the sound card is the only clock.

const ROOM = 1 << 15; // frames
const STEP = 256; // frames between two requests
const LEAST = 0.02; // seconds ahead; more when something came too late
const MORE = 0.01;
const MOST = 0.2;
const CALM = 4; // seconds without a gap, and a little less is tried; after each gap twice as long
const CALMEST = 240;

class Stream extends AudioWorkletProcessor {
  constructor() {
    super();
    this.ring = [new Float32Array(ROOM), new Float32Array(ROOM)];
    this.written = 0;
    this.played = 0;
    this.asked = 0;
    this.missed = 0;
    this.ahead = this.least = LEAST;
    this.begun = this.dry = false;
    this.calm = 0;
    this.patience = CALM;
    this.closed = false;
    this.port.onmessage = ({ data }) => {
      if (data.stop) this.closed = true;
      if (data.ahead) this.ahead = this.least = Math.min(Math.max(data.ahead, LEAST), MOST);
      if (data.port) {
        this.source = data.port;
        this.source.onmessage = (event) => this.take(event.data);
      }
    };
  }

  take(block) {
    if (typeof block === "string") { // the connection is new: its frames count from 0
      this.written = this.played = this.asked = 0;
      this.begun = true;
      this.ask();
      return;
    }
    const frames = typeof block === "number" ? block : block.length / 2;
    if (this.written + frames - this.played > ROOM) return;
    for (let i = 0; i < frames; i++) {
      const place = (this.written + i) % ROOM;
      this.ring[0][place] = typeof block === "number" ? 0 : block[2 * i];
      this.ring[1][place] = typeof block === "number" ? 0 : block[2 * i + 1];
    }
    this.written += frames;
  }

  ask() {
    this.asked = this.played + Math.round(this.ahead * sampleRate);
    this.source.postMessage({ want: this.asked, played: this.played, missed: this.missed, ahead: this.ahead });
  }

  process(_inputs, [output]) {
    if (this.closed) return false;
    if (!this.begun) return true;
    const frames = output[0].length;
    const there = Math.min(frames, this.written - this.played);
    for (let channel = 0; channel < output.length; channel++) {
      const ring = this.ring[channel % 2];
      for (let i = 0; i < there; i++) output[channel][i] = ring[(this.played + i) % ROOM];
    }
    this.played += there;
    if (there === frames) {
      this.dry = false;
      this.calm += frames;
      if (this.calm > this.patience * sampleRate && this.ahead > this.least) {
        this.ahead = Math.max(this.ahead - MORE / 2, this.least);
        this.calm = 0;
      }
    } else if (this.played && !this.dry) {
      this.dry = true; // one gap, however long
      this.calm = 0;
      this.patience = Math.min(this.patience * 2, CALMEST);
      this.missed++;
      this.ahead = Math.min(this.ahead + MORE, MOST);
    }
    // With much ahead there is no hurry.
    const step = this.ahead > 0.1 ? 4 * STEP : STEP;
    if (this.played + this.ahead * sampleRate - this.asked >= step) this.ask();
    return true;
  }
}

registerProcessor("stream", Stream);
