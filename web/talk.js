// Speaking: by a tap (one question), by holding the button, or hands-free. It opens the microphone only meanwhile.

import { BargeIn } from "./barge-in.js";
import { Microphone, MicrophoneProblem, level, toPcm } from "./microphone.js";

/** Nothing louder than this is a voice, as `level` counts. */
const QUIET = 0.25;
/** After so many quiet frames whoever was heard has not said anything: 3 s. */
const LULL = 150;
/** After so many quiet frames of 20 ms nobody is there: 12 s for one question, 3 minutes hands-free. */
const PATIENCE = { tap: 600, hold: 3_000, free: 9_000 };

export class Talk {
  /** tap, hold or free while the microphone is wanted; else null. */
  mode = null;
  #quiet = 0;
  #muffled = false;

  /** `events`: change(), level(value), problem(reason), lull(), silence(mode); `player` and `conversation` are the page's. */
  constructor(player, conversation, events) {
    this.player = player;
    this.conversation = conversation;
    this.events = events;
    this.microphone = new Microphone(
      (frame, reference) => this.#frame(frame, reference),
      () => this.#failed("unplugged"),
    );
    this.bargeIn = new BargeIn({
      send: (frame) => conversation.frame(toPcm(frame)),
      pause: () => player.pause(),
      resume: () => player.resume(),
    });
  }

  get isOpen() {
    return this.microphone.isOpen;
  }

  /** Listens from now on. */
  async begin(mode) {
    this.mode = mode;
    this.#quiet = 0;
    this.#muffled = false;
    this.player.wake();
    this.conversation.beginSpeech(mode === "free");
    this.events.change();
    try {
      await this.microphone.open(this.player.context, this.player.output);
    } catch (problem) {
      this.#failed(problem instanceof MicrophoneProblem ? problem.reason : "unsupported");
      return;
    }
    this.events.change();
  }

  /** From now on the button is being held. */
  hold() {
    if (this.mode === "tap") this.mode = "hold";
    this.conversation.holdSpeech(true);
    this.events.change();
  }

  /** The question is over; `tell` where the citizen says so, not the service. */
  end(tell) {
    if (!this.mode) return;
    // Let go before the microphone was there (the browser asked first): the question is still to come.
    if (!this.isOpen) {
      this.mode = "tap";
      this.conversation.holdSpeech(false);
      return;
    }
    this.#close();
    this.conversation.endSpeech(tell);
  }

  /** No question. */
  cancel() {
    if (!this.mode) return;
    this.#close();
    this.conversation.forgetSpeech();
  }

  /** While something is typed or read by another voice, the service hears nothing. */
  muffle(isMuffled) {
    this.#muffled = isMuffled;
  }

  /** The service noticed a voice. */
  noticed() {
    this.#quiet = 0;
    this.bargeIn.confirm();
  }

  #close() {
    this.mode = null;
    this.microphone.close();
    this.events.level(0);
    this.events.change();
  }

  #failed(reason) {
    this.#close();
    this.conversation.forgetSpeech();
    this.events.problem(reason);
  }

  #frame(frame, reference) {
    if (!this.mode) return;
    const loud = level(frame);
    this.events.level(loud);
    if (this.#muffled) this.conversation.frame(new Int16Array(frame.length));
    else if (this.mode === "free") this.bargeIn.frame(frame, reference);
    else this.conversation.frame(toPcm(frame));
    const waits = !this.player.playing;
    this.#quiet = loud > QUIET || !waits ? 0 : this.#quiet + 1;
    if (this.#quiet === LULL) this.events.lull();
    if (this.#quiet > PATIENCE[this.mode]) {
      const mode = this.mode;
      this.cancel();
      this.events.silence(mode);
    }
  }
}
