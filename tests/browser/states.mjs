// What can go wrong, spoken of plainly: the microphone, the network, a busy service, no voice, notices.
import { accessible, ask, equal, ok, phase, sees, test, together } from "./harness.mjs";

const QUESTION = "Đăng ký khai sinh cần giấy tờ gì?";

/** Answers the page's WebSocket in the service's place, for states that a healthy service is not in. */
const service = (page, reply) => page.routeWebSocket(/ws\/ask/, (socket) => socket.onMessage((message) => {
  if (typeof message === "string" && JSON.parse(message).type === "ask") reply(socket);
}));

export async function states(talker) {
  const { run, done } = together(3);
  for (const [permission, words] of [["denied", "chưa cho phép"], ["absent", "không có micrô"]]) {
    run(() => test(`the microphone is ${permission}`, { permission }, async (page) => {
      await page.click("#speak");
      await sees(page, "#problem-words", words);
      await phase(page, "idle");
      await accessible(page, `microphone ${permission}`);
      await page.getByRole("button", { name: "Gõ câu hỏi" }).click();
      ok(await page.locator("#question").evaluate((field) => field === document.activeElement), "the field has no focus");
    }));
  }
  run(() => test("the page was not opened securely", { host: "hoidap.test" }, async (page) => {
    await page.click("#speak");
    await sees(page, "#problem-words", "https");
    await accessible(page, "insecure");
    await ask(page, QUESTION);
    await sees(page, ".citation h3", "Điều 16");
  }));

  run(() => test("the network is lost before a typed question, and comes back", {}, async (page, net) => {
    net.cut();
    await ask(page, QUESTION);
    await sees(page, "#problem-words", "vẫn được giữ");
    await accessible(page, "connection lost");
    await page.waitForTimeout(1_000);
    net.mend();
    await sees(page, ".citation h3", "Điều 16");
    ok(!(await page.locator("#problem").isVisible()), "the problem is still shown");
  }));

  run(() => test("the network is lost in the middle of a sentence, and comes back", { talker }, async (page, net) => {
    const heard = [];
    page.on("websocket", (socket) => {
      let samples = 0;
      socket.on("framesent", ({ payload }) => typeof payload !== "string" && (samples += payload.length / 2));
      socket.on("framereceived", ({ payload }) => typeof payload === "string" && heard.push([JSON.parse(payload).type, samples]));
    });
    await page.click("#speak");
    await phase(page, "listening");
    await page.waitForTimeout(500);
    await page.evaluate(() => window.lab.talk(0.3));
    await phase(page, "hearing");
    net.cut();
    await sees(page, "#problem-words", "vẫn được giữ");
    net.mend();
    await page.waitForFunction(() => document.getElementById("problem").hidden);
    await page.waitForFunction(() => document.body.dataset.phase === "speaking" || !document.getElementById("problem").hidden);
    const transcript = heard.find(([type]) => type === "transcript");
    ok(transcript, `heard ${heard}`);
    // The whole sentence went up again: the talker's 3 s, not what was left of it.
    ok(transcript[1] > 2.5 * 16_000, `${transcript[1]} samples on the second connection`);
  }));

  run(() => test("the service is busy", { before: (page) => service(page, (socket) => socket.send(JSON.stringify({ type: "error", code: "busy", message: "…", waiting: 3 }))) }, async (page) => {
    await ask(page, QUESTION);
    await sees(page, "#problem-words", "xin chờ, còn 3 người");
    await accessible(page, "busy");
    await page.getByRole("button", { name: "Thử lại" }).click();
    await sees(page, "#problem-words", "xin chờ, còn 3 người");
  }));

  run(() => test("the service has an error", { before: (page) => service(page, (socket) => socket.send(JSON.stringify({ type: "error", code: "search_failed", message: "Chưa tra cứu được quy định. Xin thử lại sau." }))) }, async (page) => {
    await ask(page, QUESTION);
    await sees(page, "#problem-words", "Chưa tra cứu được quy định");
    await accessible(page, "an error");
    await page.click("#language");
    await sees(page, "#problem-words", "The service had an error");
  }));

  run(() => test("there is no Vietnamese voice, but the browser's own", { before: async (page, context) => {
    await page.route("**/readyz", (route) => route.fulfill({ json: { ready: true, hearing: "x", speaking: null } }));
    await page.routeWebSocket(/ws\/ask/, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((message) => typeof message === "string" && JSON.parse(message).type !== "audio" && socket.send(message));
    });
    await context.addInitScript(() => {
      const voices = [{ name: "remote", lang: "vi-VN", localService: false }, { name: "Của máy này", lang: "vi-VN", localService: true }];
      window.spoken = [];
      speechSynthesis.getVoices = () => voices;
      speechSynthesis.speak = (utterance) => window.spoken.push([utterance.text, utterance.lang, utterance.voiceName]);
      Object.defineProperty(SpeechSynthesisUtterance.prototype, "voice", { set(voice) { this.voiceName = voice.name; } });
    });
  } }, async (page) => {
    await ask(page, QUESTION);
    await sees(page, "#mute-words", "chỉ hiện bằng chữ");
    await accessible(page, "no voice");
    await page.click("#browser-voice");
    const [[text, lang, voice]] = await page.evaluate(() => window.spoken);
    ok(text.includes("khai sinh") && lang === "vi-VN" && voice === "Của máy này", `${voice} spoke ${text}`);
  }));

  run(() => test("urgent notices stand on top", { before: (page) => page.route("**/api/notices/stream", (route) => route.fulfill({ contentType: "text/event-stream", body: `event: notices\ndata: ${JSON.stringify({ notices: [
    { id: "1", title: "Nghỉ làm việc chiều 28/11", text: "Bộ phận Một cửa nghỉ để bảo trì hệ thống.", area: "phường Một", until: "2026-11-28T12:00:00Z" }] })}\n\n` })) }, async (page) => {
    await sees(page, "#notices h2", "Nghỉ làm việc");
    await sees(page, "#notices", "28/11/2026");
    await sees(page, "#notices", "phường Một");
    const order = await page.evaluate(() => document.getElementById("notices").compareDocumentPosition(document.getElementById("speak")) & Node.DOCUMENT_POSITION_FOLLOWING);
    ok(order, "the notices come after the button");
    await accessible(page, "notices");
  }));

  run(() => test("the microphone closes when nobody speaks", { talker }, async (page) => {
    await page.click("#speak");
    await phase(page, "listening");
    await sees(page, "#problem-words", "không nghe thấy gì");
    equal(await page.evaluate(() => window.lab.tracks.every((track) => track.readyState === "ended")), true, "tracks ended");
    await accessible(page, "nothing heard");
  }));
  await done();
}
