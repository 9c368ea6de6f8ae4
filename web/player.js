// Plays sentences of 16-bit PCM one after the other, without gaps, as they come.

export class Player {
  #context = null;
  #analyser = null;
  #sources = new Set();
  #sentences = [];
  #next = 0;
  /** The loudest sample that has been handed to the loudspeaker, 0 to 1; tests read it. */
  peak = 0;

  constructor(onChange) {
    this.onChange = onChange;
  }

  /** Must be called from a click, or the browser stays mute. */
  wake() {
    this.#context ??= new AudioContext();
    if (!this.#analyser) {
      this.#analyser = this.#context.createAnalyser();
      this.#analyser.connect(this.#context.destination);
    }
    if (this.#context.state === "suspended") this.#context.resume();
  }

  /** Forgets the last answer. */
  clear() {
    this.stop();
    this.#sentences = [];
  }

  /** Adds a sentence: { sample_rate, data: base64 of little-endian 16-bit samples }. */
  add(sentence) {
    const bytes = Uint8Array.from(atob(sentence.data), (c) => c.charCodeAt(0));
    const pcm = new DataView(bytes.buffer);
    const samples = new Float32Array(bytes.length / 2);
    for (let n = 0; n < samples.length; n++) samples[n] = pcm.getInt16(n * 2, true) / 32768;
    this.#sentences.push({ samples, rate: sentence.sample_rate });
    this.#play(this.#sentences.at(-1));
  }

  again() {
    this.stop();
    for (const sentence of this.#sentences) this.#play(sentence);
  }

  stop() {
    for (const source of this.#sources) source.stop();
    this.#sources.clear();
    this.#next = 0;
    this.onChange();
  }

  get playing() {
    return this.#sources.size > 0;
  }

  get empty() {
    return this.#sentences.length === 0;
  }

  #play({ samples, rate }) {
    this.wake();
    const buffer = this.#context.createBuffer(1, samples.length, rate);
    buffer.copyToChannel(samples, 0);
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#analyser);
    this.#next = Math.max(this.#next, this.#context.currentTime + 0.05);
    source.start(this.#next);
    this.#next += buffer.duration;
    this.#sources.add(source);
    const watch = setInterval(() => {
      const now = new Float32Array(this.#analyser.fftSize);
      this.#analyser.getFloatTimeDomainData(now);
      this.peak = now.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), this.peak);
    }, 50);
    source.onended = () => {
      clearInterval(watch);
      this.#sources.delete(source);
      this.onChange();
    };
    this.onChange();
  }
}
