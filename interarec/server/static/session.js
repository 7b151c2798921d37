// One session for a browser: its id is kept here and nowhere else.
const parameters = new URLSearchParams(location.search);
// A key is typed in, kept for this tab, and never part of an address: addresses are logged.
const KEPT = "interarec-key";
const told = new URLSearchParams(location.hash.slice(1));  // by the page that embeds us; a server never sees it
if (told.has("key")) { sessionStorage.setItem(KEPT, told.get("key")); history.replaceState(null, "", location.pathname + location.search); }
let key = sessionStorage.getItem(KEPT);
const NAME = `interarec-session-${parameters.get("host") || "here"}`;
// A session is named from outside only by our own console, around this page: a link that anybody can send must not put
// a visitor into a session whose id somebody else knows.
const framedByConsole = () => { try { return self !== top && parent.location.origin === location.origin && parent.location.pathname === "/console"; } catch { return false; } };
const given = framedByConsole() ? told.get("session") : null;
let id = given || localStorage.getItem(NAME);

export const headers = (more = {}) => ({ ...(key ? { authorization: `Bearer ${key}` } : {}), ...more });

// Asks for a key until the server takes one; what it says of a wrong one is shown.
export async function withKey(request) {
  for (let told = ""; ; ) {
    const answer = await request();
    if (answer.status !== 401) return answer;
    if (key) told = "That key is not valid; type it again.";
    key = await askForKey(told);
    sessionStorage.setItem(KEPT, key);
  }
}

function askForKey(told) {
  return new Promise((done) => {
    const form = document.createElement("form");
    form.id = "key-form";
    const label = document.createElement("label");
    label.textContent = "This assistant needs a key. Type the one that you were given: ";
    const box = document.createElement("input");
    Object.assign(box, { type: "password", id: "key", autocomplete: "off", required: true });
    const send = document.createElement("button");
    send.textContent = "Go on";
    const note = document.createElement("p");
    note.setAttribute("role", "alert");
    note.textContent = told;
    label.append(box);
    form.append(label, send, note);
    form.addEventListener("submit", (event) => { event.preventDefault(); form.remove(); done(box.value.trim()); });
    document.body.prepend(form);
    box.focus();
  });
}

export async function session() {
  if (id) {
    const found = await withKey(() => fetch(`/v1/sessions/${id}/messages`, { headers: headers() }));
    if (found.ok) return id;
  }
  const made = await withKey(() => fetch("/v1/sessions", { method: "POST", headers: headers() }));
  if (!made.ok) throw new Error((await made.json()).detail);
  id = (await made.json()).session_id;
  return id;
}

export const keep = () => { if (!given) localStorage.setItem(NAME, id); };

export async function api(path, options = {}) {
  const typed = options.body && typeof options.body === "string" ? { "content-type": "application/json" } : {};
  const answer = await fetch(`/v1/sessions/${id}${path}`, { ...options, headers: headers({ ...typed, ...(options.headers || {}) }) });
  if (!answer.ok) {
    let detail = "The assistant does not answer; try again.";
    try { const body = await answer.json(); if (typeof body.detail === "string") detail = body.detail; } catch {}
    throw new Error(detail);
  }
  return answer;
}

export async function forget() {
  await api("", { method: "DELETE" }).catch(() => {});
  localStorage.removeItem(NAME);
}
