// The citizen chooses which fields of the law are shown first. The choice stays in this browser; without scripts, or
// where nothing may be kept, the list is as it came.

const KEY = "hoidap.topics";
const list = document.getElementById("topics");
const items = list ? [...list.children] : [];

function chosen() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

function keep(ids) {
  try {
    localStorage.setItem(KEY, JSON.stringify(ids));
  } catch {
    // Nothing may be kept here: the choice lasts as long as the page.
  }
}

let first = chosen();

/** Puts what was chosen in front, in the order of choosing, and says so on the buttons. */
function show() {
  const place = (item) => {
    const at = first.indexOf(item.dataset.topic);
    return at < 0 ? first.length : at;
  };
  list.append(...[...items].sort((a, b) => place(a) - place(b)));
  for (const item of items) {
    item.querySelector("button").setAttribute("aria-pressed", String(first.includes(item.dataset.topic)));
  }
}

for (const item of items) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "star";
  button.setAttribute("aria-label", `Đưa lên đầu: ${item.textContent.trim()}`);
  button.addEventListener("click", () => {
    const id = item.dataset.topic;
    first = first.includes(id) ? first.filter((other) => other !== id) : [...first, id];
    keep(first);
    show();
    button.focus();
  });
  item.append(button);
}
if (list) show();
