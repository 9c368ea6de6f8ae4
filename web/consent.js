// Consent before the first recording: asked in plain words, kept only once given, and withdrawn at any time.

import { $, memory, show } from "./dom.js";

const KEY = "consent";
/** What was agreed to; another text asks anew. */
const VERSION = "1";

export const hasConsent = () => memory.get(KEY) === VERSION;

/** Asks, unless it was agreed to before; resolves to whether the citizen agrees. */
export function askConsent() {
  return hasConsent() ? Promise.resolve(true) : showQuestion();
}

/** Shows what is agreed to. Whoever closes it without a word leaves all as it was; resolves to whether there is consent. */
export function showQuestion() {
  const dialog = $("consent");
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "agree") memory.set(KEY, VERSION);
      if (dialog.returnValue === "no") memory.set(KEY, null);
      showConsent();
      resolve(hasConsent());
    }, { once: true });
    dialog.returnValue = "";
    dialog.showModal();
  });
}

export function withdrawConsent() {
  memory.set(KEY, null);
  showConsent();
}

/** The button to withdraw is there once there is something to withdraw. */
export function showConsent() {
  show("withdraw", hasConsent());
}
