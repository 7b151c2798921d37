// Hides what is personal while a screenshot is taken. Runs in a world of its own, which the page cannot reach.
// What a text is, Python decides (agents/personal); this collects texts, remembers the verdicts, and hides. A text
// without a verdict is hidden. Elements are painted over themselves, so that no box can lag behind one that moves.
((kinds) => {
  if (globalThis.interarec) return true;
  const MARK = 'data-interarec-hidden';
  const LONGEST = 400, PIECES = 120, FORM = 1500; // characters of a block, of a text in pieces, of a form
  const FOLLOWING = 6, LEVELS = 4; // elements after a heading, ancestors of a label
  const REMEMBERED = 20000, SAMPLE = 3000;
  const HIDE_LIMIT_MS = 4000; // should nobody come back, the shopper gets the page back
  const ENTRY = 'input:not([type=hidden],[type=submit],[type=button],[type=checkbox],[type=radio],[type=range],' +
    '[type=color],[type=file],[type=image],[type=reset]), textarea, [contenteditable=""], [contenteditable=true]';
  const CHOICE = 'select, input[type=number], [name*=quantity i], [name*=qty i]'; // a product's size, how many of it
  const SEARCH = '[type=search], [role=search] *, [name=q], [name=search], [name=query], [role=searchbox]';
  const PRIVATE = '[data-private], address, [itemprop=email], [itemprop=telephone], [itemprop=address], ' +
    '[class*=StripeElement], [autocomplete^=cc-]:not(:placeholder-shown)';
  const FILLS = /^(?:cc-|.*(?:name|address|street|postal|bday|tel|password|one-time|organization))/;
  const WORDED = kinds.HEADING | kinds.LABEL | kinds.FIELD | kinds.SECRET;
  const FEWEST_FIELDS = 2; // words of an address that a page may have and still be about nobody
  const STRONG = kinds.LABEL | kinds.HEADING;
  const css = `[${MARK}], [${MARK}] *, [${MARK}]::placeholder, [${MARK}]::before, [${MARK}]::after {
    color: transparent !important; -webkit-text-fill-color: transparent !important; text-shadow: none !important;
    background: #101418 !important; caret-color: transparent !important; fill: #101418 !important;
    transition: none !important; animation: none !important; opacity: 1 !important; filter: none !important; }
    canvas[${MARK}], img[${MARK}], iframe[${MARK}], video[${MARK}], [${MARK}] :is(img, canvas, svg, video, iframe) {
    visibility: hidden !important; }`;
  const WATCHED = { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ['value', 'type', 'name'] };
  const verdicts = new Map(), secret = new WeakSet();
  let hidden = [], sheets = [], observer = null, restore = 0, asked = new Set(), page = null;

  function kind(text) { // of a text; undefined when there is no verdict yet
    const known = verdicts.get(text);
    if (known === undefined) asked.add(text);
    return known;
  }
  const value = (e) => String(e.value ?? e.textContent ?? '').trim();
  const said = (e) => [e.name, e.id, e.placeholder, e.getAttribute('aria-label'), ...[...(e.labels || [])].map((l) => l.textContent)]
    .map((t) => t?.trim().slice(0, LONGEST)).filter(Boolean);

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
    if (!e || e.hasAttribute(MARK)) return;
    e.setAttribute(MARK, '');
    hidden.push(e);
  }
  function look(root) {
    if (root.adoptedStyleSheets) {
      const sheet = new (root.defaultView || root.ownerDocument?.defaultView || window).CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      sheets.push([root, sheet]);
    }
    observer.observe(root, WATCHED);
  }
  function lookAround() {
    page = { form: false, sample: [], letters: 0 };
    const all = [...roots(document)];
    for (const root of all) if (!sheets.some(([s]) => s === root)) look(root);
    const fields = all.flatMap((root) => [...root.querySelectorAll(`${ENTRY}, select`)]);
    const texts = all.flatMap((root) => [...textsOf(root)]);
    const closed = coverFields(fields);
    for (const root of all) for (const e of root.querySelectorAll(PRIVATE)) mark(e);
    coverTexts(texts, closed);
  }

  // --- fields: everything typed is hidden, except what is searched for and chosen of a product ---
  function sensitive(e) { // 0, 1 for a field that may be about a person, 2 for one that is
    if (e.type === 'password') secret.add(e);
    const digits = e.inputMode === 'numeric' && ([3, 4].includes(e.maxLength) || (e.maxLength >= 16 && e.maxLength <= 19));
    if (secret.has(e) || digits || FILLS.test(e.autocomplete || '')) return 2;
    if (e.matches(SEARCH)) return 0;
    const found = said(e).map(kind);
    if (found.some((k) => k & (STRONG | kinds.UNREAD))) return 2;
    return ['email', 'tel'].includes(e.type) || found.some((k) => k & kinds.FIELD) ? 1 : 0;
  }
  function coverFields(fields) {
    const ranks = fields.map(sensitive);
    const closed = ranks.includes(2) || ranks.filter(Boolean).length > 1;
    page.form ||= closed;
    fields.forEach((e, i) => {
      const text = value(e);
      if (!text) return;
      const harmless = !ranks[i] && (e.matches(SEARCH) || (!closed && e.matches(CHOICE)));
      if (harmless && e.localName !== 'select') {
        const k = kind(text);
        if (k !== undefined && !(k & kinds.PERSONAL)) return;
      } else if (harmless) return;
      mark(e);
      if (closed && !e.matches(SEARCH)) mark(around(e));
    });
    return closed;
  }
  function around(e) { // the form that a field is a part of, or what stands around it
    const form = e.closest('form, fieldset, dialog, [role=form], [role=dialog]');
    if (form && form.textContent.trim().length <= FORM) return form;
    return e.parentElement && e.parentElement !== document.body && e.parentElement.textContent.length <= LONGEST ? e.parentElement : e;
  }

  // --- texts ---
  function* textsOf(root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.data.trim(), parent = node.parentElement;
      if (text.length < 2 || !parent || /^(script|style|noscript|template|option|textarea)$/.test(parent.localName)) continue;
      if (page.letters < SAMPLE) { page.sample.push(text); page.letters += text.length; }
      yield [node, text, parent];
    }
  }
  function coverTexts(texts, closed) {
    // A term among other words ("phone case") is no label of a page.
    const judged = texts.map(([, text]) => { const k = kind(text); return k & kinds.LOOSE ? k & ~WORDED : k; });
    const weak = new Set(texts.filter((_, i) => judged[i] & kinds.FIELD).map(([, text]) => text));
    const about = closed || weak.size > FEWEST_FIELDS || judged.some((k) => k & STRONG);
    const pieces = new Set();
    texts.forEach(([node, text, parent], i) => {
      const k = judged[i];
      if (k & (kinds.UNREAD | kinds.OWN)) page.form = true;
      if (k === undefined || k & kinds.PERSONAL) mark(parent);
      else if (k & kinds.HEADING || (k & kinds.PLACE && about)) coverBlock(parent, k & kinds.HEADING);
      else if (k & kinds.LABEL || (k & kinds.FIELD && about)) coverValue(node);
      else if (/[\d@•*]|\bat\b/.test(text)) pieces.add(parent);
    });
    for (const parent of pieces) { // written in pieces, each an element of its own
      for (const e of [parent, parent.parentElement]) {
        const whole = e && e.children.length ? e.textContent.trim() : '';
        if (!whole || whole.length > PIECES || !/[\d@•*]/.test(whole)) continue;
        const found = [whole, [...e.children].map((c) => c.textContent.trim()).join(' ')].map(kind);
        if (found.some((k) => k === undefined || k & kinds.PERSONAL)) { mark(e); break; }
      }
    }
  }
  const isField = (e) => e.matches?.(`${ENTRY}, select`);
  function coverBlock(e, heading) { // what a heading announces; for a part of an address, what stands around it
    const own = e.textContent.trim().length;
    for (let up = e; up && up !== document.body; up = up.parentElement) {
      const more = up.textContent.trim().length;
      if (more > LONGEST) {
        for (let next = e.nextElementSibling, n = 0; heading && next && n < FOLLOWING; next = next.nextElementSibling, n++) {
          if (/^h[1-6]$/.test(next.localName) || next.textContent.length > LONGEST) break;
          mark(next);
        }
        break;
      }
      if (more > own + 1) return mark(up);
      e = up;
    }
    if (!heading) mark(e);
  }
  function coverValue(node) { // what stands beside or below a label
    const cell = node.parentElement.closest('th');
    if (cell?.parentElement.localName === 'tr' && cell.nextElementSibling?.localName !== 'td') {
      for (const row of cell.closest('table')?.rows || []) if (row.cells[cell.cellIndex]?.localName === 'td') mark(row.cells[cell.cellIndex]);
    }
    for (let n = node, level = 0; n && n !== document.body && level < LEVELS; n = n.parentElement, level++) {
      for (let s = n.nextSibling; s; s = s.nextSibling) {
        if (s.nodeType === Node.ELEMENT_NODE && (isField(s) || s.querySelector?.(ENTRY))) return;
        const text = s.nodeType === Node.TEXT_NODE || s.nodeType === Node.ELEMENT_NODE ? s.textContent.trim() : '';
        if (!text) continue;
        if (text.length <= LONGEST && !(verdicts.get(text) === kinds.FIELD)) mark(s.nodeType === Node.TEXT_NODE ? s.parentElement : s);
        return;
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
    // Hides, and tells which texts have no verdict yet; ``learned`` are verdicts, as pairs of text and kinds.
    hide(learned) {
      if (observer) show();
      if (verdicts.size > REMEMBERED) verdicts.clear();
      for (const [text, k] of learned) verdicts.set(text, k);
      asked = new Set();
      // Observers run before the next frame is painted: what a script adds meanwhile is hidden too.
      observer = new MutationObserver(lookAround);
      lookAround();
      restore = setTimeout(show, HIDE_LIMIT_MS);
      return { visible: document.visibilityState === 'visible', unknown: [...asked], form: page.form,
        sample: page.form ? page.sample.join('\n').slice(0, SAMPLE) : '' };
    },
    show() { if (!observer) return [-1, false]; const form = page.form; return [show(), form]; },
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
