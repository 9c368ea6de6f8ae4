// Speaking into an answer: how soon it falls silent, and that the answer's own echo does not stop it.
import { ask, equal, ok, test, unit } from "./harness.mjs";

const LONG = "Thành lập công ty cổ phần cần giấy tờ gì?";
const TRIALS = 10;

/** Hands-free, with a long answer being read. */
async function answering(page, echo) {
  await page.click("label.switch");
  await page.waitForFunction(() => window.hoidap.talk.isOpen);
  await page.evaluate((echo) => window.lab.setEcho(echo), echo);
  await asked(page);
}

async function asked(page) {
  await ask(page, LONG);
  await page.waitForFunction(() => window.hoidap.player.playing && window.lab.loudness(0.1) > 0.02);
}

const percentile = (values, part) => [...values].sort((a, b) => a - b)[Math.ceil(values.length * part) - 1];

export async function bargeIn(talkers) {
  const waits = [];
  const confirmed = [];
  for (const [n, talker] of talkers.entries()) {
    const trials = Math.ceil(TRIALS / talkers.length);
    await test(`the talker stops the answer (${n + 1} of ${talkers.length})`, { talker }, async (page) => {
      await answering(page, { gain: Number(process.env.ECHO ?? 0.1), delay: 0.12 });
      for (let trial = 0; trial < trials; trial++) {
        if (trial > 0) await asked(page);
        await page.waitForTimeout(1_000 + 170 * trial);
        await page.waitForFunction(() => window.lab.loudness(0.03) > 0.02, null, { polling: 10 });
        equal(await page.evaluate(() => window.hoidap.talk.bargeIn.pauses), trial, "pauses before anybody spoke");
        const start = await page.evaluate(() => window.lab.talk(0.3));
        await page.waitForTimeout(1_600);
        const seen = await page.evaluate((start) => ({
          silent: window.lab.lastSound(start),
          stopped: !window.hoidap.player.playing && !window.hoidap.player.paused,
        }), start);
        waits.push(seen.silent * 1000);
        confirmed.push(seen.stopped);
        await page.evaluate(() => window.lab.talking.stop());
        // What the talker said is not waited for.
        await page.evaluate(() => document.getElementById("fresh").click());
        await page.waitForTimeout(700);
      }
    });
  }
  await unit("it falls silent soon enough", () => {
    const told = `p50 ${percentile(waits, 0.5).toFixed(0)} ms, p95 ${percentile(waits, 0.95).toFixed(0)} ms of ${waits.length}: ${waits.map((ms) => ms.toFixed(0)).join(" ")}`;
    console.log(`     ${told}; ${confirmed.filter(Boolean).length} confirmed by the service within 1.6 s`);
    ok(waits.length >= 10 && percentile(waits, 0.95) <= 300, told);
    ok(confirmed.every(Boolean), `the service noticed ${confirmed.filter(Boolean).length} of ${confirmed.length}`);
  });
  for (const echo of [{ gain: 0.3, delay: 0.06 }, { gain: 0.6, delay: 0.25 }]) {
    await test(`an echo of ${echo.gain} after ${echo.delay} s stops nothing`, { talker: talkers[0] }, async (page) => {
      const heard = [];
      page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => typeof payload === "string" && heard.push(JSON.parse(payload).type)));
      await answering(page, echo);
      const end = Date.now() + 14_000;
      while (Date.now() < end && (await page.evaluate(() => window.hoidap.player.playing || window.hoidap.player.paused))) await page.waitForTimeout(200);
      await page.waitForTimeout(600);
      equal(await page.evaluate(() => window.hoidap.talk.bargeIn.pauses), 0, "pauses");
      ok(!heard.includes("speech_started") && !heard.includes("interrupted"), `the service heard ${heard}`);
    });
  }
}
