// What an answer rests on: a card for each citation, the article in full with the quoted span marked, the receipt.

import { button, day, make } from "./dom.js";
import { t } from "./strings.js";

/** The card of a citation; `asOf` is the day of the answer, `told` its words: what they quote is folded away here. */
export function citationCard(citation, asOf, told) {
  const place = [];
  if (citation.point) place.push(`Điểm ${citation.point}`);
  if (citation.clause) place.push(`Khoản ${citation.clause}`);
  place.push(`Điều ${citation.article}`);
  const state = citation.in_force === true ? "in_force" : citation.in_force === false ? "ended" : citation.confirmed_on ? "confirmed" : "unknown_force";
  const card = make("article", { className: "citation", "data-force": state },
    make("h3", { lang: "vi" }, place.join(", ")),
    make("p", { className: "document", lang: "vi" }, citation.document_title, " ", make("span", { className: "number" }, citation.document_number)),
    make("p", { className: "force" }, make("strong", {}, t(state, { day: day(citation.confirmed_on) })), ...facts(citation, asOf)));
  if (citation.quote) {
    card.append(make("details", { open: !told.includes(citation.quote.trim()) },
      make("summary", {}, t("quote")), make("blockquote", { lang: "vi" }, citation.quote)));
  }
  card.append(actions(citation, asOf));
  return card;
}

function facts(citation, asOf) {
  const told = [];
  if (citation.effective_from) told.push(t("since", { day: day(citation.effective_from) }));
  if (citation.effective_to) told.push(t("until", { day: day(citation.effective_to) }));
  if (citation.replaced_by) told.push(t("replaced", { document: citation.replaced_by }));
  if (citation.amended_by?.length) told.push(t("amended", { documents: citation.amended_by.join("; ") }));
  if (asOf) told.push(t("as_of", { day: day(asOf) }));
  return told.map((fact) => make("span", {}, fact));
}

function actions(citation, asOf) {
  const full = make("div", { className: "full", hidden: true, tabIndex: 0, role: "region", "aria-label": t("full_region", { article: citation.article }) });
  const toggle = button(t("full"), () => open(citation, asOf, toggle, full), { "aria-expanded": "false" });
  const query = new URLSearchParams({ so: citation.document_number, dieu: citation.article });
  const row = make("p", { className: "links" }, toggle, make("a", { href: `luat/dieu?${query}` }, t("read_law")));
  if (citation.url && /^https?:\/\//.test(citation.url)) {
    row.append(make("a", { href: citation.url, rel: "noopener noreferrer", target: "_blank", "aria-label": `${t("source")} (${t("new_tab")})` }, t("source")));
  }
  return make("div", {}, row, full);
}

async function open(citation, asOf, toggle, full) {
  const isShown = !full.hidden;
  toggle.setAttribute("aria-expanded", String(!isShown));
  toggle.textContent = t(isShown ? "full" : "full_close");
  full.hidden = isShown;
  if (isShown || full.dataset.ready) return;
  full.replaceChildren(make("p", { role: "status" }, t("full_loading")));
  const query = new URLSearchParams({ document: citation.document_number, article: citation.article });
  if (asOf) query.set("as_of", asOf);
  try {
    const response = await fetch(`api/regulations/article?${query}`);
    if (response.status === 404) return full.replaceChildren(make("p", { role: "status" }, t("full_missing")));
    if (!response.ok) throw new Error(String(response.status));
    const article = await response.json();
    full.dataset.ready = "yes";
    full.replaceChildren(
      make("h4", { lang: "vi" }, `Điều ${article.article}. ${article.title ?? ""}`),
      make("div", { className: "text", lang: "vi" }, ...marked(article, citation)),
    );
    full.querySelector("mark")?.scrollIntoView({ block: "nearest" });
  } catch {
    full.replaceChildren(make("p", { role: "alert" }, t("full_failed")));
  }
}

/** The text, with what was quoted (else the clause or point that was cited) marked. */
export function marked(article, citation) {
  const [start, end] = span(article, citation);
  const { text } = article;
  if (start >= end) return [text];
  const hint = (key) => make("span", { className: "unseen" }, ` [${t(key)}] `);
  return [text.slice(0, start), make("mark", {}, hint("quoted"), text.slice(start, end), hint("quoted_end")), text.slice(end)];
}

/** Where it stands, in UTF-16 units. */
export function span({ text, clauses }, citation) {
  const quote = citation.quote?.trim();
  const at = quote ? text.indexOf(quote) : -1;
  if (at >= 0) return [at, at + quote.length];
  const clause = clauses?.find(({ number }) => number === citation.clause);
  if (!citation.clause || !clause) return [0, 0];
  const part = clause.points?.find(({ letter }) => letter === citation.point) ?? clause;
  // The service counts characters.
  const characters = [...text];
  const start = characters.slice(0, part.start).join("").length;
  return [start, start + characters.slice(part.start, part.end).join("").length];
}

/** Where an answer is shown again, for everybody who has its number. */
export const receiptLink = (id) => new URL(`cau-tra-loi/${id}`, document.baseURI).href;

/** The number of the answer, with a QR code where the service draws one. */
export function receiptBox({ id }) {
  const picture = make("img", { src: `api/answers/${id}/qr.svg`, alt: t("receipt_qr", { id: id.slice(0, 8) }), width: 132, height: 132, hidden: true });
  picture.addEventListener("load", () => (picture.hidden = false));
  picture.addEventListener("error", () => picture.remove());
  return make("div", { className: "receipt" }, picture,
    make("p", {}, `${t("receipt")}: `, make("code", {}, id.match(/.{1,8}/g).join("\u200b")), make("br"),
      make("a", { href: receiptLink(id) }, t("receipt_link"))));
}
