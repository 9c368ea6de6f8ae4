// The page: a question by microphone, file or keyboard; the answer as text, citation and sound.

import { ask } from "./ask.js";
import { Player } from "./player.js";

const MAX_RECORDING_MS = 60_000;
const $ = (id) => document.getElementById(id);

const player = new Player(() => {
  $("again").disabled = player.empty;
  $("stop").disabled = !player.playing;
});
window.hoidap = { player };
let recorder = null;
let opening = false;
let current = null;
// What the last answer gave to be brought back with the next question; it is kept nowhere else.
let followUp = null;

function state(words) {
  $("state").textContent = words;
}

function problem(words) {
  $("problem").textContent = words ?? "";
  $("problem").hidden = !words;
}

// Asking -----------------------------------------------------------------------------------------------------------

async function send(question) {
  current?.abort();
  const mine = (current = new AbortController());
  player.clear();
  player.wake();
  problem(null);
  $("result").hidden = true;
  state(typeof question === "string" ? "Đang tìm…" : "Đang nghe…");
  try {
    await ask(question, followUp, { transcript, answer, audio, done, error }, mine.signal);
  } catch {
    if (!mine.signal.aborted) error({ message: "Mất kết nối với máy chủ. Xin thử lại." });
  }
}

function transcript({ text }) {
  $("result").hidden = false;
  $("heard").hidden = !text;
  $("transcript").textContent = text;
  $("answer").textContent = "";
  $("citations").replaceChildren();
  offer([], null);
  state("Đang tìm…");
}

function answer(report) {
  $("result").hidden = false;
  $("heard").hidden = !report.transcript;
  $("answer").textContent = report.answer.text;
  $("citations").replaceChildren(...report.citations.map(card));
  followUp = report.follow_up;
  offer(report.options, report.answer.more);
  state("Đang đọc câu trả lời…");
}

/** The options of a question asked back as buttons, and a button for what remains to be heard. */
function offer(options, more) {
  $("options").replaceChildren(
    ...options.map((option) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = option;
      button.addEventListener("click", () => send(option));
      return button;
    }),
  );
  $("reply").hidden = options.length === 0;
  $("more").hidden = !more;
}

function audio(sentence) {
  player.add(sentence);
}

function done({ timings_ms: ms }) {
  state("");
  const seconds = (value) => (value / 1000).toLocaleString("vi", { maximumFractionDigits: 1 });
  $("timings").textContent = ms.first_sound ? `Tiếng đầu tiên sau ${seconds(ms.first_sound)} giây.` : "";
}

function error({ code, message }) {
  if (code === "previous_too_long") followUp = null;
  state("");
  problem(message ?? "Có lỗi xảy ra. Xin thử lại.");
}

function card(citation) {
  const box = document.createElement("article");
  box.className = "citation";
  const title = document.createElement("h2");
  const place = [];
  if (citation.point) place.push(`Điểm ${citation.point}`);
  if (citation.clause) place.push(`Khoản ${citation.clause}`);
  place.push(`Điều ${citation.article}`, citation.document_title);
  title.textContent = `${place.join(", ")} (${citation.document_number})`;
  box.append(title);
  if (citation.quote) {
    const quote = document.createElement("blockquote");
    quote.textContent = citation.quote;
    box.append(quote);
  }
  const force = document.createElement("p");
  force.className = "force";
  force.dataset.force = String(citation.in_force);
  const day = (date) => date?.split("-").reverse().join("/");
  const since = citation.effective_from ? `Có hiệu lực từ ${day(citation.effective_from)}. ` : "";
  const successor = citation.replaced_by ? ` Được thay thế hoặc bãi bỏ bằng văn bản số ${citation.replaced_by}.` : "";
  force.textContent =
    citation.in_force === true ? `${since}Đang có hiệu lực.`
    : citation.in_force === false ? `${since}Không còn hoặc chưa có hiệu lực.${successor}`
    : citation.confirmed_on ? `${since}Còn hiệu lực theo dữ liệu ngày ${day(citation.confirmed_on)}.`
    : `${since}Chưa rõ còn hiệu lực hay không.`;
  box.append(force);
  if (citation.url && /^https?:\/\//.test(citation.url)) {
    const link = document.createElement("a");
    link.href = citation.url;
    link.rel = "noopener noreferrer";
    link.target = "_blank";
    link.textContent = "Xem văn bản";
    box.append(link);
  }
  return box;
}

// The microphone ---------------------------------------------------------------------------------------------------

async function record() {
  current?.abort();
  player.clear();
  player.wake();
  problem(null);
  let stream;
  opening = true;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
  } catch (failure) {
    const denied = failure.name === "NotAllowedError";
    problem(
      denied
        ? "Trình duyệt chưa cho phép dùng micrô. Xin cho phép trong phần cài đặt của trang, hoặc gõ câu hỏi bên dưới."
        : "Không tìm thấy micrô. Xin gõ câu hỏi bên dưới hoặc chọn tệp ghi âm.",
    );
    return;
  } finally {
    opening = false;
  }
  const pieces = [];
  recorder = new MediaRecorder(stream);
  recorder.ondataavailable = (event) => pieces.push(event.data);
  recorder.onstop = () => {
    clearTimeout(limit);
    for (const track of stream.getTracks()) track.stop();
    const sound = new Blob(pieces, { type: recorder.mimeType });
    recorder = null;
    showRecording(false);
    send(sound);
  };
  const limit = setTimeout(() => recorder?.stop(), MAX_RECORDING_MS);
  recorder.start();
  showRecording(true);
}

function showRecording(on) {
  $("speak").setAttribute("aria-pressed", String(on));
  $("speak-label").textContent = on ? "Đang nghe – bấm khi nói xong" : "Bấm để nói";
  state(on ? "Xin nói câu hỏi." : "");
}

$("speak").addEventListener("click", () => {
  if (opening) return;
  if (recorder) recorder.stop();
  else if (!navigator.mediaDevices || !window.MediaRecorder)
    problem("Trình duyệt này không ghi âm được, hoặc trang chưa mở qua kết nối an toàn. Xin gõ câu hỏi bên dưới.");
  else record();
});
$("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = $("question").value.trim();
  if (!question) return;
  send(question);
  // An answer to a question asked back is not asked again.
  if (followUp) $("question").value = "";
});
$("file").addEventListener("change", () => {
  const file = $("file").files[0];
  if (file) send(file);
  $("file").value = "";
});
$("more").addEventListener("click", () => send("nghe tiếp"));
$("fresh").addEventListener("click", () => {
  current?.abort();
  player.clear();
  followUp = null;
  problem(null);
  state("");
  $("result").hidden = true;
  $("question").value = "";
  $("question").focus();
});
$("again").addEventListener("click", () => player.again());
$("stop").addEventListener("click", () => {
  current?.abort();
  player.stop();
  state("");
});
