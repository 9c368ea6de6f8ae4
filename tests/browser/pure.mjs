// The modules that need no browser: the echo check, the resampler, slow speech, the strings.
import { readFileSync } from "node:fs";
import { equal, ok, unit } from "./harness.mjs";

const web = (name) => import(new URL(`../../web/${name}`, import.meta.url));
const fixture = (name) => {
  const bytes = readFileSync(new URL(`../../audio-fixtures/${name}`, import.meta.url));
  const at = bytes.indexOf("data") + 8;
  return Float32Array.from({ length: (bytes.length - at) >> 1 }, (_, n) => bytes.readInt16LE(at + 2 * n) / 32_768);
};
const rms = (samples) => Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
const tone = (hertz, rate, seconds) => Float32Array.from({ length: rate * seconds }, (_, n) => Math.sin((2 * Math.PI * hertz * n) / rate));

/** The echo check over an answer that comes back so loudly, so late, and a talker who begins at `talkAt` seconds. */
function meet(EchoCheck, { gain, delay, noise = 0.001, talkAt }) {
  const part = fixture("vi-giay-phep-central.wav");
  const other = fixture("vi-khai-sinh-16k.wav");
  const talker = fixture("vi-nghi-viec-south.wav");
  const lead = 6_400;
  const played = new Float32Array(lead + 2 * part.length + other.length + 16_000);
  played.set(part, lead);
  played.set(other, lead + part.length);
  played.set(part, lead + part.length + other.length);
  let seed = 7;
  const hiss = () => ((seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) / 0x3fffffff - 1) * noise;
  const late = Math.round(delay * 16_000);
  const mic = played.map((_, n) => hiss() + gain * ((played[n - late] ?? 0) + 0.4 * (played[n - late - 300] ?? 0) - 0.2 * (played[n - late - 900] ?? 0)));
  const from = talkAt === undefined ? Infinity : lead + Math.round(talkAt * 16_000);
  const first = talker.findIndex((sample) => Math.abs(sample) > 0.02);
  for (let n = first; from + n - first < mic.length; n++) mic[from + n - first] += talker[n] ?? 0;
  const check = new EchoCheck();
  let mistaken = 0;
  let leaked = 0;
  let noticed = null;
  for (let at = 0; at + 320 <= mic.length; at += 320) {
    const { playing, echo, voice } = check.push(mic.subarray(at, at + 320), played.subarray(at, at + 320));
    if (!playing) continue;
    if (at + 320 <= from) {
      mistaken += Number(voice);
      leaked += Number(!echo);
    } else if (voice) noticed ??= (at + 320 - from) / 16;
  }
  return { mistaken, leaked, noticed, delay: check.delay };
}

export async function pure() {
  const { EchoCheck } = await web("echo.js");
  await unit("an echo is nobody's voice, however loud and late", () => {
    for (const gain of [0.03, 0.1, 0.3, 0.6, 1]) {
      for (const delay of [0, 0.05, 0.12, 0.3, 0.45]) {
        const { mistaken, leaked, delay: found } = meet(EchoCheck, { gain, delay });
        equal(mistaken, 0, `mistaken frames at ${gain}, ${delay} s`);
        ok(leaked <= 3, `${leaked} frames leaked at ${gain}, ${delay} s`);
        ok(found !== null && Math.abs(found - delay * 50) <= 2, `${found} frames of delay at ${gain}, ${delay} s`);
      }
    }
  });
  await unit("a voice above the echo is noticed within 160 ms", () => {
    for (const gain of [0, 0.03, 0.1, 0.3, 0.5]) {
      for (const talkAt of [1, 1.7, 2.6, 3.7]) {
        const { mistaken, noticed } = meet(EchoCheck, { gain, delay: 0.12, talkAt });
        equal(mistaken, 0, `mistaken frames at ${gain}`);
        ok(noticed !== null && noticed <= 160, `noticed after ${noticed} ms at ${gain}, ${talkAt} s`);
      }
    }
  });
  await unit("where nothing is played, nothing is withheld", () => {
    const check = new EchoCheck();
    const talker = fixture("vi-nghi-viec-south.wav");
    for (let at = 0; at + 320 <= talker.length; at += 320) {
      const { playing, echo, voice } = check.push(talker.subarray(at, at + 320), new Float32Array(320));
      ok(!playing && !echo && !voice, `at ${at}`);
    }
  });

  const { Resampler } = await web("resample.js");
  await unit("the microphone's rate becomes 16 kHz, and what does not fit in is filtered out", () => {
    for (const rate of [48_000, 44_100, 96_000, 22_050]) {
      for (const [hertz, least, most] of [[300, -0.2, 0.2], [3_500, -0.2, 0.2], [6_500, -1, 0.2], [9_000, -200, -60], [20_000, -200, -60]]) {
        if (hertz > rate / 2) continue;
        const resampler = new Resampler(rate);
        const sound = tone(hertz, rate, 1);
        const out = [];
        for (let at = 0; at < sound.length; at += 128) out.push(...resampler.push(sound.subarray(at, at + 128)));
        ok(Math.abs(out.length - 16_000) < 100, `${out.length} samples from ${rate}`);
        const level = 20 * Math.log10(rms(out.slice(1_000)) * Math.SQRT2 + 1e-12);
        ok(level >= least && level <= most, `${hertz} Hz at ${rate}: ${level.toFixed(1)} dB`);
      }
    }
  });

  const { stretch } = await web("stretch.js");
  await unit("slow speech is longer, as loud, and of the same pitch", () => {
    const hertz = 220;
    const slow = stretch(tone(hertz, 22_050, 2), 22_050, 1.33);
    ok(Math.abs(slow.length / 44_100 - 1.33) < 0.05, `${slow.length} samples`);
    let crossings = 0;
    for (let n = 1_001; n < slow.length - 1_000; n++) crossings += Number(slow[n - 1] < 0 && slow[n] >= 0);
    const heard = (crossings * 22_050) / (slow.length - 2_000);
    ok(Math.abs(heard - hertz) < 3, `${heard} Hz`);
    const speech = fixture("vi-khai-sinh-16k.wav");
    ok(Math.abs(rms(stretch(speech, 16_000, 1.33)) / rms(speech) - 1) < 0.1, "loudness");
  });

  await unit("the quoted span is found in the article", async () => {
    const { span } = await web("cards.js");
    const text = "Điều 1\n1. Một 𠀋.\na) Điểm a;\n2. Hai.";
    const clauses = [{ number: "1", start: 7, end: 27, points: [{ letter: "a", start: 17, end: 27 }] }];
    equal(text.slice(...span({ text, clauses }, { quote: "Hai." })), "Hai.", "a quote");
    equal(text.slice(...span({ text, clauses }, { quote: "Không có", clause: "1", point: "a" })).trim(), "a) Điểm a;", "a point");
    equal(text.slice(...span({ text, clauses }, { quote: null, clause: null, point: null })), "", "nothing");
  });

  await unit("both languages have the same words to say", () => {
    const source = readFileSync(new URL("../../web/strings.js", import.meta.url), "utf8");
    const html = readFileSync(new URL("../../web/index.html", import.meta.url), "utf8");
    const keys = (name) => {
      const from = source.indexOf(`const ${name} = {`);
      return [...source.slice(from, source.indexOf("\n};", from)).matchAll(/(?:^|, | {2})(\w+): "/gm)].map(([, key]) => key);
    };
    equal(keys("ENGLISH").sort().join(), keys("VIETNAMESE").sort().join(), "keys");
    ok(keys("VIETNAMESE").length > 60, "too few keys");
    const marked = [...html.matchAll(/data-t(?:-label|-placeholder)?="(\w+)"/g)].map(([, key]) => key);
    for (const key of marked) ok(keys("PAGE").includes(key), `${key} is not translated`);
    for (const key of keys("PAGE")) ok(marked.includes(key), `${key} is used nowhere`);
  });
}
