// One session for a browser: its id is kept here and nowhere else.
const parameters = new URLSearchParams(location.search);
const KEY = parameters.get("key");
const NAME = `interarec-session-${parameters.get("host") || "here"}`;
// A session is named from outside only by our own console, around this page: a link that anybody can send must not put
// a visitor into a session whose id somebody else knows.
const framedByConsole = () => { try { return self !== top && parent.location.origin === location.origin && parent.location.pathname === "/console"; } catch { return false; } };
const given = framedByConsole() ? new URLSearchParams(location.hash.slice(1)).get("session") : null;
let id = given || localStorage.getItem(NAME);

const headers = (more = {}) => ({ ...(KEY ? { authorization: `Bearer ${KEY}` } : {}), ...more });

export async function session() {
  if (id) {
    const found = await fetch(`/v1/sessions/${id}/messages`, { headers: headers() });
    if (found.ok) return id;
  }
  const made = await fetch("/v1/sessions", { method: "POST", headers: headers() });
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
