// The conversation with the service: over the WebSocket, or by single requests where that cannot be had. It keeps the
// question until it is answered, so that a lost connection loses nothing.

import { post, wav } from "./ask.js";
import { Wire } from "./wire.js";

/** Waits before it tries again, in milliseconds; the last one for ever. */
const WAITS = [500, 1_000, 2_000, 4_000, 8_000];
/** A service that has said nothing upon a typed question after this time does not take them here, in milliseconds. */
const NO_WORD = 8_000;
/** A service that has been told the end of a turn says so within this time, if anything was said, in milliseconds. */
const NO_TURN = 2_500;
/** Sound kept from before somebody speaks, and of what is spoken, in frames of 20 ms. */
const BEFORE = 50;
const LONGEST = 3_000;

export class Conversation {
  /** What the last answer gave to be brought back. */
  followUp = null;
  #wire = null;
  #opening = null;
  #byPost = false;
  #wordsByPost = false;
  #request = null;
  /** What is being spoken: { frames, live, begun, ended, tell, wire }. */
  #speech = null;
  /** The words that await an answer. */
  #question = null;
  #failed = null;
  #answering = false;
  #muted = false;
  #attempt = 0;
  #retryTimer = 0;
  #noWordTimer = 0;
  #noTurnTimer = 0;

  /** `onEvent(type, data)` gets the service's events, and `lost`, `restored`, `cut`; `pace()` says how fast to speak. */
  constructor(onEvent, pace) {
    this.onEvent = onEvent;
    this.pace = pace;
    window.addEventListener("online", () => this.retryNow());
  }

  /** Whether the connection is lost and sought again. */
  get isLost() {
    return this.#retryTimer !== 0;
  }

  /** Whether the ends of turns are found by the service; else the citizen tells them. */
  get findsTurns() {
    return !this.#byPost;
  }

  /** Asks typed words; an answer being given ends. */
  ask(text) {
    this.#leave();
    this.#question = text;
    this.#deliver();
  }

  /** Sends a recording. */
  upload(file) {
    this.#leave();
    this.#post(file);
  }

  /** From now on frames come; `live`: question after question, until `forgetSpeech`. */
  beginSpeech(live) {
    this.forgetSpeech();
    this.#leave();
    this.#speech = { frames: [], live, begun: false, ended: false };
    this.#deliver();
  }

  /** 20 ms of sound, 16 bits. */
  frame(pcm) {
    const speech = this.#speech;
    if (!speech || speech.ended) return;
    speech.frames.push(pcm);
    if (!speech.begun && this.findsTurns && speech.frames.length > BEFORE) speech.frames.shift();
    if (this.#wire?.isOpen && speech.wire === this.#wire) this.#wire.send(pcm);
    if (speech.frames.length > LONGEST) {
      this.onEvent("speech_ended", {});
      this.endSpeech(!this.findsTurns || speech.held);
    }
  }

  /** Whether the button is held: then no pause ends the question, but letting go. */
  holdSpeech(held) {
    const speech = this.#speech;
    if (!speech || speech.live || Boolean(speech.held) === held) return;
    speech.held = held;
    if (this.#wire?.isOpen && speech.wire === this.#wire) this.#wire.send({ type: "hold_turn", held });
  }

  /** No more frames come. `tell` where the service does not know: the citizen has said so. */
  endSpeech(tell) {
    if (!this.#speech || this.#speech.ended) return;
    this.#speech.ended = true;
    this.#speech.tell = tell;
    if (this.#byPost) this.#postSpeech();
    else if (tell && this.#wire?.isOpen && this.#speech.wire === this.#wire) this.#endTurn();
  }

  /** No more frames come, and what has come need not be asked. */
  forgetSpeech() {
    const speech = this.#speech;
    this.#speech = null;
    if (speech && !speech.ended && this.#wire?.isOpen && speech.wire === this.#wire) this.#wire.send({ type: "forget_turn" });
  }

  /** Ends the answer that is being given. */
  interrupt() {
    this.#leave();
    if (this.#answering) this.#wire?.send({ type: "interrupt" });
    this.#answering = false;
  }

  /** Begins anew: what was said before is not brought back. */
  fresh() {
    this.forgetSpeech();
    this.#leave();
    this.#drop();
    this.followUp = null;
    this.#failed = null;
    this.#answering = false;
  }

  /** Asks again what failed; false where there is nothing to be asked. */
  retry() {
    const failed = this.#failed;
    if (!failed?.question && !failed?.speech) return false;
    this.#leave();
    this.#question = failed.question;
    this.#speech ??= failed.speech;
    this.#deliver();
    return true;
  }

  retryNow() {
    if (this.isLost) this.#reconnect();
  }

  /** Leaves what was being asked. */
  #leave() {
    this.#request?.abort();
    this.#request = null;
    if (!this.#speech?.live) this.#speech = null;
    this.#question = null;
    this.#muted = true;
    clearTimeout(this.#noWordTimer);
    clearTimeout(this.#noTurnTimer);
    clearTimeout(this.#retryTimer);
    this.#retryTimer = 0;
    this.#attempt = 0;
  }

  #drop() {
    this.#wire?.close();
    this.#wire = null;
    this.#opening = null;
  }

  async #deliver() {
    const [speech, question] = [this.#speech, this.#question];
    let wire;
    try {
      wire = this.#byPost || (question && this.#wordsByPost) ? null : await this.#connect();
    } catch {
      if (speech === this.#speech && question === this.#question) this.#lose();
      return;
    }
    if (speech !== this.#speech || question !== this.#question) return;
    this.#retryTimer = 0;
    if (!wire) {
      if (question) this.#post(question);
      else if (speech?.ended) this.#postSpeech();
      return;
    }
    if (question) {
      wire.send({ type: "ask", text: question });
      this.#noWordTimer = setTimeout(() => {
        this.#wordsByPost = true;
        if (!this.#speech) this.#drop();
        this.#deliver();
      }, NO_WORD);
    }
    if (!speech || speech.wire === wire) return;
    speech.wire = wire;
    if (speech.held) wire.send({ type: "hold_turn", held: true });
    for (const frame of speech.frames) wire.send(frame);
    if (speech.ended) this.#endTurn();
  }

  #endTurn() {
    this.#wire.send({ type: "end_turn" });
    clearTimeout(this.#noTurnTimer);
    this.#noTurnTimer = setTimeout(() => {
      this.#speech = null;
      this.onEvent("nothing", {});
    }, NO_TURN);
  }

  /** The open socket; null where none can be had though the service is there. Throws where the service is not. */
  async #connect() {
    if (this.#wire?.isOpen) return this.#wire;
    this.#opening ??= this.#open().finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #open() {
    const pace = this.pace();
    const wire = new Wire(
      (type, data) => wire === this.#wire && this.#take(type, { ...data, pace }),
      () => wire === this.#wire && this.#closed(),
    );
    try {
      await wire.open({ rate: pace, ...this.followUp });
      this.#wire = wire;
      return wire;
    } catch {
      const health = await fetch("healthz", { cache: "no-store" });
      if (!health.ok) throw new Error("the service is not there");
      this.#byPost = true;
      return null;
    }
  }

  /** The service closes a socket that has been silent for long; that is no loss. */
  #closed() {
    this.#wire = null;
    clearTimeout(this.#noWordTimer);
    clearTimeout(this.#noTurnTimer);
    if (this.#question || this.#speech) this.#lose();
    else if (this.#answering) this.onEvent("cut", {});
    this.#answering = false;
  }

  #lose() {
    if (this.#attempt === 0) this.onEvent("lost", {});
    const wait = WAITS[Math.min(this.#attempt, WAITS.length - 1)];
    this.#attempt++;
    this.#retryTimer = setTimeout(() => this.#reconnect(), wait);
  }

  async #reconnect() {
    clearTimeout(this.#retryTimer);
    const [speech, question] = [this.#speech, this.#question];
    try {
      await this.#connect();
    } catch {
      if (speech === this.#speech && question === this.#question) this.#lose();
      return;
    }
    this.#retryTimer = 0;
    this.#attempt = 0;
    this.onEvent("restored", {});
    this.#deliver();
  }

  #postSpeech() {
    this.#post(wav(this.#speech.frames));
  }

  async #post(question) {
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    const take = (type, data) => request === this.#request && this.#take(type, data);
    try {
      await post(question, this.followUp, take, request.signal);
    } catch {
      if (request !== this.#request || request.signal.aborted) return;
      if (this.#question || this.#speech) this.#lose();
      else take("error", { code: "upload_lost" });
    }
  }

  #take(type, data) {
    clearTimeout(this.#noWordTimer);
    if (type === "needs_detail") type = "answer";
    if (type === "audio" ? this.#muted : type === "audio_end" && this.#muted) return;
    if (type !== "partial") this.#muted = false;
    switch (type) {
      case "speech_ended":
        clearTimeout(this.#noTurnTimer);
        break;
      case "speech_started":
        if (this.#speech) this.#speech.begun = true;
        break;
      case "transcript":
        this.#heard(data.text);
        break;
      case "answer":
        this.followUp = data.follow_up ?? null;
        this.#question = null;
        this.#failed = null;
        this.#answering = true;
        break;
      case "audio_end":
      case "interrupted":
        this.#answering = false;
        break;
      case "error":
        if (data.code === "previous_too_long") this.followUp = null;
        clearTimeout(this.#noTurnTimer);
        // An answer that cannot be spoken was given all the same.
        if (!this.#answering) this.#failed = { question: this.#question, speech: this.#kept() };
        this.#question = null;
        this.#answering = false;
        break;
    }
    this.onEvent(type, data);
  }

  #heard(text) {
    this.#question = text || null;
    if (!this.#speech) return;
    if (this.#speech.ended) this.#speech = null;
    else this.#speech = Object.assign(this.#speech, { frames: [], begun: false });
  }

  /** What was spoken and not yet heard, as a whole. */
  #kept() {
    const speech = this.#speech;
    return speech?.frames.length ? { frames: speech.frames, begun: true, ended: true, tell: true } : null;
  }
}
