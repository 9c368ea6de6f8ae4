// Urgent notices of the agency: on top, and told first.

import { day, make } from "./dom.js";
import { t } from "./strings.js";

/** Fetches what there is and shows it in `place`; nothing there, nothing shown. */
export async function showNotices(place) {
  let notices = [];
  try {
    const response = await fetch("api/notices");
    if (response.ok) notices = (await response.json()).notices ?? [];
  } catch {
    return;
  }
  place.replaceChildren(...notices.map((notice) =>
    make("div", { className: "notice", lang: "vi" },
      make("h2", {}, notice.title),
      make("p", {}, notice.text),
      notice.until ? make("p", { className: "small", lang: document.documentElement.lang }, t("notice_until", { day: day(notice.until) })) : null)));
}
