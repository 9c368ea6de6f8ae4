// The browser's own Vietnamese voice, offered where the service has none; only one that speaks on this device.

export class BrowserVoice {
  #voice = null;

  /** `onChange` is called when a voice is found, and when it begins or ends to speak. */
  constructor(onChange) {
    this.onChange = onChange;
    if (!("speechSynthesis" in window)) return;
    const look = () => {
      // A voice that is not local would send the answer to somebody else.
      this.#voice = speechSynthesis.getVoices().find((voice) => voice.lang.startsWith("vi") && voice.localService) ?? null;
      this.onChange();
    };
    speechSynthesis.addEventListener?.("voiceschanged", look);
    queueMicrotask(look);
  }

  get isThere() {
    return this.#voice !== null;
  }

  get speaking() {
    return "speechSynthesis" in window && speechSynthesis.speaking;
  }

  say(text, pace) {
    this.stop();
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = this.#voice;
    utterance.lang = "vi-VN";
    utterance.rate = pace;
    utterance.onstart = utterance.onend = () => this.onChange();
    speechSynthesis.speak(utterance);
  }

  stop() {
    if (this.speaking) speechSynthesis.cancel();
  }
}
