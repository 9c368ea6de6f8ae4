// Urgent notices of the agency: on top, and told first; the service pushes them when they change.

import { day, make } from "./dom.js";
import { t } from "./strings.js";

let current = [];

/** Shows what holds in `place`, now and whenever it changes; nothing there, nothing shown. */
export function showNotices(place) {
  // Where it breaks off the browser connects again by itself; then all that hold come anew.
  const stream = new EventSource("api/notices/stream");
  stream.addEventListener("notices", (event) => {
    const { notices = [] } = JSON.parse(event.data);
    if (JSON.stringify(notices) === JSON.stringify(current)) return;
    current = notices;
    renderNotices(place);
  });
  window.addEventListener("pagehide", () => stream.close());
}

/** Shows them again, in another language of the page. */
export function renderNotices(place) {
  place.replaceChildren(...current.map((notice) =>
    make("div", { className: "notice", lang: "vi" },
      make("h2", {}, notice.title),
      notice.area ? make("p", { className: "small" }, notice.area) : null,
      make("p", {}, notice.text),
      make("p", { className: "small", lang: document.documentElement.lang }, t("notice_until", { day: moment(notice.until) })))));
}

/** A moment as it is read here: the hour too, for a notice may hold for some hours only. */
function moment(at) {
  const when = new Date(at);
  const clock = when.toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" });
  const local = new Date(when.getTime() - when.getTimezoneOffset() * 60_000).toISOString();
  return `${clock} ${day(local)}`;
}
