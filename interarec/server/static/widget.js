// The assistant in another site:
//   <script src="https://ASSISTANT/widget.js" data-product-url="/product/{item_id}" async></script>
// Events on window: "interarec:open" and "interarec:cart" with detail {item_id, title}; preventDefault() keeps
// the page where it is. data-key is a key for this site's visitors where the assistant asks for one.
(() => {
  const script = document.currentScript;
  const base = new URL(script.src).origin;
  const product = script.dataset.productUrl || "";
  const query = new URLSearchParams({ embed: "1", host: location.origin });
  const secret = script.dataset.key ? `#${new URLSearchParams({ key: script.dataset.key })}` : "";  // not in what servers log

  const root = document.createElement("div");
  const shadow = root.attachShadow({ mode: "open" });
  shadow.innerHTML = `
    <style>
      button{position:fixed;right:20px;bottom:20px;z-index:2147483000;border:0;border-radius:28px;padding:14px 20px;font:600 15px system-ui,sans-serif;background:#1f5f4a;color:#fff;cursor:pointer;box-shadow:0 6px 24px #0004}
      button:focus-visible{outline:3px solid #5fc39b;outline-offset:2px}
      iframe{position:fixed;right:20px;bottom:80px;z-index:2147483000;width:min(420px,calc(100vw - 24px));height:min(640px,calc(100vh - 110px));border:1px solid #0002;border-radius:16px;background:#fff;box-shadow:0 12px 48px #0005}
      iframe[hidden]{display:none}
      @media (max-width:520px){iframe{right:12px}}
    </style>
    <iframe title="Shopping assistant" hidden></iframe>
    <button type="button" aria-expanded="false">Ask the assistant</button>`;
  const frame = shadow.querySelector("iframe"), button = shadow.querySelector("button");

  const post = (message) => frame.contentWindow?.postMessage(message, base);
  function open(on) {
    if (on && !frame.src) frame.src = `${base}/chat?${query}` + secret;
    frame.hidden = !on;
    button.setAttribute("aria-expanded", String(on));
    button.textContent = on ? "Close" : "Ask the assistant";
    try { sessionStorage.setItem("interarec-open", on ? "1" : ""); } catch {}
  }
  button.addEventListener("click", () => open(frame.hidden));

  function covered() {
    if (frame.hidden) return null;
    const box = frame.getBoundingClientRect(), edge = 24;
    return { x: (box.left - edge) / innerWidth, y: (box.top - edge) / innerHeight, w: (box.width + 2 * edge) / innerWidth, h: (box.height + 2 * edge) / innerHeight };
  }

  let sharing = null;
  async function share() {
    sharing ??= await import(`${base}/static/share.js`);
    if (sharing.sharing()) { sharing.stop(); return post({ interarec: "sharing", on: false }); }
    try {
      await sharing.share(async (picture, url) => post({ interarec: "frame", picture, url }), () => post({ interarec: "sharing", on: false }), covered);
      post({ interarec: "sharing", on: true });
    } catch { post({ interarec: "sharing", on: false }); }
  }

  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== base) return;
    const { interarec: action, item_id, title } = event.data || {};
    if (action === "share") share();
    if (action === "open" || action === "cart") {
      const go = dispatchEvent(new CustomEvent(`interarec:${action}`, { detail: { item_id, title }, cancelable: true }));
      if (go && action === "open" && product) location.href = product.replace("{item_id}", encodeURIComponent(item_id));
    }
  });

  const attach = () => {
    document.body.append(root);
    let was = "";
    try { was = sessionStorage.getItem("interarec-open"); } catch {}
    if (was) open(true);
  };
  if (document.body) attach(); else addEventListener("DOMContentLoaded", attach);
})();
