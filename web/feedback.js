// What the citizen thinks of an answer, and the question that found none: sent to the agency with their consent, followed by
// a code.

import { $, button, make, show } from "./dom.js";
import { t } from "./strings.js";

const VERDICTS = ["right", "wrong", "unclear"];
/** Answers that were none: the question itself can be sent. */
const UNANSWERED = ["not_found", "out_of_scope", "answered_with_caution"];

let about = null;
let verdict = null;

/** Offers it for this answer; null takes it away. */
export function offerFeedback(report, question) {
  about = report && { receipt: report.receipt?.id ?? null, status: report.status, question };
  verdict = null;
  renderFeedback();
}

export function renderFeedback() {
  show("feedback", Boolean(about));
  if (!about) return;
  const verdicts = VERDICTS.map((word) => button(t(`verdict_${word}`), () => choose(word), { "aria-pressed": String(verdict === word) }));
  const isUnanswered = UNANSWERED.includes(about.status) && about.question;
  if (isUnanswered) verdicts.push(button(t("send_question"), () => choose("unanswered"), { "aria-pressed": String(verdict === "unanswered") }));
  $("verdicts").replaceChildren(...verdicts);
  show("remark-form", Boolean(verdict));
  $("feedback-told").replaceChildren();
  if (verdict) $("remark-label").textContent = t(verdict === "unanswered" ? "question_sent" : "remark");
}

function choose(word) {
  verdict = word;
  renderFeedback();
  $("remark").value = word === "unanswered" ? about.question : "";
  $("remark").required = word === "unanswered";
  $("remark").focus();
}

async function send(event) {
  event.preventDefault();
  const isQuestion = verdict === "unanswered";
  const body = {
    kind: isQuestion ? "unanswered" : "feedback",
    verdict: isQuestion ? null : verdict,
    receipt: about.receipt,
    text: $("remark").value.trim(),
    consent: $("remark-consent").checked,
  };
  try {
    const response = await fetch("api/submissions", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const told = await response.json();
    if (!response.ok) return fail(told.message);
    verdict = null;
    renderFeedback();
    $("remark").value = "";
    $("remark-consent").checked = false;
    $("feedback-told").replaceChildren(
      make("p", {}, t("submission_taken"), " ", make("a", { href: `y-kien/${told.code}`, lang: "vi" }, told.code)));
  } catch {
    fail(t("submission_lost"));
  }
}

function fail(message) {
  $("feedback-told").replaceChildren(make("p", { className: "failed" }, message));
}

$("remark-form").addEventListener("submit", send);
$("remark-cancel").addEventListener("click", () => {
  verdict = null;
  renderFeedback();
  $("verdicts").firstElementChild?.focus();
});
