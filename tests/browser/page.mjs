// The page in a real browser against a running service: typed, spoken, uploaded, denied.
//
// usage: BASE_URL=http://127.0.0.1:8080 MICROPHONE=clip.wav [SHOTS=folder] node page.mjs
// needs the package playwright-core and Debian's chromium; run by hand (see README.md).
import { chromium } from "playwright-core";

const base = process.env.BASE_URL ?? "http://127.0.0.1:8080";
const microphone = process.env.MICROPHONE;
const shots = process.env.SHOTS;
let passed = 0;
let failed = 0;

async function open(name, options, steps) {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--autoplay-policy=no-user-gesture-required", "--use-fake-device-for-media-stream",
      ...(options.deny ? ["--deny-permission-prompts"] : ["--use-fake-ui-for-media-stream"]),
      ...(microphone ? [`--use-file-for-fake-audio-capture=${microphone}%noloop`] : []),
    ],
  });
  const context = await browser.newContext({ viewport: options.viewport ?? { width: 390, height: 844 }, colorScheme: options.scheme ?? "light" });
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("request", (request) => request.url().startsWith(base) || request.url().startsWith("data:") || problems.push(`asked ${request.url()}`));
  try {
    await page.goto(base);
    await steps(page);
    if (problems.length) throw new Error(problems.join("; "));
    passed += 1;
    console.log(`ok   ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}: ${error.message}`);
  }
  if (shots) await page.screenshot({ path: `${shots}/${name.replaceAll(/\W+/g, "-")}.png`, fullPage: true });
  await browser.close();
}

const has = (page, selector, text) => page.locator(selector, { hasText: text }).first().waitFor({ timeout: 90_000 });
const sounds = (page) => page.waitForFunction(() => window.hoidap.player.peak > 0.05, null, { timeout: 90_000 });

for (const [name, options] of [
  ["typed on a phone", {}],
  ["typed on a desktop in the dark", { viewport: { width: 1280, height: 800 }, scheme: "dark" }],
  ["typed on a narrow phone", { viewport: { width: 320, height: 640 } }],
]) {
  await open(name, options, async (page) => {
    await page.fill("#question", "Đăng ký khai sinh cần giấy tờ gì?");
    await page.keyboard.press("Enter");
    await has(page, ".citation h2", "Điều 16");
    await sounds(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    if (wide) throw new Error("the page is wider than the window");
    await page.click("#stop");
    await page.click("#again");
  });
}
if (microphone) {
  await open("spoken", {}, async (page) => {
    await page.click("#speak");
    await has(page, "#speak-label", "Đang nghe");
    await page.waitForTimeout(8_000);
    await page.click("#speak");
    await has(page, "#heard", "hợp pháp");
    await has(page, ".citation h2", "91/2015/QH13");
    await sounds(page);
  });
  await open("uploaded", {}, async (page) => {
    await page.setInputFiles("#file", microphone);
    await has(page, "#heard", "hợp pháp");
    await has(page, ".citation h2", "91/2015/QH13");
  });
}
await open("microphone denied", { deny: true }, async (page) => {
  await page.click("#speak");
  await has(page, "#problem", "gõ câu hỏi");
});
const ask = async (page, text) => {
  await page.fill("#question", text);
  await page.keyboard.press("Enter");
};
const bodies = (page) => {
  const sent = [];
  page.on("request", (request) => request.url().endsWith("/api/ask") && sent.push(request.postData()));
  return sent;
};
for (const [name, reply] of [
  ["an option is pressed", (page) => page.locator("#options button").nth(1).click()],
  ["an option is named by its place", (page) => ask(page, "cái thứ hai")],
]) {
  await open(name, { viewport: { width: 320, height: 640 } }, async (page) => {
    const sent = bodies(page);
    await ask(page, "Xin giấy phép cần gì?");
    await page.locator("#options button").nth(1).waitFor({ timeout: 90_000 });
    const option = await page.locator("#options button").nth(1).textContent();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    if (wide) throw new Error("the page is wider than the window");
    await reply(page);
    await page.locator(".citation h2").first().waitFor({ timeout: 90_000 });
    await has(page, "#answer", option);
    await has(page, "#answer", "Giấy tờ cần có");
    if (await page.locator("#reply").isVisible()) throw new Error("the options are still offered");
    if (JSON.parse(sent[1]).previous !== "Xin giấy phép cần gì?") throw new Error(sent[1]);
  });
}
await open("something new is asked instead", {}, async (page) => {
  await ask(page, "Xin giấy phép cần gì?");
  await page.locator("#options button").first().waitFor({ timeout: 90_000 });
  await ask(page, "Đăng ký khai sinh cho con ở đâu?");
  await has(page, "#answer", "Đăng ký khai sinh");
});
await open("the rest is read on", {}, async (page) => {
  const sent = bodies(page);
  await ask(page, "Thành lập công ty cổ phần cần giấy tờ gì?");
  await page.locator("#more").waitFor({ timeout: 90_000 });
  const shown = await page.locator("#answer").textContent();
  await page.waitForFunction(() => document.getElementById("state").textContent === "", null, { timeout: 90_000 });
  await page.click("#stop");
  await page.evaluate(() => (window.hoidap.player.peak = 0));
  await page.click("#more");
  await sounds(page);
  await has(page, "#answer", "Đăng ký thành lập công ty cổ phần");
  if ((await page.locator("#answer").textContent()) !== shown) throw new Error("another answer is shown");
  if (JSON.parse(sent[1]).text !== "nghe tiếp") throw new Error(sent[1]);
  await page.click("#fresh");
  if (await page.locator("#result").isVisible()) throw new Error("the last answer is still shown");
  await ask(page, "Đăng ký kết hôn ở đâu?");
  await has(page, "#answer", "Đăng ký kết hôn");
  if ("previous" in JSON.parse(sent[2])) throw new Error("something of the last conversation was sent");
});
if (microphone) {
  await open("a spoken question after one that was asked back", {}, async (page) => {
    const sent = bodies(page);
    await ask(page, "Xin giấy phép cần gì?");
    await page.locator("#options button").first().waitFor({ timeout: 90_000 });
    await page.click("#speak");
    await has(page, "#speak-label", "Đang nghe");
    await page.waitForTimeout(8_000);
    await page.click("#speak");
    await has(page, "#heard", "hợp pháp");
    const body = JSON.parse(sent[1]);
    if (!body.sound || body.previous !== "Xin giấy phép cần gì?") throw new Error(sent[1].slice(0, 200));
  });
}
await open("refused", {}, async (page) => {
  await page.fill("#question", "Hôm nay thời tiết thế nào?");
  await page.click("#typed button");
  await has(page, "#answer", "Bộ phận Một cửa");
  if (await page.locator(".citation").count()) throw new Error("a refusal cites nothing");
});
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
