// Every visible text of a page with its box, its role and its product, in CSS pixels of the viewport.
() => {
  const visible = (x0, y0, x1, y1, element) => {
    if (x1 - x0 < 2 || y1 - y0 < 4) return false;
    const cx = (x0 + x1) / 2, cy = (y0 + y1) / 2;
    if (cx < 0 || cy < 0 || cx >= innerWidth || cy >= innerHeight) return false;
    const top = document.elementFromPoint(cx, cy);
    return top && (top === element || element.contains(top) || top.contains(element));
  };
  const clipOf = element => {
    const clip = { left: -1e9, right: 1e9, top: -1e9, bottom: 1e9 };
    for (let e = element; e && e !== document.body; e = e.parentElement) {
      if (getComputedStyle(e).overflow === 'visible') continue;
      const box = e.getBoundingClientRect();
      clip.left = Math.max(clip.left, box.left); clip.right = Math.min(clip.right, box.right);
      clip.top = Math.max(clip.top, box.top); clip.bottom = Math.min(clip.bottom, box.bottom);
    }
    return clip;
  };
  const found = [], amounts = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement, style = getComputedStyle(element);
    if (!node.data.trim() || style.visibility === 'hidden' || parseFloat(style.fontSize) === 0 || element.closest('style')) continue;
    const product = element.closest('[data-p]');
    const about = {
      role: element.closest('[data-r]')?.dataset.r ?? 'other',
      product: product ? +product.dataset.p : -1,
      main: element.closest('[data-main]') !== null,
    };
    const amount = element.closest('[data-amount]');
    if (amount) {
      if (amounts.has(amount)) continue;
      amounts.add(amount);
      const range = document.createRange();
      range.selectNodeContents(amount);
      const boxes = [...range.getClientRects()].filter(b => b.width > 1 && b.height > 3);
      if (!boxes.length) continue;
      const large = boxes.reduce((a, b) => a.height >= b.height ? a : b);
      const x0 = Math.min(...boxes.map(b => b.left)), x1 = Math.max(...boxes.map(b => b.right));
      const size = parseFloat(getComputedStyle(amount).fontSize);
      if (visible(x0, large.top, x1, large.bottom, amount)) found.push({ text: amount.dataset.amount, x0, y0: large.top, x1, y1: large.bottom, size, ...about });
      continue;
    }
    const clip = clipOf(element), size = parseFloat(style.fontSize);
    const shown = style.textTransform === 'uppercase' ? node.data.toUpperCase() : node.data;
    let run = null;
    for (const match of shown.matchAll(/\S+/g)) {
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const box = range.getClientRects()[0];
      if (!box || box.width < 1 || box.top + box.height / 2 > clip.bottom || box.top + box.height / 2 < clip.top || box.left >= clip.right - 4) continue;
      const x1 = Math.min(box.right, clip.right, innerWidth);
      if (run && Math.abs(run.y0 - box.top) < box.height / 2 && box.left >= run.x1 - 2) {
        run.text += ' ' + match[0];
        run.x1 = x1;
      } else {
        if (run && visible(run.x0, run.y0, run.x1, run.y1, element)) found.push(run);
        run = { text: match[0], x0: box.left, y0: box.top, x1, y1: box.bottom, size, ...about };
      }
    }
    if (run && visible(run.x0, run.y0, run.x1, run.y1, element)) found.push(run);
  }
  return found;
}
