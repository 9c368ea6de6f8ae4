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
  #isTalkers = false;
  /** Pauses so far, and those after which nobody was found to have spoken; the tests count them. */
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
    if (!playing) this.#isTalkers = false;
    if (this.#unconfirmed > 0) {
      this.send(frame);
      this.#unconfirmed--;
      if (this.#unconfirmed === 0) this.#goOn();
    } else if (!playing || this.#isTalkers) {
      this.#before = [];
      this.send(frame);
    } else if (voice) {
      this.#takeTurn(frame);
    } else {
      this.#before.push(frame);
      if (this.#before.length > BEFORE) this.#before.shift();
      this.send(SILENCE);
    }
  }

  /** The service heard somebody begin to speak: there is nothing to go on with. */
  confirm() {
    if (this.#unconfirmed > 0) this.#isTalkers = true;
    this.#unconfirmed = 0;
  }

  #takeTurn(frame) {
    this.pauses++;
    this.pause();
    for (const earlier of [...this.#before, frame]) this.send(earlier);
    this.#before = [];
    this.#unconfirmed = TO_CONFIRM;
  }

  #goOn() {
    this.mistaken++;
    this.resume();
  }
}
