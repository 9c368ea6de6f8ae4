// The answer on the screen: its words, the options of a question asked back, its legal basis, its receipt.

import { citationCard, receiptBox, receiptLink } from "./cards.js";
import { $, button, show } from "./dom.js";
import { announce, lookAt } from "./screen.js";
import { t } from "./strings.js";

let current = null;
let choose = null;

/** The answer that is shown; null when none is. */
export const currentAnswer = () => current;

/** `ask(text)` is called when an option is pressed. */
export function showAnswer(report, ask) {
  current = report;
  choose = ask;
  render();
  announce(report.answer.text);
  lookAt($(report.transcript ? "heard" : "result"));
}

/** Shows it again, in another language of the page. */
export function render() {
  if (!current) return;
  const { answer, citations, options, receipt, status } = current;
  show("result", true);
  $("answer").textContent = answer.text;
  $("caution").textContent = t("caution");
  show("caution", status === "answered_with_caution");
  $("options").replaceChildren(...options.map((option) => button(option, () => choose(option))));
  show("reply", options.length > 0);
  show("more", Boolean(answer.more));
  $("citations").replaceChildren(...citations.map((citation) => citationCard(citation, receipt?.as_of, answer.text)));
  show("basis", citations.length > 0);
  $("receipt").replaceChildren(...(receipt ? [receiptBox(receipt)] : []));
  $("mute-words").textContent = t("mute_server");
}

export function clearAnswer() {
  current = null;
  show("result", false);
  show("mute", false);
  $("answer").textContent = "";
  $("timings").textContent = "";
  $("options").replaceChildren();
  $("citations").replaceChildren();
  $("receipt").replaceChildren();
}

/** Hands the answer on: its link and words by the device's own means, else the link is copied. Returns what to tell. */
export async function share() {
  if (!current) return null;
  const url = current.receipt ? receiptLink(current.receipt.id) : document.baseURI;
  try {
    if (navigator.share) {
      await navigator.share({ title: t("share_title"), text: current.answer.text, url });
      return null;
    }
    await navigator.clipboard.writeText(url);
    return ["shared"];
  } catch (failure) {
    return failure.name === "AbortError" ? null : ["share_failed", { url }];
  }
}
