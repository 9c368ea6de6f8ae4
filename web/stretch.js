// Speaks what is spoken already more slowly (or faster), at the same pitch: overlapping pieces, each put where it fits best.

/** Length of a piece and of the search for the best fit, in seconds. */
const PIECE = 0.03;
const SEARCH = 0.008;

/** `samples` at `rate` a second, `slower` times as long. */
export function stretch(samples, rate, slower) {
  const piece = 2 * Math.round((PIECE * rate) / 2);
  if (Math.abs(slower - 1) < 0.01 || samples.length < 3 * piece) return samples;
  const hop = piece / 2;
  const search = Math.round(SEARCH * rate);
  const out = new Float32Array(Math.round(samples.length * slower) + piece);
  const window = Float32Array.from({ length: piece }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / piece));
  // The first half piece has no neighbour before it.
  for (let n = 0; n < hop; n++) out[n] = samples[n] * (1 - window[n]);
  let follows = 0;
  for (let to = 0; ; to += hop) {
    const wanted = Math.round(to / slower);
    const from = to === 0 ? 0 : bestFit(samples, follows, wanted, search, hop);
    if (from + piece > samples.length) return out.subarray(0, to + hop);
    for (let n = 0; n < piece; n++) out[to + n] += samples[from + n] * window[n];
    follows = from + hop;
  }
}

/** The place near `wanted` whose samples are most like those that follow naturally. */
function bestFit(samples, follows, wanted, search, length) {
  let best = Math.max(0, wanted);
  let likeness = -Infinity;
  const last = Math.min(wanted + search, samples.length - length);
  for (let from = Math.max(0, wanted - search); from <= last; from += 2) {
    let product = 0;
    let energy = 1e-9;
    for (let n = 0; n < length; n += 4) {
      product += samples[follows + n] * samples[from + n];
      energy += samples[from + n] ** 2;
    }
    const fit = product / Math.sqrt(energy);
    if (fit > likeness) {
      likeness = fit;
      best = from;
    }
  }
  return best;
}
