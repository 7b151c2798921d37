// What a browsed page wants to know: its dialogs, and its native lists, which no picture of the page shows.
const el = (tag, attributes = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), attributes);
  node.append(...children);
  return node;
};
const box = el("div", { id: "asked", hidden: true });
let shown = "";

// Shows what `state` (of GET /browse) asks; `act` does what the shopper answers, and `done` is called after it.
export function ask(state, act, done) {
  const wanted = JSON.stringify([state?.question ?? null, state?.list ?? null]);
  if (wanted === shown) return;
  shown = wanted;
  const part = state?.question ? question(state.question, act) : state?.list ? list(state.list, act) : null;
  const had = box.contains(document.activeElement);
  box.replaceChildren(...(part ? [part.body] : []));
  box.hidden = !part;
  if (part) part.first.focus();
  else if (had) done?.();
}

export const place = (before) => before.before(box);

function question({ kind, site, text, suggested }, act) {
  const field = kind === "prompt" ? el("input", { value: suggested, maxLength: 500, ariaLabel: text }) : null;
  const answer = (accept) => act({ do: "answer", accept, text: field?.value ?? "" });
  const yes = el("button", { type: "submit", textContent: kind === "beforeunload" ? "Leave" : "OK" });
  const no = el("button", { type: "button", className: "plain", textContent: kind === "beforeunload" ? "Stay" : "Cancel" });
  no.addEventListener("click", () => answer(false));
  const head = el("b", { textContent: `${site || "The page"} ${kind === "alert" ? "says" : "asks"}` });
  const words = el("p", { id: "asked-text", textContent: text });
  const body = el("form", {}, head, words, ...(field ? [field] : []), yes, ...(kind === "alert" ? [] : [no]));
  body.setAttribute("role", "alertdialog");
  body.setAttribute("aria-describedby", "asked-text");
  body.setAttribute("aria-label", head.textContent);
  body.addEventListener("submit", (event) => { event.preventDefault(); answer(true); });
  body.addEventListener("keydown", (event) => { if (event.key === "Escape") answer(false); });
  return { body, first: field ?? yes };
}

function list({ label, options, chosen }, act) {
  const rows = el("select", { id: "asked-list", size: Math.min(8, Math.max(2, options.length)), ariaLabel: label || "List of the page" });
  const groups = new Map();
  options.forEach((option, index) => {
    const row = el("option", { value: index, textContent: option.label, disabled: option.disabled, selected: index === chosen });
    if (option.group && !groups.has(option.group)) rows.append(groups.set(option.group, el("optgroup", { label: option.group })).get(option.group));
    (groups.get(option.group) ?? rows).append(row);
  });
  const choose = () => { if (rows.value !== "") act({ do: "choose", option: Number(rows.value) }); };
  const close = el("button", { type: "button", className: "plain", textContent: "Close the list" });
  close.addEventListener("click", () => act({ do: "choose" }));
  rows.addEventListener("click", (event) => { if (event.target.localName === "option") choose(); });
  const body = el("form", {}, ...(label ? [el("b", { textContent: label })] : []), rows, el("button", { type: "submit", textContent: "Choose" }), close);
  body.addEventListener("submit", (event) => { event.preventDefault(); choose(); });
  body.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === rows) { event.preventDefault(); choose(); }
    if (event.key === "Escape") act({ do: "choose" });
  });
  return { body, first: rows };
}
