// Plays an answer, sentence after sentence without gaps, as they come; stops within 12 ms; reads again, and more slowly.

import { stretch } from "./stretch.js";

/** Time in which the sound falls to nothing, in seconds. */
const FADE = 0.008;
/** What comes is played this much later, so that the browser keeps up, in seconds. */
const AHEAD = 0.04;
/** A paused answer goes on a little before the place where it was broken off, in seconds. */
const REWIND = 0.25;

export class Player {
  #context = null;
  #gain = null;
  #sentences = [];
  /** What is scheduled: { source, sentence, start, offset, length } in the context's seconds. */
  #scheduled = [];
  #end = 0;
  /** Where a paused answer goes on: { sentence, part }, a sentence's number and the part of it that was heard. */
  #paused = null;
  #pace = 1;
  /** The loudest sample sent to the loudspeaker, 0 to 1. */
  peak = 0;

  /** `onChange` is called whenever it begins or ends to play. */
  constructor(onChange) {
    this.onChange = onChange;
  }

  /** Must be called while the citizen presses something, or the browser stays mute. */
  wake() {
    if (!this.#context) {
      this.#context = new AudioContext({ latencyHint: "interactive" });
      this.#gain = this.#context.createGain();
      this.#gain.connect(this.#context.destination);
    }
    if (this.#context.state !== "running") this.#context.resume();
  }

  get context() {
    return this.#context;
  }

  /** All that is played passes here; the echo check listens to it. */
  get output() {
    return this.#gain;
  }

  get playing() {
    return this.#scheduled.length > 0;
  }

  get paused() {
    return this.#paused !== null;
  }

  get empty() {
    return this.#sentences.length === 0;
  }

  get pace() {
    return this.#pace;
  }

  /** Below 1 is slower; what is being read goes on so. */
  set pace(pace) {
    const place = this.#place();
    this.#pace = pace;
    if (this.playing) {
      this.#silence();
      this.#playFrom(place);
    }
  }

  /** Forgets the last answer. */
  clear() {
    this.stop();
    this.#sentences = [];
    this.peak = 0;
  }

  /** Adds a sentence: samples (-1 to 1), their rate, and the pace at which it was spoken. */
  add({ samples, rate, pace = 1 }) {
    this.wake();
    this.#sentences.push({ samples, rate, pace });
    if (!this.#paused) this.#schedule(this.#sentences.length - 1, 0);
    this.onChange();
  }

  again() {
    this.stop();
    this.#playFrom({ sentence: 0, part: 0 });
  }

  stop() {
    this.#paused = null;
    this.#silence();
    this.onChange();
  }

  /** Falls silent at once and keeps its place. */
  pause() {
    if (!this.playing) return;
    this.#paused = this.#place();
    this.#silence();
    this.onChange();
  }

  /** Goes on after a pause. */
  resume() {
    const place = this.#paused;
    this.#paused = null;
    if (place) this.#playFrom(place);
  }

  #silence() {
    if (!this.#context) return;
    const now = this.#context.currentTime;
    const gain = this.#gain.gain;
    gain.cancelScheduledValues(now);
    gain.setValueAtTime(this.playing ? 1 : 0, now);
    gain.linearRampToValueAtTime(0, now + FADE);
    for (const { source } of this.#scheduled) {
      source.onended = null;
      source.stop(now + FADE + 0.004);
    }
    this.#scheduled = [];
    this.#end = now + FADE + 0.004;
  }

  /** What is being heard now. */
  #place() {
    const now = this.#context?.currentTime ?? 0;
    const current = this.#scheduled.find(({ start, length }) => now < start + length);
    if (!current) return { sentence: this.#sentences.length, part: 0 };
    const heard = Math.max(0, current.offset + now - current.start - REWIND);
    return { sentence: current.sentence, part: heard / (current.offset + current.length) };
  }

  #playFrom({ sentence, part }) {
    for (let n = sentence; n < this.#sentences.length; n++) this.#schedule(n, n === sentence ? part : 0);
    this.onChange();
  }

  #schedule(sentence, part) {
    const { samples, rate, pace } = this.#sentences[sentence];
    const spoken = stretch(samples, rate, pace / this.#pace);
    if (spoken.length === 0) return;
    for (let n = 0; n < spoken.length; n += 7) this.peak = Math.max(this.peak, Math.abs(spoken[n]));
    const buffer = this.#context.createBuffer(1, spoken.length, rate);
    buffer.copyToChannel(spoken, 0);
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#gain);
    const start = Math.max(this.#end, this.#context.currentTime + AHEAD);
    if (!this.playing) this.#gain.gain.setValueAtTime(1, start);
    const offset = part * buffer.duration;
    const scheduled = { source, sentence, start, offset, length: buffer.duration - offset };
    this.#end = start + scheduled.length;
    this.#scheduled.push(scheduled);
    source.onended = () => {
      this.#scheduled = this.#scheduled.filter((other) => other !== scheduled);
      this.onChange();
    };
    source.start(start, offset);
  }
}
