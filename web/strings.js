// All words of the interface, in Vietnamese and English. What the law says is never translated.

import { memory } from "./dom.js";

const VIETNAMESE = {
  speak_idle: "Bấm để nói", speak_idle_hint: "hoặc giữ trong khi nói",
  speak_opening: "Đang mở micrô…",
  speak_tap: "Đang nghe", speak_tap_hint: "bấm khi nói xong",
  speak_hold: "Đang nghe", speak_hold_hint: "thả ra khi nói xong",
  speak_free: "Đang nghe", speak_free_hint: "bấm để tắt micrô",
  speak_answer: "Hỏi câu khác", speak_answer_hint: "bấm để ngắt và nói",
  state_listening: "Xin nói câu hỏi.",
  state_hearing: "Đang nghe ông bà nói…",
  state_finding: "Đang tìm trong văn bản…",
  state_uploading: "Đang gửi và nghe tệp ghi âm…",
  state_speaking: "Đang đọc câu trả lời…",
  state_speaking_free: "Đang đọc câu trả lời. Ông bà cứ nói nếu muốn ngắt.",
  state_stopped: "Đã dừng đọc.",
  state_restored: "Đã nối lại được.",
  state_again: "Đang hỏi lại…",
  problem_denied: "Trình duyệt chưa cho phép trang này dùng micrô. Xin bấm vào biểu tượng ổ khóa cạnh địa chỉ trang để cho phép, hoặc gõ câu hỏi.",
  problem_absent: "Máy này không có micrô, hoặc micrô chưa được cắm. Xin cắm micrô rồi thử lại, hoặc gõ câu hỏi.",
  problem_in_use: "Chương trình khác đang dùng micrô. Xin đóng chương trình ấy rồi thử lại, hoặc gõ câu hỏi.",
  problem_insecure: "Trang này chưa được mở qua kết nối an toàn (https), nên trình duyệt không cho dùng micrô. Xin gõ câu hỏi hoặc chọn tệp ghi âm.",
  problem_unsupported: "Trình duyệt này quá cũ, không ghi âm được. Xin gõ câu hỏi hoặc chọn tệp ghi âm.",
  problem_unplugged: "Micrô đã bị rút ra hoặc tắt. Xin cắm lại rồi bấm nút để nói.",
  problem_nothing: "Tôi không nghe thấy gì. Xin nói to hơn một chút, gần micrô hơn, hoặc gõ câu hỏi.",
  problem_lost: "Mất kết nối với máy chủ. Câu hỏi của ông bà vẫn được giữ; tôi đang nối lại.",
  problem_cut: "Mất kết nối khi đang đọc. Câu trả lời vẫn còn trên màn hình.",
  problem_upload_lost: "Mất kết nối khi đang gửi tệp. Xin chọn lại tệp.",
  problem_busy: "Đang có nhiều người hỏi. Xin chờ một lát rồi hỏi lại.",
  problem_busy_waiting: "Đang có nhiều người hỏi: xin chờ, còn {n} người trước ông bà.",
  problem_deaf: "Dịch vụ chưa nghe được giọng nói. Xin gõ câu hỏi.",
  problem_server: "Máy chủ gặp lỗi. Xin thử lại sau ít phút.",
  problem_idle: "Đã lâu không nghe thấy ai nói, nên micrô đã được tắt.",
  problem_no_free: "Mạng ở đây không cho nói chuyện liên tục. Xin bấm nút, nói, rồi bấm lần nữa.",
  retry: "Thử lại", type_instead: "Gõ câu hỏi",
  mute_server: "Máy chủ chưa có giọng đọc tiếng Việt, nên câu trả lời chỉ hiện bằng chữ.",
  heard: "Tôi nghe là:", caution: "Cần kiểm tra lại",
  in_force: "Đang có hiệu lực", ended: "Không còn hoặc chưa có hiệu lực", unknown_force: "Chưa rõ còn hiệu lực hay không",
  confirmed: "Còn hiệu lực theo dữ liệu ngày {day}",
  since: "Có hiệu lực từ {day}", until: "Hết hiệu lực từ {day}", replaced: "Được thay thế hoặc bãi bỏ bằng văn bản số {document}",
  amended: "Đã được sửa đổi bởi {documents}", as_of: "Xét tại ngày {day}",
  quote: "Đoạn được trích", full: "Xem toàn văn điều", full_region: "Toàn văn Điều {article}", full_close: "Thu gọn toàn văn", full_loading: "Đang mở toàn văn…",
  full_failed: "Chưa mở được toàn văn. Xin thử lại.", full_missing: "Toàn văn điều này chưa có trong kho văn bản.", read_law: "Mở trong mục Đọc luật", source: "Nguồn công bố",
  quoted: "phần được trích", quoted_end: "hết phần trích", new_tab: "mở trong thẻ mới",
  receipt: "Mã câu trả lời", receipt_qr: "Mã QR dẫn đến câu trả lời {id}", receipt_link: "Xem lại câu trả lời này",
  shared: "Đã chép đường dẫn của câu trả lời.", share_failed: "Xin chép đường dẫn này: {url}",
  share_title: "Câu trả lời của Hỏi Đáp",
  notice_until: "Đến {day}",
  verdict_right: "Đúng", verdict_wrong: "Sai", verdict_unclear: "Khó hiểu",
  send_question: "Gửi câu hỏi này cho cơ quan", question_sent: "Câu hỏi sẽ gửi (xin bỏ tên, số điện thoại, số căn cước)", remark: "Ông bà muốn nói gì thêm? (không bắt buộc)",
  submission_taken: "Cơ quan đã nhận. Xin giữ mã này để theo dõi:", submission_lost: "Chưa gửi được. Nội dung vẫn còn ở đây, xin thử lại.",
  timing: "Tiếng đầu tiên sau {seconds} giây.",
  consent_gone: "Đã rút lại đồng ý. Trang sẽ hỏi lại trước lần ghi âm sau.",
};

const ENGLISH = {
  speak_idle: "Press to speak", speak_idle_hint: "or hold while you speak",
  speak_opening: "Opening the microphone…",
  speak_tap: "Listening", speak_tap_hint: "press when you have finished",
  speak_hold: "Listening", speak_hold_hint: "let go when you have finished",
  speak_free: "Listening", speak_free_hint: "press to turn the microphone off",
  speak_answer: "Ask something else", speak_answer_hint: "press to interrupt and speak",
  state_listening: "Please speak your question, in Vietnamese.",
  state_hearing: "Listening to you…",
  state_finding: "Searching the law…",
  state_uploading: "Sending and hearing the recording…",
  state_speaking: "Reading the answer aloud…",
  state_speaking_free: "Reading the answer aloud. Speak whenever you wish to interrupt.",
  state_stopped: "Reading stopped.",
  state_restored: "Connected again.",
  state_again: "Asking again…",
  problem_denied: "The browser does not let this page use the microphone. Press the lock beside the address to allow it, or type your question.",
  problem_absent: "This device has no microphone, or it is not plugged in. Plug one in and try again, or type your question.",
  problem_in_use: "Another program is using the microphone. Close it and try again, or type your question.",
  problem_insecure: "This page was not opened over a secure connection (https), so the browser does not lend it the microphone. Type your question or choose a recording.",
  problem_unsupported: "This browser is too old to record. Type your question or choose a recording.",
  problem_unplugged: "The microphone was unplugged or turned off. Plug it in and press the button to speak.",
  problem_nothing: "I heard nothing. Speak a little louder or nearer to the microphone, or type your question.",
  problem_lost: "The connection to the service is lost. Your question is kept; I am trying to connect again.",
  problem_cut: "The connection was lost while the answer was being read. The answer is still on the screen.",
  problem_upload_lost: "The connection was lost while the file was being sent. Please choose it again.",
  problem_busy: "Many people are asking at the moment. Please wait a little and ask again.",
  problem_busy_waiting: "Many people are asking at the moment. Please wait; {n} are before you.",
  problem_deaf: "The service cannot hear speech yet. Please type your question.",
  problem_server: "The service had an error. Please try again in a few minutes.",
  problem_idle: "Nobody has spoken for a while, so the microphone was turned off.",
  problem_no_free: "This network does not allow a continuous conversation. Press the button, speak, and press it again.",
  retry: "Try again", type_instead: "Type a question",
  mute_server: "The service has no Vietnamese voice, so the answer is shown in writing only.",
  heard: "I heard:", caution: "Please check",
  in_force: "In force", ended: "No longer, or not yet, in force", unknown_force: "Not known whether it is still in force",
  confirmed: "In force according to data of {day}",
  since: "In force since {day}", until: "Ended on {day}", replaced: "Replaced or repealed by document {document}",
  amended: "Amended by {documents}", as_of: "As of {day}",
  quote: "The words quoted", full: "Read the whole article", full_region: "Article {article} in full", full_close: "Close the article", full_loading: "Opening the article…",
  full_failed: "The article could not be opened. Please try again.", full_missing: "The text of this article is not held here.", read_law: "Open in the law reader", source: "Official source",
  quoted: "quoted part", quoted_end: "end of the quoted part", new_tab: "opens a new tab",
  receipt: "Number of this answer", receipt_qr: "QR code that leads to answer {id}", receipt_link: "See this answer again",
  shared: "The link of this answer was copied.", share_failed: "Please copy this link: {url}",
  share_title: "An answer from Hỏi Đáp",
  notice_until: "Until {day}",
  verdict_right: "Right", verdict_wrong: "Wrong", verdict_unclear: "Hard to understand",
  send_question: "Send this question to the agency", question_sent: "The question to be sent (please leave out names, telephone and identity numbers)", remark: "Anything to add? (optional)",
  submission_taken: "The agency has it. Keep this code to follow it:", submission_lost: "It could not be sent. It is still here; please try again.",
  timing: "First sound after {seconds} s.",
  consent_gone: "Consent withdrawn. The page will ask again before it records.",
};

/** What stands in index.html in Vietnamese, by its data-t or data-t-… attribute. */
const PAGE = {
  feedback: "What do you think of this answer?", petitions: "Petitions", send_remark: "Send", remark: "Anything to add? (optional)",
  submission_consent: "I agree that this is sent to the agency, kept and handled. I can take it back with the code that I am given.",
  skip: "Skip to the question",
  tagline: "Ask about Vietnamese law and public procedures. Answers quote the law and say where it stands.",
  read_law: "Read the law", ask_here: "Ask a question", nav: "Pages",
  notices: "Urgent notices", asking: "Ask a question",
  free: "Hands-free conversation", free_hint: "The microphone stays open; just go on speaking after the answer.",
  typed: "Or type your question", placeholder: "For example: Đăng ký khai sinh cần giấy tờ gì?", ask: "Ask",
  upload: "Or send a recording", pick: "Choose a file…",
  edit: "Correct", browser_voice: "Read with the browser's own voice",
  heard: "I heard:", correct: "Correct what was heard", ask_again: "Ask again", cancel: "Cancel",
  answer: "Answer", options: "Choose one", options_hint: "Press a choice, or say or type your reply; you may also ask something else.",
  citations: "Where this stands in the law", controls: "What to do with the answer",
  more: "Continue", again: "Repeat", stop: "Stop", share: "Share", print: "Print", fresh: "Ask something else", slower: "Read slowly",
  footer: "Answers are for information only. Please check with the office that handles your case.",
  withdraw: "Withdraw consent to recording", privacy: "About recording",
  consent_title: "Before you speak for the first time",
  consent_sent: "When you press the speak button, the sound of your voice is sent to this office's own server, which turns it into words and looks for the answer.",
  consent_kept: "The sound is not kept. Nobody listens to it, and it is sent nowhere else.",
  consent_open: "The microphone is open only while the button says “Listening”.",
  consent_type: "If you do not agree, you can type your question or read the law; nothing is lost.",
  consent_withdraw: "You can withdraw your consent at any time at the bottom of the page.",
  agree: "I agree, let me speak", disagree: "No, I will type",
};

let language = memory.get("language") === "en" ? "en" : "vi";
const original = new Map();

export const currentLanguage = () => language;

/** The words for a key, with {names} filled in. */
export function t(key, values = {}) {
  const words = (language === "en" ? ENGLISH : VIETNAMESE)[key] ?? VIETNAMESE[key] ?? key;
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const has = (key) => key in VIETNAMESE;

/** Puts the page into a language and keeps the choice. */
export function setLanguage(chosen) {
  language = chosen;
  memory.set("language", chosen === "en" ? "en" : null);
  translatePage();
}

export function translatePage() {
  document.documentElement.lang = language;
  for (const [attribute, mark] of [[null, "data-t"], ["aria-label", "data-t-label"], ["placeholder", "data-t-placeholder"]]) {
    for (const element of document.querySelectorAll(`[${mark}]`)) {
      const kept = original.get(element) ?? {};
      original.set(element, kept);
      kept[mark] ??= attribute ? element.getAttribute(attribute) : element.textContent;
      const words = language === "en" ? PAGE[element.getAttribute(mark)] : kept[mark];
      if (attribute) element.setAttribute(attribute, words);
      else element.textContent = words;
    }
  }
}
