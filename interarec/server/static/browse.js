// A page of the server's own browser that the visitor steers: its picture here, clicks and keys there.
import { api } from "/static/session.js";
import { ask, place } from "/static/question.js";

const $ = (id) => document.getElementById(id);
const KEYS = new Set(["Enter", "Backspace", "Delete", "Tab", "Escape", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"]);
const CAPTURING = "I capture this page while you browse it. Pause or close it at any time.";
let open = false, digest = "", frames = "0", news = "-1", scrolled = 0, typed = "", timer = null;

const told = (text) => { $("browse-told").textContent = text; };
const post = (path, body) => api(path, { method: "POST", body: JSON.stringify(body) });
// One after the other: what is typed first arrives first.
let last = Promise.resolve();
const act = (action) => (last = last.then(() => post("/browse/actions", action).catch((error) => told(error.message))));

// `onFrame` is called when the assistant has read another frame.
export function browsing(onFrame) {
  $("browse-toggle").addEventListener("click", () => (open ? close() : start("")));
  $("browse-close").addEventListener("click", close);
  $("browse-back").addEventListener("click", () => act({ do: "back" }));
  $("browse-pause").addEventListener("click", () => act({ do: $("browse-pause").getAttribute("aria-pressed") === "true" ? "resume" : "pause" }));
  $("address").addEventListener("submit", (event) => { event.preventDefault(); start($("where").value.trim()); });
  const view = $("view");
  place(view);
  view.addEventListener("click", (event) => {
    view.focus();
    const box = view.getBoundingClientRect(), scale = view.naturalWidth / box.width;
    if (view.naturalWidth) act({ do: "click", x: Math.max(0, (event.clientX - box.left) * scale), y: Math.max(0, (event.clientY - box.top) * scale) });
  });
  view.addEventListener("wheel", (event) => { event.preventDefault(); scrolled += event.deltaY; later(); }, { passive: false });
  view.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.key === "Tab" && event.shiftKey)) return;
    if (event.key.length === 1) { typed += event.key; event.preventDefault(); later(); }
    else if (KEYS.has(event.key)) { event.preventDefault(); flush().then(() => act({ do: "key", key: event.key })); }
  });

  async function start(url) {
    told("Opening…");
    show(true);
    try {
      const where = url ? { url: url.includes("://") ? url : `https://${url}` } : {};
      if (open) await post("/browse/actions", { do: "open", ...where });
      else {
        await post("/browse", where);
        digest = ""; frames = "0"; news = "-1"; open = true;
        follow();
      }
      told(CAPTURING);
      view.focus();
    } catch (error) {
      told(error.message);
    }
  }

  async function follow() {
    while (open) {
      try {
        const answer = await api(`/browse/view?since=${digest}&news=${news}`);
        if (!open) return;
        $("browse-pause").setAttribute("aria-pressed", answer.headers.get("x-paused"));
        $("browse-pause").textContent = answer.headers.get("x-paused") === "true" ? "Go on" : "Pause";
        if (answer.status === 200) {
          digest = answer.headers.get("x-digest");
          const before = view.src;
          view.src = URL.createObjectURL(await answer.blob());
          if (before.startsWith("blob:")) URL.revokeObjectURL(before);
        }
        if (answer.headers.get("x-news") !== news) await look();
        const read = answer.headers.get("x-frames");
        if (read !== frames) { frames = read; onFrame(); }
      } catch (error) {
        told(error.message);
        ask(null);
        open = false;
      }
    }
  }

  async function look() {
    const state = await (await api("/browse")).json();
    news = String(state.news);
    told(state.told || CAPTURING);
    if (document.activeElement !== $("where")) $("where").value = state.url;
    ask(state, act, () => view.focus());
  }
}

// What is scrolled and typed within a moment goes in one message.
function later() { timer ??= setTimeout(flush, 120); }
async function flush() {
  clearTimeout(timer);
  timer = null;
  const by = Math.max(-4000, Math.min(4000, scrolled)), text = typed.slice(0, 500);
  scrolled = 0; typed = "";
  if (by) await act({ do: "scroll", by });
  if (text) await act({ do: "type", text });
}

function show(on) {
  $("browse").hidden = !on;
  document.body.classList.toggle("browsing", on);
  $("browse-toggle").setAttribute("aria-expanded", String(on));
  $("browse-toggle").classList.toggle("on", on);
}

async function close() {
  open = false;
  ask(null);
  show(false);
  await api("/browse", { method: "DELETE" }).catch(() => {});
}
