// All tests of the page in a real browser, against a running service. See README.md.
import { bargeIn } from "./barge-in.mjs";
import { finish } from "./harness.mjs";
import { pure } from "./pure.mjs";
import { spoken } from "./spoken.mjs";
import { states } from "./states.mjs";
import { typed } from "./typed.mjs";

const fixtures = new URL("../../audio-fixtures", import.meta.url).pathname;
const talker = `${fixtures}/vi-nghi-viec-south.wav`;

await pure();
await typed();
await spoken(process.env.SPOKEN ?? `${fixtures}/vi-khai-sinh-16k.wav`, process.env.SPOKEN_WORDS, fixtures);
await states(talker);
await bargeIn(process.env.TALKERS?.split(":") ?? [talker]);
await finish();
