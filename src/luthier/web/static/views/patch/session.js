// A bank being edited in this tab: what the server has, what is changed and not yet written, and every step.

import { api } from "/static/app.js";

const PAGE = Math.random().toString(36).slice(2);
const TOGETHER = 700; // milliseconds between changes of one thing that count as one step
const KEPT = 5000; // steps that outlive a reload; undo itself has no limit

/** A sound: its bytes, panel values, and the other one of A and B. Never changed, only replaced. */
const state = ({ packed, values }, slot = "A", other = null) => ({ packed, values, slot, other });
const same = (one, other) => one.packed === other.packed && Object.keys(one.values).every((name) => one.values[name] === other.values[name]);
export const sound = ({ packed, values }) => ({ packed, values });

export class Session extends EventTarget {
  /** Bank and panel of a key. */
  static async open(key) {
    const session = new Session();
    session.key = key;
    session.drafts = new Map(); // number: {base, now}
    session.past = [];
    session.future = [];
    try {
      session.#take(await api.get(`patch/banks/${key}`));
    } catch (error) {
      const kept = session.#read();
      if (!kept || !/not open any more/.test(error.message)) throw error;
      session.#take(kept.bank);
      session.lost = true;
    }
    session.panel = await api.get(`patch/panel/${session.bank.synth}`);
    session.rows = new Map(session.panel.parameters.map((row) => [row.name, row]));
    session.#recall();
    return session;
  }

  #take(bank) {
    this.bank = bank;
    this.stored = new Map(bank.programs.map((program) => [program.number, program]));
  }

  tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  // Sounds

  get numbers() {
    return [...this.stored.keys()];
  }

  /** The sound of a program as it is now. */
  now(number = this.number) {
    return this.drafts.get(number)?.now ?? state(this.stored.get(number));
  }

  edited(number = this.number) {
    const draft = this.drafts.get(number);
    return Boolean(draft) && !same(draft.now, this.stored.get(number));
  }

  get unwritten() {
    return this.numbers.filter((number) => this.edited(number));
  }

  select(number) {
    if (!this.stored.has(number)) return;
    this.number = number;
    this.tell("program");
    this.tell("sound");
  }

  #put(number, now) {
    const draft = this.drafts.get(number);
    if (!draft && same(now, this.stored.get(number)) && !now.other) return;
    this.drafts.set(number, { base: draft?.base ?? this.stored.get(number).packed, now });
  }

  /** Change values; several changes of one thing shortly after another are one step. */
  set(values, what) {
    const before = this.now();
    if (Object.entries(values).every(([name, value]) => before.values[name] === value)) return;
    this.#step(before, { ...before, values: { ...before.values, ...values } }, what, Object.keys(values).join());
  }

  /** Put another sound in the place of the present one. */
  replace(next, what, together = "") {
    const before = this.now();
    this.#step(before, { ...before, packed: next.packed, values: next.values }, what, together);
  }

  /** Go from A to B or back. */
  toggle() {
    const before = this.now();
    const other = before.other ?? sound(this.stored.get(this.number));
    const slot = before.slot === "A" ? "B" : "A";
    this.#step(before, state(other, slot, sound(before)), `go to ${slot}`);
  }

  #step(before, after, what, together = "") {
    const number = this.number;
    const last = this.past.at(-1);
    const at = Date.now();
    if (together && last?.together === together && last.number === number && at - last.at < TOGETHER && !this.future.length) {
      last.after = after;
      last.at = at;
    } else this.past.push({ kind: "edit", number, before, after, what, together, at });
    this.future = [];
    this.#put(number, after);
    this.tell("sound");
    this.#keep();
  }

  // The bank

  async #post(path, document) {
    const answer = await fetch(`/api/patch/banks/${this.key}/${path}`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ...document, page: PAGE }),
    });
    const said = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(said.error ?? `The bench answered ${answer.status}`), { conflict: answer.status === 409 });
    return said;
  }

  #changed({ revision, changes, settings }) {
    this.bank.revision = revision;
    this.bank.settings = settings;
    for (const { number, after } of changes) this.stored.set(number, { ...this.stored.get(number), ...after });
  }

  /** Write programs that are changed; `over`: whatever somebody else did. Throws with `conflict`. */
  async write(numbers = [this.number], over = false) {
    const wanted = numbers.filter((number) => this.drafts.has(number));
    const drafts = new Map(wanted.map((number) => [number, this.drafts.get(number)]));
    const programs = wanted.map((number) => ({ number, base: drafts.get(number).base, ...sound(drafts.get(number).now) }));
    if (!programs.length) return 0;
    const said = await this.#post("write", { programs, over });
    this.#changed(said);
    for (const [number, draft] of drafts) {
      if (this.drafts.get(number) === draft) this.#written(number, draft.now);
      else this.drafts.get(number).base = this.stored.get(number).packed;
    }
    if (said.changes.length) this.#bankStep(said.changes, `write ${numbers.length > 1 ? `${numbers.length} programs` : numbers[0]}`, drafts);
    this.tell("program");
    this.tell("sound");
    return said.changes.length;
  }

  /** A program is written: what is left of its draft is the other one of A and B. */
  #written(number, { slot, other }) {
    if (!other) this.drafts.delete(number);
    else this.drafts.set(number, { base: this.stored.get(number).packed, now: state(this.stored.get(number), slot, other) });
  }

  /** copy, swap, init or settings. */
  async change(document, what) {
    const settings = this.bank.settings;
    const drafts = new Map([...this.drafts].map(([number, draft]) => [number, draft]));
    const said = await this.#post("change", document);
    this.#changed(said);
    for (const { number } of said.changes) this.drafts.delete(number);
    if (said.changes.length) this.#bankStep(said.changes, what, drafts);
    else if (document.what === "settings") {
      this.past.push({ kind: "settings", before: settings, after: said.settings, what });
      this.future = [];
    }
    this.tell("program");
    this.tell("sound");
    this.#keep();
  }

  /** The notes of an open MIDI file as the sequence: what was taken, and what was lost. */
  async sequence(document) {
    const taken = await api.post(`sequence/${this.key}/song`, { ...document, page: PAGE });
    if (taken.before !== taken.after) {
      this.past.push({ kind: "sequence", before: taken.before, after: taken.after, what: "another sequence" });
      this.future = [];
    }
    await this.refresh();
    return taken;
  }

  async #sequence(content) {
    await api.post(`sequence/${this.key}`, { content, page: PAGE });
    await this.refresh();
  }

  #bankStep(changes, what, drafts) {
    const list = changes.map(({ number, before, after }) => ({ number, before, after: after.packed }));
    const kept = list.map(({ number }) => [number, drafts.get(number)]).filter(([, draft]) => draft);
    this.past.push({ kind: "bank", changes: list, what, drafts: kept });
    this.future = [];
    this.#keep();
  }

  /** News of another page. */
  async hear({ key, page, numbers }) {
    if (key !== this.key || page === PAGE) return;
    await this.refresh();
    this.tell("elsewhere", { numbers });
  }

  /** Ask the server anew. */
  async refresh() {
    this.#take(await api.get(`patch/banks/${this.key}`));
    if (!this.stored.has(this.number)) this.number = this.numbers[0];
    this.tell("program");
    this.tell("sound");
    this.#keep();
  }

  /** Forget what is changed in the present program. */
  revert() {
    const before = this.now();
    this.#step(before, state(this.stored.get(this.number), before.slot, before.other), "back to the stored program");
  }

  /** Take what the bank has, in the place of mine. */
  drop(number = this.number) {
    this.drafts.delete(number);
    this.tell("program");
    this.tell("sound");
    this.#keep();
  }

  // Steps

  async undo() {
    const step = this.past.pop();
    if (!step) return null;
    try {
      if (step.kind === "edit") {
        this.number = step.number;
        this.#put(step.number, step.before);
      } else if (step.kind === "settings") {
        this.#changed(await this.#post("change", { what: "settings", values: step.before }));
      } else if (step.kind === "sequence") {
        await this.#sequence(step.before);
      } else {
        const programs = step.changes.map(({ number, before, after }) => ({ number, base: after, packed: before }));
        this.#changed(await this.#post("write", { programs }));
        for (const [number, draft] of step.drafts) this.drafts.set(number, draft);
      }
    } catch (error) {
      this.past.push(step);
      throw error;
    }
    this.future.push(step);
    this.#told();
    return step.what;
  }

  async redo() {
    const step = this.future.pop();
    if (!step) return null;
    try {
      if (step.kind === "edit") {
        this.number = step.number;
        this.#put(step.number, step.after);
      } else if (step.kind === "settings") {
        this.#changed(await this.#post("change", { what: "settings", values: step.after }));
      } else if (step.kind === "sequence") {
        await this.#sequence(step.after);
      } else {
        const programs = step.changes.map(({ number, before, after }) => ({ number, base: before, packed: after }));
        this.#changed(await this.#post("write", { programs }));
        for (const { number } of step.changes) this.drafts.delete(number);
      }
    } catch (error) {
      this.future.push(step);
      throw error;
    }
    this.past.push(step);
    this.#told();
    return step.what;
  }

  #told() {
    this.tell("program");
    this.tell("sound");
    this.#keep();
  }

  // What outlives a reload, and a server that was killed

  #timer = 0;

  #keep() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), 250);
  }

  save() {
    clearTimeout(this.#timer);
    const kept = {
      bank: { ...this.bank, programs: [...this.stored.values()] },
      drafts: [...this.drafts], past: this.past.slice(-KEPT), future: this.future.slice(-KEPT),
    };
    for (const less of [kept, { ...kept, past: [], future: [] }]) {
      try {
        sessionStorage.setItem(`patch ${this.key}`, JSON.stringify(less));
        return;
      } catch {
        // Too much for the browser: the steps are less dear than the sounds.
      }
    }
  }

  #read() {
    try {
      return JSON.parse(sessionStorage.getItem(`patch ${this.key}`));
    } catch {
      return null;
    }
  }

  #recall() {
    const kept = this.#read();
    if (!kept || kept.bank.synth !== this.bank.synth) return;
    this.drafts = new Map(kept.drafts.filter(([number]) => this.stored.has(number)));
    this.past = kept.past;
    this.future = kept.future;
  }

  /** The server has forgotten the file: give it back what this page has. The new key. */
  async bringBack() {
    const { synth, name, ram } = this.bank;
    const programs = [...this.stored.values()].map(({ number, packed }) => ({ number, packed }));
    const { id } = await api.post("patch/banks", { synth, name, ram, programs });
    this.key = id;
    this.#take(await api.get(`patch/banks/${id}`));
    this.lost = false;
    this.save();
    return id;
  }
}
