// The web chat; also what the widget shows inside another site.
import { api, session, forget, keep } from "/static/session.js";
import { share, stop, sharing } from "/static/share.js";
import { browsing } from "/static/browse.js";

const $ = (id) => document.getElementById(id);
const embedded = new URLSearchParams(location.search).has("embed");
const host = new URLSearchParams(location.search).get("host") || "";
document.body.classList.toggle("embedded", embedded);

const el = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((c) => c !== null));
  return node;
};

function money(amount, currency) {
  if (amount === null || amount === undefined) return "";
  const options = currency ? { style: "currency", currency } : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  try { return new Intl.NumberFormat(undefined, options).format(amount); }
  catch { return String(amount); }
}

function tell(action, card) {
  // Only the page that embeds the assistant, and only at the address that it gave, hears of it.
  if (embedded && host) parent.postMessage({ interarec: action, item_id: card.item_id, title: card.title }, host);
}

// A button asks by a product's handle; the shopper reads its title.
const titles = {};
const inWords = (text) => text.replace(/\bP\d+\b/g, (handle) => titles[handle] ? `“${titles[handle]}”` : handle);

function cardOf(card, number) {
  titles[card.handle] = card.title;
  const picture = el("img", { src: `/picture/${encodeURIComponent(card.item_id)}.svg`, alt: "", loading: "lazy" });
  const price = el("div", { class: "price" }, money(card.price, card.currency));
  if (card.list_price && Number(card.list_price) > Number(card.price)) price.append(el("s", {}, money(card.list_price, card.currency)));
  const ask = (label, words) => el("button", { type: "button", onclick: () => say(words), "aria-label": `${label}: ${card.title}` }, label);
  return el("article", { class: "card", "data-item": card.item_id }, picture,
    el("b", {}, number ? `${number}. ${card.title}` : card.title), card.brand ? el("div", { class: "brand" }, card.brand) : null, price,
    card.rating !== null && card.rating !== undefined ? el("div", { class: "brand" }, `★ ${card.rating}${card.review_count ? ` (${card.review_count})` : ""}`) : null,
    card.promotion ? el("div", { class: "sale" }, card.promotion) : null,
    card.reasons?.length ? el("div", { class: "why" }, card.reasons.join("; ")) : null,
    el("div", { class: "acts" },
      embedded && host ? el("button", { type: "button", onclick: () => tell("open", card) }, "Open") : null,
      embedded && host ? el("button", { type: "button", onclick: () => tell("cart", card) }, "Add to basket") : null,
      ask("More like this", `more like ${card.handle}`), ask("Goes with it", `what goes with ${card.handle}?`), ask("Why", `why ${card.handle}?`), ask("Not this", `not the ${card.handle}`)));
}

function steps(calls) {
  if (!calls?.length) return null;
  return el("details", {}, el("summary", {}, `How I got there: ${calls.map((c) => c.name).join(", ")}`),
    ...calls.map((c) => el("div", {}, el("code", {}, `${c.name}(${JSON.stringify(c.arguments)}) ${c.milliseconds ?? ""} ms`))));
}

const CHIPS = [["Cheaper", "cheaper"], ["Something else", "something else"], ["Compare", "compare the first two"], ["Which one?", "which would you pick?"], ["Undo", "undo that"]];
function show(message, last = true) {
  // The cards tell what a numbered list tells; a screen reader reads them too.
  const listed = message.products?.length > 1;
  const bubble = el("div", { class: "bubble" }, listed ? message.text.split("\n").filter((l) => !/^\d+\. /.test(l)).join("\n") : message.role !== "assistant" ? inWords(message.text) : message.text);
  const item = el("li", { class: message.role }, bubble);
  if (message.products?.length) item.append(el("div", { class: "cards" }, ...message.products.map((p, i) => cardOf(p, i + 1))));
  if (message.role === "assistant") {
    const made = steps(message.calls);
    if (made) item.append(made);
    document.querySelectorAll(".chips").forEach((c) => c.remove());
    if (message.products?.length && last) item.append(el("div", { class: "chips" }, ...CHIPS.map(([l, w]) => el("button", { type: "button", onclick: () => say(w) }, l))));
  }
  $("messages").append(item);
  item.scrollIntoView({ block: "end" });
  return { item, bubble };
}

let busy = false;
async function say(words) {
  words = words.trim();
  if (!words || busy) return;
  show({ role: "shopper", text: words });
  await listen({ method: "POST", body: JSON.stringify({ message: words }) });
}

// Shows an answer as it comes; whether it came to its end.
async function listen(request) {
  busy = true;
  let ended = false;
  const { item, bubble } = show({ role: "assistant", text: "…" });
  let text = "";
  try {
    for await (const event of stream(request)) {
      if (event.type === "tool" && !text) bubble.textContent = `${event.name.replaceAll("_", " ")}…`;
      if (event.type === "token") { text += event.text; bubble.textContent = text; }
      if (event.type === "error") throw new Error(event.detail);
      if (event.type === "done") { ended = true; item.remove(); if (event.reply) show({ role: "assistant", text: event.reply, products: event.products, calls: event.calls }); }
    }
    if (!ended) throw new Error();
  } catch (error) {
    bubble.textContent = error.message || "I could not answer; your conversation is kept. Try again.";
    bubble.classList.add("note");
  }
  busy = false;
  $("say").focus();
  refresh();
  return ended;
}

// A page that was loaded again in the middle of an answer listens to that answer.
async function pickUp(asked) {
  while (asked.length && (await listen({}))) asked = await history();
}

async function history() {
  const { messages, asked } = await (await api("/messages")).json();
  $("messages").replaceChildren();
  messages.forEach((m, i) => show(m, i === messages.length - 1 && !asked.length));
  asked.forEach((text) => show({ role: "shopper", text }));
  return asked;
}

async function* stream(request) {
  const answer = await api(`/chat/stream`, request);
  if (answer.status === 204) return yield { type: "done" };
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    waiting += value;
    const parts = waiting.split("\n\n");
    waiting = parts.pop();
    for (const part of parts) {
      const data = part.split("\n").find((l) => l.startsWith("data: "));
      if (data) yield JSON.parse(data.slice(6));
    }
  }
}

async function refresh() {
  const found = await (await api("/summary")).json();
  // What is being corrected stays open, whatever is read meanwhile.
  if (!$("summary").querySelector("textarea")) $("summary").replaceChildren(...Object.entries(found.categories).flatMap(([name, text]) => [el("dt", {}, name), row(name, text)]));
  const pictures = await Promise.all(found.frames.slice(-12).map(async (frame) => {
    const blob = await (await api(`/frames/${frame.digest}`)).blob();
    const image = el("img", { src: URL.createObjectURL(blob), alt: `Screenshot of ${frame.kind} page with ${frame.products} products` });
    image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
    return el("figure", {}, image, el("figcaption", {}, `${frame.kind}, ${frame.products} products`),
      el("button", { type: "button", "aria-label": "Delete this screenshot", onclick: async () => { await api(`/frames/${frame.digest}`, { method: "DELETE" }); refresh(); } }, "×"));
  }));
  $("frames").replaceChildren(...(pictures.length ? pictures : [el("p", { class: "small" }, "None yet.")]));
}

function row(name, text) {
  const value = el("span", {}, text);
  const edit = el("button", { type: "button", class: "plain", "aria-label": `Correct ${name}` }, "✎");
  const line = el("dd", {}, value, edit);
  edit.addEventListener("click", () => {
    const box = el("textarea", { rows: 2, "aria-label": name });
    box.value = text === "not available" ? "" : text;
    const save = el("button", { type: "button" }, "Save");
    save.addEventListener("click", async () => {
      await api("/summary", { method: "PATCH", body: JSON.stringify({ categories: { [name]: box.value.trim() } }) });
      line.replaceChildren(value, edit);
      refresh();
    });
    line.replaceChildren(box, save);
    box.focus();
  });
  return line;
}

let recommending = false, stale = false;
export async function seen(blob, url) {
  await api(`/frames?url=${encodeURIComponent(url || "shared screen")}`, { method: "POST", headers: { "content-type": blob.type }, body: blob });
  await follow();
}

// What was seen changed: the summary and what is recommended from it follow, without being asked.
async function follow() {
  await refresh();
  stale = true;
  if (recommending) return;
  recommending = true;
  try {
    while (stale) { stale = false; await recommend(); }
  } finally { recommending = false; }
}

async function recommend() {
  const { products } = await (await api("/recommendations", { method: "POST", body: JSON.stringify({ k: 3 }) })).json();
  $("live").hidden = !products.length;
  $("live-cards").replaceChildren(...products.map((p) => el("button", { type: "button", class: "card small-card", onclick: () => (embedded && host ? tell("open", p) : say(`tell me about ${p.title}`)) },
    el("img", { src: `/picture/${encodeURIComponent(p.item_id)}.svg`, alt: "" }), el("b", {}, p.title), el("span", { class: "price" }, money(p.price, p.currency)))));
}

$("ask").addEventListener("submit", (event) => { event.preventDefault(); say($("say").value); $("say").value = ""; });
$("file").addEventListener("change", async (event) => {
  for (const file of event.target.files) await seen(file, file.name).catch((e) => show({ role: "assistant", text: e.message }));
  event.target.value = "";
  togglePanel(true);
});
function togglePanel(open) {
  $("panel").hidden = !open;
  $("panel-toggle").setAttribute("aria-expanded", String(open));
  if (open) refresh();
}
$("panel-toggle").addEventListener("click", () => togglePanel($("panel").hidden));
function watching(on) {
  $("share").textContent = on ? "Stop sharing" : "Share screen";
  $("share").classList.toggle("on", on);
  $("watching").textContent = on ? "I see what you share. You can stop at any time." : "I see a page only when you share it.";
}
$("share").addEventListener("click", async () => {
  if (sharing()) { stop(); return watching(false); }
  if (embedded && host) { parent.postMessage({ interarec: "share" }, host); return; }
  try { await share(seen, () => watching(false)); watching(true); }
  catch { show({ role: "assistant", text: "Nothing was shared; I see a page only when you allow it." }); }
});
addEventListener("message", (event) => {
  if (!embedded || event.source !== parent || event.origin !== host) return;
  if (event.data?.interarec === "frame") seen(event.data.picture, event.data.url).catch(() => {});
  if (event.data?.interarec === "sharing") watching(event.data.on);
});
$("restart").addEventListener("click", async () => {
  if (!confirm("Delete this conversation and its screenshots?")) return;
  stop();
  await forget();
  location.reload();
});

browsing(() => follow().catch(() => {}));
$("browse-toggle").hidden = embedded;

await session();
const asked = await history();
if (!$("messages").children.length) show({ role: "assistant", text: "Hello! Tell me what you are after, show me a screenshot, or share your screen and I will follow along." });
keep();
document.querySelectorAll("#ask [disabled]").forEach((e) => { e.disabled = false; });
$("say").focus();
refresh();
pickUp(asked).catch(() => {});
