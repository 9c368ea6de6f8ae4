// Speaking: consent, one question, push-to-talk, correcting, interrupting, uploads.
import { accessible, equal, ok, phase, sees, sounds, test } from "./harness.mjs";

const isOpen = (page) => page.evaluate(() => window.hoidap.talk.isOpen);

/** `clip` is a WAV file; `words` what must be heard in it, where that can be told. */
export async function spoken(clip, words, fixtures) {
  await test("consent, a spoken question, its answer, and a correction", { microphone: clip, consented: false }, async (page) => {
    ok(!(await page.locator("#withdraw").isVisible()), "nothing was agreed to, and yet it can be withdrawn");
    await page.click("#speak");
    await page.locator("#consent").waitFor();
    await accessible(page, "consent");
    await page.keyboard.press("Escape");
    ok(!(await isOpen(page)), "the microphone is open without consent");
    equal(await page.evaluate(() => localStorage.getItem("hoidap.consent")), null, "kept without consent");
    await page.click("#speak");
    await page.getByRole("button", { name: "Tôi đồng ý" }).click();
    await page.waitForFunction(() => window.hoidap.talk.isOpen);
    await sees(page, "#speak-label", "Đang nghe");
    await page.waitForFunction(() => Number(document.getElementById("speak").style.getPropertyValue("--level")) > 0.2);
    await accessible(page, "listening");
    await phase(page, "hearing");
    await page.waitForFunction(() => document.body.dataset.phase === "finding");
    ok(!(await isOpen(page)), "the microphone is still open after the question");
    await page.locator("#result").waitFor();
    if (words) await sees(page, "#transcript", words);
    ok((await page.locator("#announce").textContent()).length > 10, "the answer is not announced");
    await sounds(page);
    await accessible(page, "an answer to a spoken question");
    // Pressing the button into the answer ends it and listens.
    await page.click("#speak");
    await page.waitForFunction(() => !window.hoidap.player.playing && window.hoidap.talk.isOpen);
    await page.click("#speak");
    await page.waitForFunction(() => !window.hoidap.talk.isOpen);
    // Withdrawing asks anew.
    await page.click("#withdraw");
    equal(await page.evaluate(() => localStorage.getItem("hoidap.consent")), null, "kept after withdrawal");
    await page.click("#speak");
    await page.locator("#consent").waitFor();
  });

  await test("push to talk, and what was heard is corrected before the search", { microphone: clip }, async (page) => {
    await page.locator("#speak").hover();
    await page.mouse.down();
    await page.waitForFunction(() => window.hoidap.talk.mode === "hold" && window.hoidap.talk.isOpen);
    await sees(page, "#speak-hint", "thả ra");
    await phase(page, "hearing");
    await page.waitForTimeout(1_500);
    await page.mouse.up();
    await page.waitForFunction(() => !window.hoidap.talk.isOpen);
    await page.locator("#edit").waitFor();
    await page.click("#edit");
    await page.locator("#correction").waitFor();
    ok((await page.locator("#correction").inputValue()).length > 0, "there is nothing to correct");
    await accessible(page, "correcting");
    await page.fill("#correction", "Đăng ký khai sinh cần giấy tờ gì?");
    await page.keyboard.press("Enter");
    await sees(page, ".citation h3", "Điều 16");
    await sees(page, "#transcript", "Đăng ký khai sinh");
    await sounds(page);
  });

  await test("recordings of every format are taken", { microphone: clip }, async (page) => {
    const formats = ["mp3", "m4a", "flac", "ogg", "opus", "webm"].map((name) => `vi-khai-sinh.${name}`)
      .concat("vi-khai-sinh-16k.wav", "vi-khai-sinh-cut.webm");
    for (const name of formats) {
      const answer = page.waitForResponse((response) => response.url().endsWith("/api/ask"));
      await page.setInputFiles("#file", `${fixtures}/${name}`);
      equal((await answer).status(), 200, name);
      await page.waitForFunction(() => document.body.dataset.phase === "speaking" || !document.getElementById("problem").hidden);
      ok(await page.locator("#result").isVisible(), `${name}: ${await page.locator("#problem-words").textContent()}`);
      await page.evaluate(() => document.getElementById("fresh").click());
    }
    await page.setInputFiles("#file", `${fixtures}/rubbish.flac`);
    await page.locator("#problem").waitFor();
    await accessible(page, "a file that is no sound");
    await page.setInputFiles("#file", `${fixtures}/silence.wav`);
    await sees(page, "#answer", "chưa nghe rõ");
  });
}
