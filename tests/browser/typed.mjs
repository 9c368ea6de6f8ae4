// Typed questions: the answer, its basis, its sound, what can be done with it, follow-up questions, English, no JavaScript.
import { accessible, ask, equal, ok, phase, sees, sounds, test, together } from "./harness.mjs";

const NOTICE_PERIOD = "Người lao động đơn phương chấm dứt hợp đồng lao động phải báo trước bao nhiêu ngày?";
const playing = (page) => page.evaluate(() => window.hoidap.player.playing);

/** The phase once the answer has come in full. */
const answered = (page) => page.waitForFunction(() => document.querySelector("#timings").textContent !== "");

export async function typed() {
  const { run, done } = together(3);
  run(() => test("a typed question is answered, with its basis", { before: (_, context) => context.grantPermissions(["clipboard-read", "clipboard-write"]) }, async (page) => {
    await accessible(page, "the page as it opens");
    await ask(page, NOTICE_PERIOD);
    await sees(page, ".citation h3", "Điều 35");
    await sees(page, ".citation .document", "45/2019/QH14");
    await sees(page, ".citation .force strong", /hiệu lực/);
    await sounds(page);
    equal(await page.locator("#question").inputValue(), "", "the field");
    await answered(page);
    await accessible(page, "an answer on a phone");
    // The sound: stopped, heard again, and more slowly.
    await page.click("#stop");
    equal(await playing(page), false, "playing after Stop");
    await page.click("#again");
    await page.waitForTimeout(300);
    ok(await playing(page), "it is not heard again");
    await page.click("#slower");
    equal(await page.getAttribute("#slower", "aria-pressed"), "true", "slow");
    equal(await page.evaluate(() => window.hoidap.player.pace), 0.75, "pace");
    ok(await playing(page), "it does not go on slowly");
    await page.click("#stop");
    // The article in full, with the quote in it marked.
    const card = page.locator(".citation").first();
    const quote = await card.locator("blockquote").textContent();
    await card.getByRole("button", { name: "Xem toàn văn điều" }).click();
    const mark = card.locator("mark");
    await mark.waitFor();
    ok((await mark.textContent()).includes(quote.trim()), "the quote is not what is marked");
    const link = new URL(await card.getByRole("link", { name: "Mở trong mục Đọc luật" }).getAttribute("href"), page.url());
    equal(link.pathname + link.search, "/luat/dieu?so=45%2F2019%2FQH14&dieu=35", "the link to the reader");
    await accessible(page, "an article in full");
    if (await page.locator("#receipt code").count()) {
      await page.click("#share");
      await sees(page, "#state", "Đã chép đường dẫn");
      const shared = await page.evaluate(() => navigator.clipboard.readText());
      ok(/[0-9a-f]{32}/.test(shared), `shared ${shared}`);
    }
    await page.emulateMedia({ media: "print" });
    ok(await page.locator("#answer").isVisible(), "the answer is not printed");
    for (const hidden of ["#speak", "#controls", "nav", "#fresh"]) ok(!(await page.locator(hidden).isVisible()), `${hidden} is printed`);
  }));

  run(() => test("a question asked back is replied to by a button", { context: { viewport: { width: 320, height: 640 } } }, async (page) => {
    await ask(page, "Xin giấy phép cần gì?");
    const option = page.locator("#options button").nth(1);
    await option.waitFor();
    const words = await option.textContent();
    await accessible(page, "options on a narrow phone");
    await option.click();
    await page.locator(".citation h3").first().waitFor();
    await sees(page, "#answer", words);
    ok(!(await page.locator("#reply").isVisible()), "the options are still offered");
  }));

  run(() => test("the rest is read on, and something else is asked", {}, async (page) => {
    await ask(page, "Thành lập công ty cổ phần cần giấy tờ gì?");
    await page.locator("#more").waitFor();
    await answered(page);
    const shown = await page.locator("#answer").textContent();
    await page.click("#more");
    await page.waitForFunction(() => document.querySelector("#timings").textContent === "");
    await sounds(page);
    equal(await page.locator("#answer").textContent(), shown, "the answer shown");
    await page.click("#fresh");
    ok(!(await page.locator("#result").isVisible()), "the last answer is still shown");
    equal(await page.evaluate(() => window.hoidap.conversation.followUp), null, "what is brought back");
    ok(await page.locator("#question").evaluate((field) => field === document.activeElement), "the field has no focus");
  }));

  run(() => test("what is no matter of law is refused kindly", { context: { viewport: { width: 1280, height: 800 }, colorScheme: "dark" } }, async (page) => {
    await ask(page, "Hôm nay thời tiết Hà Nội thế nào?");
    await sees(page, "#answer", "Bộ phận Một cửa");
    equal(await page.locator(".citation").count(), 0, "citations");
    await accessible(page, "a refusal on a desktop in the dark");
  }));

  run(() => test("everything is done by the keyboard, in English too", {}, async (page) => {
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    ok(await page.locator("#question").evaluate((field) => field === document.activeElement), "the first link does not skip");
    await page.locator("#language").focus();
    await page.keyboard.press("Enter");
    equal(await page.getAttribute("html", "lang"), "en", "language");
    await sees(page, "#speak-label", "Press to speak");
    await accessible(page, "English");
    await page.locator("#question").focus();
    await page.keyboard.type("Đăng ký khai sinh cần giấy tờ gì?");
    await page.keyboard.press("Enter");
    await sees(page, ".citation h3", "Điều 16");
    equal(await page.getAttribute("#answer", "lang"), "vi", "language of the answer");
    equal(await page.getAttribute(".citation h3", "lang"), "vi", "language of a citation");
    await answered(page);
    await accessible(page, "an answer in English");
    for (const id of ["stop", "again", "print", "fresh"]) {
      await page.locator(`#${id}`).focus();
      equal(await page.evaluate(() => document.activeElement.id), id, "focus");
    }
    await page.reload();
    await sees(page, "#speak-label", "Press to speak");
    await page.locator("#language").press("Enter");
    await sees(page, "#speak-label", "Bấm để nói");
    equal(await page.getAttribute("html", "lang"), "vi", "language");
    // No trap: the tabulator leads from the first to the last and out.
    const seen = new Set();
    await page.evaluate(() => document.activeElement.blur());
    for (let n = 0; n < 25; n++) {
      await page.keyboard.press("Tab");
      seen.add(await page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim()));
    }
    for (const id of ["speak", "free", "question", "file", "privacy"]) ok(seen.has(id), `${id} cannot be reached: ${[...seen]}`);
  }));

  run(() => test("large text, little room, strong contrast", { context: { viewport: { width: 640, height: 400 }, reducedMotion: "reduce" } }, async (page) => {
    await ask(page, "Đăng ký khai sinh cần giấy tờ gì?");
    await sees(page, ".citation h3", "Điều 16");
    await answered(page);
    await accessible(page, "200 percent");
    await page.setViewportSize({ width: 320, height: 256 });
    await accessible(page, "400 percent");
    await page.emulateMedia({ forcedColors: "active" });
    await accessible(page, "forced colours");
    await page.emulateMedia({ forcedColors: "none", contrast: "more" });
    await accessible(page, "more contrast");
    equal(await page.evaluate(() => getComputedStyle(document.getElementById("meter")).transitionDuration), "0s", "motion");
  }));

  run(() => test("without JavaScript there are forms", { context: { javaScriptEnabled: false } }, async (page) => {
    for (const [id, type, field] of [["typed", "application/x-www-form-urlencoded", "question"], ["upload", "multipart/form-data", "file"]]) {
      const form = page.locator(`#${id}`);
      ok(await form.isVisible(), `${id} is not shown`);
      equal(await form.getAttribute("action"), "/hoi", "action");
      equal(await form.getAttribute("method"), "post", "method");
      equal((await form.getAttribute("enctype")) ?? "application/x-www-form-urlencoded", type, "enctype");
      ok(await form.locator(`[name=${field}]`).isVisible(), `${field} is not shown`);
      ok(await form.locator("button[type=submit]").isVisible(), `${id} cannot be sent`);
    }
    ok(!(await page.locator("#speak").isVisible()), "a button that does nothing is shown");
    ok(!(await page.locator("#language").isVisible()), "a button that does nothing is shown");
    // And they are taken: the browser says where they come from, and the gate lets them in.
    await page.fill("#question", "Đăng ký khai sinh cần giấy tờ gì?");
    await page.locator("#typed button[type=submit]").click();
    await sees(page, "main", "Tờ khai");
    await page.goto(new URL("/y-kien", page.url()).href);
    await page.fill("#text", "Đèn đường trước trường học hỏng đã ba tuần.");
    await page.check("#consent");
    await page.getByRole("button", { name: "Gửi phản ánh" }).click();
    await sees(page, "main", "Cơ quan đã nhận");
    await page.getByRole("button", { name: "Rút lại và xóa" }).click();
    await sees(page, "main", "đã được rút lại");
  }));

  run(() => test("the page is light, and is shown before any script", { before: (page) => page.route("**/*.js", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await route.continue();
  }) }, async (page, net) => {
    const loads = [];
    page.on("response", (response) => loads.push(response));
    const going = page.goto(net.url);
    await page.locator("#speak-label").waitFor({ timeout: 2_800 });
    await going;
    await phase(page, "idle");
    let bytes = 0;
    for (const response of loads) if (response.ok() && !/api|readyz/.test(response.url())) bytes += (await response.body()).length;
    ok(bytes > 50_000 && bytes <= 150_000, `${bytes} bytes`);
    console.log(`     ${bytes} bytes`);
  }));
  await done();
}
