// What the browser tests share: the browser, a page that is watched, checks that each test repeats, and the counting.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { network } from "./network.mjs";

const packages = createRequire(`${process.env.HOIDAP_BROWSER_PACKAGES ?? new URL("../../.deps/browser", import.meta.url).pathname}/`);
const { chromium } = packages("playwright-core");
const axeSource = readFileSync(packages.resolve("axe-core/axe.min.js"), "utf8");
const scripted = readFileSync(new URL("scripted-microphone.js", import.meta.url), "utf8");

export const shots = process.env.SHOTS;
const service = new URL(process.env.BASE_URL ?? "http://127.0.0.1:8080");
const results = [];
/** The browsers that run, by what their microphones hear. */
const browsers = new Map();

function browserHearing(microphone, permission) {
  const key = `${microphone} ${permission}`;
  if (!browsers.has(key)) browsers.set(key, launch(microphone, permission));
  return browsers.get(key);
}

const launch = (microphone, permission) => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP hoidap.test 127.0.0.1", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ...(permission === "absent" ? [] : ["--use-fake-device-for-media-stream"]),
    permission === "denied" ? "--deny-permission-prompts" : "--use-fake-ui-for-media-stream",
    ...(microphone ? [`--use-file-for-fake-audio-capture=${microphone}%noloop`] : []),
  ],
});

/**
 * Runs one test on a page of its own. Options: `microphone` (a WAV file), `permission` (granted, denied, absent),
 * `talker` (a WAV file: the page's microphone is scripted, see scripted-microphone.js), `consented` (true), `host` (a name by which the page is opened), `context`
 * (Playwright's), `before(page)` before the page is opened, `expects` (errors that the browser may write).
 */
export async function test(name, options, steps) {
  if (process.env.ONLY && !name.includes(process.env.ONLY)) return;
  const began = Date.now();
  const net = await network(service.hostname, Number(service.port));
  let context;
  let page;
  const problems = [];
  try {
    const its = await browserHearing(options.microphone, options.permission ?? "granted");
    context = await its.newContext({ bypassCSP: Boolean(options.talker), viewport: { width: 390, height: 844 }, locale: "vi-VN", ...options.context });
    page = await context.newPage();
    page.setDefaultTimeout(Number(process.env.PATIENCE ?? 60_000));
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => message.type() === "error" && !/Failed to load resource|ERR_|WebSocket connection/.test(message.text()) && problems.push(message.text()));
    const own = (url) => url.startsWith(net.url) || url.startsWith(net.url.replace("http", "ws")) || /^(data|blob):/.test(url);
    page.on("request", (request) => own(request.url()) || problems.push(`it asked ${request.url()}`));
    page.on("websocket", (socket) => own(socket.url()) || problems.push(`it asked ${socket.url()}`));
    if (options.consented ?? true) await context.addInitScript(() => localStorage.setItem("hoidap.consent", "1"));
    if (options.talker) {
      await context.addInitScript(`window.talkerWav = "${readFileSync(options.talker).toString("base64")}";\n${scripted}`);
    }
    await options.before?.(page, context);
    if (options.host) net.url = net.url.replace("127.0.0.1", options.host);
    await page.goto(net.url);
    await steps(page, net);
    if (problems.length) throw new Error(problems.join("; "));
    results.push(true);
    console.log(`ok   ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    results.push(false);
    console.log(`FAIL ${name}: ${error.stack}\n     ${problems.join("; ")}`);
    if (shots) await page?.screenshot({ path: `${shots}/failed-${name.replaceAll(/\W+/g, "-")}.png`, fullPage: true }).catch(() => {});
  }
  await context?.close();
  net.close();
}

/** Runs steps beside each other, so many at a time: most of a test is waiting. */
export function together(most) {
  const going = new Set();
  const all = [];
  let last = Promise.resolve();
  return {
    run(step) {
      last = last.then(async () => {
        while (going.size >= most) await Promise.race(going);
        const task = step().finally(() => going.delete(task));
        going.add(task);
        all.push(task);
      });
    },
    async done() {
      await last;
      await Promise.all(all);
    },
  };
}

/** A test that needs no page. */
export async function unit(name, steps) {
  if (process.env.ONLY && !name.includes(process.env.ONLY)) return;
  try {
    await steps();
    results.push(true);
    console.log(`ok   ${name}`);
  } catch (error) {
    results.push(false);
    console.log(`FAIL ${name}: ${error.stack}`);
  }
}

export async function finish() {
  for (const browser of browsers.values()) await (await browser).close();
  const failed = results.filter((ok) => !ok).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  process.exit(failed || results.length === 0 ? 1 : 0);
}

export function equal(got, wanted, what) {
  if (got !== wanted) throw new Error(`${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
}

export function ok(isSo, what) {
  if (!isSo) throw new Error(what);
}

/** Waits for an element with these words (a string or an expression). */
export const sees = (page, selector, words) => page.locator(selector, { hasText: words }).first().waitFor();

/** Waits for the phase in which the page is. */
export const phase = (page, wanted) => page.waitForFunction((wanted) => document.body.dataset.phase === wanted, wanted);

/** Waits until something that is no silence was sent to the loudspeaker. */
export const sounds = (page) => page.waitForFunction(() => window.hoidap.player.playing && window.hoidap.player.peak > 0.05);

export async function ask(page, words) {
  await page.fill("#question", words);
  await page.press("#question", "Enter");
}

/** No violation that axe knows of (WCAG 2.2 AA and best practices), nothing too wide, no small target. */
export async function accessible(page, state) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => window.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    rules: { "target-size": { enabled: true } },
  }));
  const told = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
  ok(told.length === 0, `axe, ${state}: ${told.join("\n")}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  ok(wide <= 0, `${state}: ${wide} pixels too wide`);
  const small = await page.evaluate(() => [...document.querySelectorAll("button, input, textarea, summary, nav a, .links a")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".unseen") && element.id !== "file")
    .map((element) => [element.id || element.textContent, (element.closest("label") ?? element).getBoundingClientRect()])
    .filter(([, box]) => box.height < 44 || box.width < 44)
    .map(([name, box]) => `${name} ${Math.round(box.width)}×${Math.round(box.height)}`));
  ok(small.length === 0, `${state}: targets too small: ${small.join(", ")}`);
  if (shots) await page.screenshot({ path: `${shots}/${state.replaceAll(/\W+/g, "-")}.png`, fullPage: true });
}
