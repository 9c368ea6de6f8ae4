// Tells the talker from the page's own voice: a frame of the microphone that the played sound explains is an echo.
//
// Both are looked at in short-time spectra. The delay is where the spectra of the last second go together best; the
// coupling of each band is what the microphone mostly has of the played sound there. What stands above both the echo to
// be expected and the noise of the room, in many bands or for some frames, is somebody's voice.

const FFT = 512;
const BANDS = 16;
const LOWEST = 200;
const HIGHEST = 6_800;
const FRAME = 320;
const RATE = 16_000;
/** Frames of played sound that are remembered: an echo comes no later than 500 ms. */
const LATEST = 25;
/** Frames over which the delay is looked for. */
const COMPARED = 40;
/** Before anything is known the microphone is taken to hear the loudspeaker this loudly, in dB. */
const UNKNOWN_COUPLING = 10;
/** How far above the expected echo and the room's noise a voice stands in a band, in dB; what is above that is evidence. */
const ABOVE_ECHO = 5;
const ABOVE_NOISE = 12;
/** No band is more evidence than this, in dB. */
const MOST = 12;
/** So much of the evidence, summed over the bands, lasts until the next frame. */
const LASTS = 0.7;
/** So much of it is a voice: echoes in a browser had 18 at most, voices beside them 60 within 160 ms. */
const VOICE = 50;
/** From this likeness on a delay is believed, and another one when it is so much better. */
const CERTAIN = 0.6;
const BETTER = 0.06;
/** Softer frames are nobody's voice, in dB of full scale over all bands. */
const SOFTEST = -55;
/** An echo rings on in a room: it falls by so much a frame, in dB. */
const RINGS = 5;
const FLOOR = -100;

const window = Float32Array.from({ length: FFT }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / FFT));
const edges = Array.from({ length: BANDS + 1 }, (_, n) =>
  Math.round(((LOWEST * (HIGHEST / LOWEST) ** (n / BANDS)) * FFT) / RATE));
for (let n = 1; n <= BANDS; n++) edges[n] = Math.max(edges[n], edges[n - 1] + 1);

/** Power spectrum of FFT real samples, in place. */
function transform(re, im) {
  for (let i = 1, j = 0; i < FFT; i++) {
    let bit = FFT >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [re[i], re[j]] = [re[j], re[i]];
  }
  for (let size = 2; size <= FFT; size <<= 1) {
    const angle = (-2 * Math.PI) / size;
    for (let k = 0; k < size / 2; k++) {
      const c = Math.cos(angle * k);
      const s = Math.sin(angle * k);
      for (let at = k; at < FFT; at += size) {
        const to = at + size / 2;
        const r = re[to] * c - im[to] * s;
        const i = re[to] * s + im[to] * c;
        re[to] = re[at] - r;
        im[to] = im[at] - i;
        re[at] += r;
        im[at] += i;
      }
    }
  }
}

/** The bands of frame after frame, in dB of full scale. */
class Spectrum {
  #last = new Float32Array(FFT);

  push(frame) {
    this.#last.copyWithin(0, FRAME);
    this.#last.set(frame, FFT - FRAME);
    const re = this.#last.map((sample, n) => sample * window[n]);
    const im = new Float32Array(FFT);
    transform(re, im);
    const bands = new Float32Array(BANDS);
    for (let band = 0; band < BANDS; band++) {
      let power = 0;
      for (let n = edges[band]; n < edges[band + 1]; n++) power += re[n] ** 2 + im[n] ** 2;
      bands[band] = Math.max(FLOOR, 10 * Math.log10((power * 8) / (3 * FFT * FFT) * 2 + 1e-12));
    }
    return bands;
  }
}

const loudness = (bands) => 10 * Math.log10(bands.reduce((sum, db) => sum + 10 ** (db / 10), 1e-12));

/** How well two runs of spectra go together, from -1 to 1. */
function likeness(heard, played, delay) {
  let n = 0, sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
  for (let t = Math.max(0, delay - (played.length - heard.length)); t < heard.length; t++) {
    const mic = heard[t];
    const ref = played[t + played.length - heard.length - delay];
    if (!ref) continue;
    for (let band = 0; band < BANDS; band += 2) {
      const x = Math.max(mic[band], -75);
      const y = Math.max(ref[band], -75);
      n++; sx += x; sy += y; sxx += x * x; syy += y * y; sxy += x * y;
    }
  }
  const variance = (sxx - (sx * sx) / n) * (syy - (sy * sy) / n);
  return n < 100 || variance <= 0 ? 0 : (sxy - (sx * sy) / n) / Math.sqrt(variance);
}

/** Judges frame after frame of 20 ms at 16 kHz; remembers the delay and the coupling of this room. */
export class EchoCheck {
  #mic = new Spectrum();
  #ref = new Spectrum();
  #heard = [];
  #played = [];
  #noise = new Float32Array(BANDS).fill(-70);
  #coupling = new Float32Array(BANDS).fill(UNKNOWN_COUPLING);
  #learnt = 0;
  #playedFor = 0;
  #since = 0;
  #evidence = 0;
  /** Frames until those in which somebody spoke are no longer compared. */
  #spoilt = 0;
  /** The echo's delay in frames; null until it is known. */
  delay = null;

  /**
   * Judges a frame of the microphone beside the frame that was being played.
   * @returns {{playing: boolean, echo: boolean, voice: boolean}} whether something is played or still rings; whether
   *   the played sound (or silence) explains the frame; whether somebody clearly speaks.
   */
  push(frame, reference) {
    const mic = this.#mic.push(frame);
    const ref = this.#ref.push(reference);
    this.#heard.push(mic);
    this.#played.push(ref);
    if (this.#heard.length > COMPARED) this.#heard.shift();
    if (this.#played.length > COMPARED + LATEST) this.#played.shift();
    const playing = this.#played.slice(-LATEST - 1).some((bands) => loudness(bands) > -60);
    if (!playing) {
      this.#hearRoom(mic);
      this.#evidence = 0;
      return { playing, echo: false, voice: false };
    }
    if (++this.#since % 5 === 0) this.#findDelay();
    const expected = this.#expected();
    let above = 0;
    for (let band = 0; band < BANDS; band++) {
      const echo = expected[band] + this.#coupling[band] + ABOVE_ECHO;
      above += Math.max(0, Math.min(MOST, mic[band] - echo, mic[band] - this.#noise[band] - ABOVE_NOISE));
    }
    this.#evidence = LASTS * this.#evidence + (loudness(mic) > SOFTEST ? above : 0);
    const voiced = this.#evidence > VOICE / 2;
    this.#spoilt = voiced ? COMPARED : Math.max(0, this.#spoilt - 1);
    this.#learn(mic, expected, voiced);
    return { playing, echo: !voiced, voice: this.#evidence > VOICE };
  }

  /** The played sound's bands as they would be heard now with a coupling of 0 dB. */
  #expected() {
    const delays = this.delay === null ? [0, LATEST] : [Math.max(0, this.delay - 1), Math.min(LATEST, this.delay + 1)];
    const bands = new Float32Array(BANDS).fill(FLOOR);
    // What was played before that rings on.
    for (let delay = delays[0]; delay <= delays[1] + 4; delay++) {
      const ref = this.#played[this.#played.length - 1 - delay];
      if (!ref) break;
      const fallen = RINGS * Math.max(0, delay - delays[1]);
      for (let band = 0; band < BANDS; band++) bands[band] = Math.max(bands[band], ref[band] - fallen);
    }
    return bands;
  }

  /** A voice beside the echo spoils the comparison, so the delay is not looked for meanwhile, nor changed for little. */
  #findDelay() {
    if (this.#spoilt > 0) return;
    const before = this.delay;
    let best = before === null ? CERTAIN : Math.max(CERTAIN, likeness(this.#heard, this.#played, before) + BETTER);
    for (let delay = 0; delay <= LATEST; delay++) {
      const fit = likeness(this.#heard, this.#played, delay);
      if (fit <= best) continue;
      best = fit;
      this.delay = delay;
    }
    if (before !== null && Math.abs(before - this.delay) > 2) this.#learnt = Math.min(this.#learnt, 10);
  }

  /**
   * The coupling follows what most frames have; a voice above it lifts it slowly only. Nothing is learnt before the
   * delay is known, or so much has been played that an echo must have come: what comes late is no sign of a quiet room.
   */
  #learn(mic, expected, voiced) {
    if (loudness(expected) > -50) this.#playedFor++;
    if (this.delay === null && this.#playedFor < LATEST + 10) return;
    const isQuick = this.#learnt < 25;
    let active = false;
    for (let band = 0; band < BANDS; band++) {
      if (expected[band] < -55) continue;
      active = true;
      const seen = Math.max(mic[band], this.#noise[band]) - expected[band];
      const off = seen - this.#coupling[band];
      const isHeard = mic[band] > this.#noise[band] + 6;
      if (off > 0) this.#coupling[band] += Math.min(off, voiced ? 0.05 : isQuick ? 4 : 1);
      // Where the browser takes the echo out, all that is seen is the room's noise; else that may be a gap.
      else this.#coupling[band] += Math.max(off, isQuick ? (isHeard ? -1.5 : this.delay === null ? -3 : -0.5) : isHeard ? -0.25 : -0.1);
      this.#coupling[band] = Math.max(-60, Math.min(UNKNOWN_COUPLING + 10, this.#coupling[band]));
    }
    if (active && !voiced) this.#learnt++;
  }

  #hearRoom(mic) {
    for (let band = 0; band < BANDS; band++) {
      const off = mic[band] - this.#noise[band];
      this.#noise[band] += off < 0 ? off * 0.3 : Math.min(off, 0.2);
    }
  }
}
