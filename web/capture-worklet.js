// Runs on the sound thread: the microphone, and beside it what the loudspeaker plays, in frames of 20 ms at 16 kHz.

import { RATE, Resampler } from "./resample.js";

const FRAME = RATE / 50;
const SILENCE = new Float32Array(128);

class Frames {
  #resampler = new Resampler(sampleRate);
  #samples = [];

  push(input) {
    this.#samples.push(...this.#resampler.push(input?.[0] ?? SILENCE));
  }

  get ready() {
    return this.#samples.length >= FRAME;
  }

  take() {
    return Float32Array.from(this.#samples.splice(0, FRAME));
  }
}

class Capture extends AudioWorkletProcessor {
  #microphone = new Frames();
  #played = new Frames();
  #on = true;

  constructor() {
    super();
    this.port.onmessage = () => (this.#on = false);
  }

  process([microphone, played]) {
    this.#microphone.push(microphone);
    this.#played.push(played);
    while (this.#microphone.ready && this.#played.ready) {
      const frame = this.#microphone.take();
      const reference = this.#played.take();
      this.port.postMessage({ frame, reference }, [frame.buffer, reference.buffer]);
    }
    return this.#on;
  }
}

registerProcessor("capture", Capture);
