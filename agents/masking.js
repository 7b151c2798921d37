// Hides what is personal while a screenshot is taken. Runs in a world of its own, which the page cannot reach.
// Elements are painted over themselves, so that no box can lag behind an element that moves.
((patterns) => {
  if (globalThis.interarec) return true;
  const MARK = 'data-interarec-hidden';
  const HEADING = 40, LONGEST = 400, PIECES = 120; // characters of an element that names a person or holds an address
  const HIDE_LIMIT_MS = 4000; // should nobody come back, the shopper gets the page back
  const one = (name, flags) => new RegExp(patterns[name], flags);
  const field = one('field', 'i'), person = one('person', 'i');
  const place = new RegExp(`${patterns.postcode}|${patterns.street}`);
  const TEXT = [one('email'), one('phone'), one('tail', 'i'), one('greeting', 'i')];
  const CARD = one('card', 'g');
  const KINDS = 'input:not([type=hidden],[type=search],[type=submit],[type=button],[type=checkbox],[type=radio],' +
    '[type=range],[type=color],[type=file],[type=image],[type=reset]), textarea, select, [contenteditable=""], [contenteditable=true]';
  const PRIVATE = '[data-private], address, [itemprop=email], [itemprop=telephone], [itemprop=address], ' +
    '[class*=StripeElement], [autocomplete^=cc-]';
  const SEARCH = '[role=search] *, [name=q], [name=search], [name=query], [role=searchbox]';
  const css = `[${MARK}], [${MARK}] *, [${MARK}]::placeholder, [${MARK}]::before, [${MARK}]::after {
    color: transparent !important; -webkit-text-fill-color: transparent !important; text-shadow: none !important;
    background: #101418 !important; caret-color: transparent !important; fill: #101418 !important;
    transition: none !important; animation: none !important; opacity: 1 !important; filter: none !important; }
    canvas[${MARK}], img[${MARK}], iframe[${MARK}], video[${MARK}], [${MARK}] :is(img, canvas, svg, video, iframe) {
    visibility: hidden !important; }`;
  const WATCHED = { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ['value', 'type', 'name'] };
  let hidden = [], sheets = [], observer = null, restore = 0;

  const luhn = (digits) => [...digits].reverse().reduce((sum, d, i) => {
    const v = Number(d) * (i % 2 ? 2 : 1);
    return sum + (v > 9 ? v - 9 : v);
  }, 0) % 10 === 0;
  const hasCard = (text) => [...text.matchAll(CARD)].some((m) => {
    const digits = m[0].replace(/\D/g, '');
    return digits.length >= 13 && digits.length <= 19 && luhn(digits);
  });
  const personal = (text) => TEXT.some((p) => p.test(text)) || hasCard(text);

  const labelled = (e) => [e.name, e.id, e.autocomplete, e.placeholder, e.getAttribute('aria-label'),
    ...[...(e.labels || [])].map((l) => l.textContent)].some((t) => t && field.test(t));
  const personalField = (e) => ['password', 'email', 'tel'].includes(e.type)
    || (!e.matches(SEARCH) && labelled(e)) || personal(String(e.value ?? e.textContent ?? ''));
  const filled = (e) => String(e.value ?? e.textContent ?? '') !== '';

  function* roots(root) {
    yield root;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT);
    for (let e = walker.currentNode; e; e = walker.nextNode()) {
      if (e.shadowRoot) yield* roots(e.shadowRoot);
      if (e.localName === 'iframe' || e.localName === 'frame') {
        let inside = null;
        try { inside = e.contentDocument; } catch { /* another site's */ }
        if (inside && inside.documentElement) yield* roots(inside);
        else if (e.getBoundingClientRect().width > 1) mark(e); // what cannot be looked into is hidden whole
      }
    }
  }
  function mark(e) {
    if (e.hasAttribute(MARK)) return;
    e.setAttribute(MARK, '');
    hidden.push(e);
  }
  function block(e) { // the smallest element around a heading that also holds what it announces
    if (e.textContent.trim().length > HEADING) return e;
    for (let up = e; up && up !== document.body; up = up.parentElement) {
      const text = up.textContent.trim();
      if (text.length > LONGEST) return e;
      if (place.test(text) || text.split(/\n/).filter((l) => l.trim()).length > 1) return up;
    }
    return e;
  }
  function look(root) {
    if (root.adoptedStyleSheets) {
      const sheet = new (root.defaultView || root.ownerDocument?.defaultView || window).CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      sheets.push([root, sheet]);
    }
    observer.observe(root, WATCHED);
    scan(root);
  }
  function lookAround() {
    for (const root of roots(document)) if (sheets.some(([s]) => s === root)) scan(root); else look(root);
  }
  function scan(root) {
    for (const e of root.querySelectorAll(KINDS)) if (filled(e) && personalField(e)) mark(e);
    for (const e of root.querySelectorAll(PRIVATE)) mark(e);
    const about = person.test((root.body || root).innerText || root.textContent || '');
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.data, parent = node.parentElement;
      if (text.trim().length < 3 || !parent || /^(script|style|noscript|template)$/.test(parent.localName)) continue;
      if (personal(text.trim())) mark(parent);
      else if (about && (person.test(text) || place.test(text))) mark(block(parent));
      else if (/[\d@]/.test(text)) { // written in pieces, each an element of its own
        const whole = [parent, parent.parentElement].find((e) => e && e.textContent.length <= PIECES && personal(e.textContent.trim()));
        if (whole) mark(whole);
      }
    }
  }
  function show() {
    clearTimeout(restore);
    observer?.disconnect();
    observer = null;
    for (const e of hidden) e.removeAttribute(MARK);
    for (const [root, sheet] of sheets) root.adoptedStyleSheets = root.adoptedStyleSheets.filter((s) => s !== sheet);
    const count = hidden.length;
    hidden = []; sheets = [];
    return count;
  }
  globalThis.interarec = {
    hide() {
      if (observer) show();
      // Observers run before the next frame is painted: what a script adds meanwhile is hidden too.
      observer = new MutationObserver(lookAround);
      lookAround();
      restore = setTimeout(show, HIDE_LIMIT_MS);
      return document.visibilityState === 'visible';
    },
    show() { if (!observer) return -1; return show(); },
    banner(text) {
      let host = document.querySelector('interarec-mark');
      document.title = document.title.replace(/^(● capturing|❚❚ capture paused) · /, '');
      if (!text) { host?.remove(); return; }
      document.title = `${text} · ${document.title}`;
      if (!host) {
        host = document.createElement('interarec-mark');
        document.documentElement.append(host);
      }
      host.style.cssText = 'all:initial;position:fixed;inset:0;z-index:2147483647;pointer-events:none;box-shadow:inset 0 0 0 3px ' +
        (text.startsWith('●') ? '#d92d20' : '#98a2b3');
    },
    focused() { return [document.visibilityState === 'visible', document.hasFocus()]; },
  };
  return true;
})
