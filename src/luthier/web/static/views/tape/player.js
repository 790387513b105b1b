// A part of a recording, heard: as it was recorded, or as the decoder hears it.

import { api } from "/static/app.js";

const SHORTEST = 0.8; // seconds: less is a click to the ear
const LONGEST = 60;

export class Player {
  #context = null;
  #source = null;
  #turn = 0;

  /** `moved(seconds)` hears where the sound is while it plays, and null at the end. */
  constructor(file, length, moved) {
    this.file = file;
    this.length = length;
    this.moved = moved;
  }

  get plays() {
    return this.#source !== null;
  }

  /** Play seconds `begin` to `end`; `how` is {channel, stage, front, scale}. */
  async play(begin, end, how) {
    this.stop();
    const mine = ++this.#turn;
    this.#context ??= new AudioContext();
    if (end - begin < SHORTEST) [begin, end] = [(begin + end - SHORTEST) / 2, (begin + end + SHORTEST) / 2];
    begin = Math.max(begin, 0);
    end = Math.min(end, begin + LONGEST, this.length);
    const query = new URLSearchParams({ begin, end, ...how });
    const answer = await fetch(`/api/tape/${this.file}/sound?${query}`);
    if (!answer.ok) throw new Error((await answer.json()).error);
    const samples = new Float32Array(await answer.arrayBuffer());
    await this.#context.resume();
    if (mine !== this.#turn || !samples.length) return;
    const rate = Number(answer.headers.get("x-rate"));
    const buffer = this.#context.createBuffer(1, samples.length, Math.round(Math.min(Math.max(rate, 8000), 96000)));
    buffer.copyToChannel(samples, 0);
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    // A rate that no browser plays is played as the nearest one, faster or slower by what that is off.
    source.playbackRate.value = rate / buffer.sampleRate;
    source.connect(this.#context.destination);
    source.addEventListener("ended", () => this.#source === source && this.stop());
    this.#source = source;
    source.start();
    this.#follow(begin, this.#context.currentTime, source);
  }

  stop() {
    this.#turn++;
    const source = this.#source;
    this.#source = null;
    source?.stop();
    this.moved(null);
  }

  close() {
    this.stop();
    this.#context?.close();
    this.#context = null;
  }

  #follow(begin, since, source) {
    const step = () => {
      if (this.#source !== source) return;
      this.moved(begin + this.#context.currentTime - since);
      requestAnimationFrame(step);
    };
    step();
  }
}
