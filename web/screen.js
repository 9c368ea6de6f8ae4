// What the page says of itself: its state, what is wrong, what was heard. Told to screen readers in this order.

import { $, button, show } from "./dom.js";
import { currentLanguage, has, t } from "./strings.js";

let shown = null;

/** What is happening, by a key of the strings; nothing for null. */
export function state(key, values) {
  $("state").textContent = key ? t(key, values) : "";
}

/**
 * What is wrong and what can be done: `key` of the strings, `actions` as [key, press] pairs. `told` is the service's own
 * sentence, which is Vietnamese, for what the page has no words of its own.
 */
export function problem(key, { values, actions = [], told } = {}) {
  shown = key ? [key, { values, actions, told }] : null;
  const own = has(`problem_${key}`);
  const words = $("problem-words");
  words.textContent = !key ? "" : own ? t(`problem_${key}`, values) : currentLanguage() === "vi" && told ? told : t("problem_server");
  $("problem-actions").replaceChildren(...actions.map(([action, press]) => button(t(action), press)));
  show("problem", Boolean(key));
}

/** Says the same in another language. */
export function retell() {
  if (shown) problem(...shown);
}

/** Tells a screen reader, and nobody else. */
export function announce(words) {
  $("announce").textContent = words;
}

/** What was heard; not sure yet while the citizen speaks on. */
export function heard(text, isSure) {
  show("heard", Boolean(text));
  $("heard").dataset.sure = String(isSure);
  $("transcript").textContent = text;
  closeCorrection();
}

export function openCorrection() {
  $("correction").value = $("transcript").textContent;
  show("correct", true);
  show("heard-line", false);
  $("correction").focus();
}

export function closeCorrection() {
  show("correct", false);
  show("heard-line", true);
}

/** Brings a part of the page into view, calmly. */
export function lookAt(element) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}
