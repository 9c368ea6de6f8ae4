// Small helpers to find and make elements.

export const $ = (id) => document.getElementById(id);

/** An element with properties (`data-…` and `aria-…` become attributes) and children (elements or words). */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name in element && !name.includes("-")) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function button(words, press, properties = {}) {
  const element = make("button", { type: "button", ...properties }, words);
  element.addEventListener("click", press);
  return element;
}

export function show(id, isShown) {
  $(id).hidden = !isShown;
}

/** `2026-01-31` as it is read here. */
export const day = (date) => date?.slice(0, 10).split("-").reverse().join("/");

/** What the browser keeps for the citizen; where it keeps nothing, all works as on the first visit. */
export const memory = {
  get(key) {
    try {
      return localStorage.getItem(`hoidap.${key}`);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      if (value === null) localStorage.removeItem(`hoidap.${key}`);
      else localStorage.setItem(`hoidap.${key}`, value);
    } catch {
      // A browser that keeps nothing.
    }
  },
};
