// A support agent's console: the customer's session on the left, the co-pilot on the right, on the same session.
import { headers, session, withKey } from "./session.js";

const $ = (id) => document.getElementById(id);
const parameters = new URLSearchParams(location.search);

const text = (tag, words, name = "") => { const n = document.createElement(tag); n.textContent = words; n.className = name; return n; };

async function open(id) {
  const base = `/v1/sessions/${encodeURIComponent(id)}`;
  const answer = await withKey(() => fetch(`${base}/summary`, { headers: headers() }));
  if (!answer.ok) { $("summary").replaceChildren(text("dd", "There is no such session.", "note")); return; }
  const found = await answer.json();
  $("which").value = id;
  $("summary").replaceChildren(...Object.entries(found.categories).filter(([, t]) => t !== "not available").flatMap(([n, t]) => [text("dt", n), text("dd", t)]));
  if (!$("summary").children.length) $("summary").append(text("dd", "Nothing was seen yet.", "small"));
  const pictures = await Promise.all(found.frames.slice(-6).map(async (f) => {
    const image = document.createElement("img");
    image.alt = `${f.kind} page with ${f.products} products`;
    image.src = URL.createObjectURL(await (await fetch(`${base}/frames/${f.digest}`, { headers: headers() })).blob());
    const figure = document.createElement("figure");
    figure.append(image, text("figcaption", `${f.kind}, ${f.products} products`));
    return figure;
  }));
  $("frames").replaceChildren(...pictures);
  const asked = await fetch(`${base}/recommendations`, { method: "POST", headers: { ...headers(), "content-type": "application/json" }, body: JSON.stringify({ k: 3 }) });
  const { products } = await asked.json();
  $("suggested").replaceChildren(...products.map((p) => {
    const card = text("article", "", "card");
    const use = text("button", "Use in reply");
    use.type = "button";
    use.addEventListener("click", () => { $("answer").value += `${$("answer").value ? "\n" : ""}${p.title}${p.price ? `, ${p.currency || ""} ${p.price}` : ""}: ${p.reasons.join("; ")}`; });
    card.append(text("b", p.title), text("div", p.brand || "", "brand"), text("div", p.price ? `${p.currency || ""} ${p.price}` : "", "price"), text("div", p.reasons.join("; "), "why"), use);
    return card;
  }));
  // The id goes where no server logs it; the number makes the frame load anew.
  const query = new URLSearchParams({ embed: "1", opened: String(Date.now()) });
  $("copilot").src = `/chat?${query}#${new URLSearchParams({ session: id })}`;
}

$("join").addEventListener("submit", (event) => { event.preventDefault(); open($("which").value.trim()); });
const given = parameters.get("session") || localStorage.getItem("interarec-session-here");
if (given) open(given);
else open(await session());
