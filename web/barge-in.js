// Speaking into an answer: what the microphone hears of the answer itself is kept from the service; at a clear voice
// the sound pauses at once, and it goes on where the service does not find that somebody spoke.

import { EchoCheck } from "./echo.js";

/** Frames from before a voice was sure, which are sent after all: 240 ms, so that no first word is cut. */
const BEFORE = 12;
/** The service must have noticed the voice within so many frames: 1.4 s. */
const TO_CONFIRM = 70;
const SILENCE = new Float32Array(320);

export class BargeIn {
  #check = new EchoCheck();
  #before = [];
  #unconfirmed = 0;
  /** Pauses so far, and those that nobody's voice had made; the tests count them. */
  pauses = 0;
  mistaken = 0;

  /** `send(frame)` takes what the service is to hear; `pause()` and `resume()` are the player's. */
  constructor({ send, pause, resume }) {
    this.send = send;
    this.pause = pause;
    this.resume = resume;
  }

  /** The next frame of the microphone, and what was being played. */
  frame(frame, reference) {
    const { playing, voice } = this.#check.push(frame, reference);
    if (this.#unconfirmed > 0) {
      this.send(frame);
      if (--this.#unconfirmed === 0) {
        this.mistaken++;
        this.resume();
      }
      return;
    }
    if (!playing) {
      this.#before = [];
      this.send(frame);
      return;
    }
    this.#before.push(frame);
    if (!voice) {
      if (this.#before.length > BEFORE) this.#before.shift();
      this.send(SILENCE);
      return;
    }
    this.pauses++;
    this.pause();
    for (const earlier of this.#before) this.send(earlier);
    this.#before = [];
    this.#unconfirmed = TO_CONFIRM;
  }

  /** The service heard somebody begin to speak: there is nothing to go on with. */
  confirm() {
    this.#unconfirmed = 0;
  }
}
