// The large button: a tap asks one question, holding it is push-to-talk. By finger, mouse, pen, keyboard and screen reader.

/** Held longer than this, it is push-to-talk, in milliseconds. */
export const HOLD = 350;

/**
 * `press()` is called as soon as it goes down and tells whether that began to listen; `tap()` when it was a tap that
 * began nothing; `held()` while it is still down after 350 ms, `release()` when such a hold ends.
 */
export function talkButton(element, { press, tap, held, release }) {
  let down = null;
  const begin = () => {
    if (down) return;
    const began = press();
    down = { began, isHold: false };
    down.timer = setTimeout(() => {
      if (!down.began) return;
      down.isHold = true;
      held();
    }, HOLD);
  };
  const end = () => {
    if (!down) return;
    clearTimeout(down.timer);
    const { began, isHold } = down;
    down = null;
    if (isHold) release();
    else if (!began) tap();
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    begin();
  });
  element.addEventListener("pointerup", end);
  element.addEventListener("pointercancel", end);
  element.addEventListener("contextmenu", (event) => event.preventDefault());
  element.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) begin();
  });
  element.addEventListener("keyup", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    end();
  });
  element.addEventListener("blur", end);
  // A screen reader presses without pointer or key.
  element.addEventListener("click", (event) => {
    if (event.detail !== 0 || down) return;
    begin();
    end();
  });
}
