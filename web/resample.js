// Turns sound of the machine's rate into 16 kHz, block after block: a polyphase low-pass filter (windowed sinc).

/** The rate at which the service listens, in samples a second. */
export const RATE = 16_000;

/** Zero crossings of the sinc on either side. */
const CROSSINGS = 16;
/** Where the filter ends to let pass, as a part of half the lower rate. */
const PASSED = 0.92;

const divisor = (a, b) => (b ? divisor(b, a % b) : a);

/** One filter for each place that an output sample may have between two input samples. */
function filters(up, down) {
  const cut = PASSED * Math.min(1, up / down);
  const half = Math.ceil(CROSSINGS / cut);
  const phases = [];
  for (let phase = 0; phase < up; phase++) {
    const taps = new Float32Array(2 * half);
    let sum = 0;
    for (let n = 0; n < taps.length; n++) {
      const x = n - half + 1 - phase / up;
      const window = Math.abs(x) >= half ? 0 : 0.42 + 0.5 * Math.cos((Math.PI * x) / half) + 0.08 * Math.cos((2 * Math.PI * x) / half);
      taps[n] = window * (x === 0 ? 1 : Math.sin(Math.PI * cut * x) / (Math.PI * cut * x));
      sum += taps[n];
    }
    phases.push(taps.map((tap) => tap / sum));
  }
  return phases;
}

/** Blocks of any length in, blocks at 16 kHz out; what lies between two blocks is remembered. */
export class Resampler {
  #kept = new Float32Array(0);
  #phase = 0;

  /** `rate` of what will be pushed, in samples a second. */
  constructor(rate, to = RATE) {
    const common = divisor(Math.round(rate), to);
    this.up = to / common;
    this.down = Math.round(rate) / common;
    this.phases = this.up === this.down ? null : filters(this.up, this.down);
  }

  push(block) {
    if (!this.phases) return block.slice();
    const input = new Float32Array(this.#kept.length + block.length);
    input.set(this.#kept);
    input.set(block, this.#kept.length);
    const length = this.phases[0].length;
    const out = [];
    let at = 0;
    let phase = this.#phase;
    while (at + length <= input.length) {
      const taps = this.phases[phase];
      let sum = 0;
      for (let n = 0; n < length; n++) sum += taps[n] * input[at + n];
      out.push(sum);
      phase += this.down;
      at += Math.floor(phase / this.up);
      phase %= this.up;
    }
    this.#phase = phase;
    // A step is never longer than the filter, so the next place lies in what is kept or right behind it.
    this.#kept = input.slice(at);
    return Float32Array.from(out);
  }
}
