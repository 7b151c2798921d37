// Marks the sample shop's own pages with the roles and products that made-up pages carry.
() => {
  const mark = (selector, role) => document.querySelectorAll(selector).forEach(e => { e.dataset.r = role; });
  [...document.querySelectorAll('.card, .detail')].forEach((e, i) => { e.dataset.p = i; });
  document.querySelectorAll('.detail').forEach(e => { e.dataset.main = ''; });
  [...document.querySelectorAll('table.cart tr:not(.sum)')].forEach((e, i) => { e.dataset.p = i; });
  document.querySelectorAll('table.compare td').forEach(e => { e.dataset.p = e.cellIndex - 1; });
  mark('.menu, .top, .crumbs, .pages, footer', 'navigation');
  mark('.filters', 'filter');
  mark('.card .title, .detail h1, table.cart td a, table.compare td a', 'title');
  mark('.brand', 'brand');
  mark('.rating > span', 'rating');
  mark('.rating .count', 'review_count');
  mark('.badge', 'promotion');
  mark('.facts, table.specs th, table.specs td', 'specification');
  mark('.buy', 'button');
  mark('.price .old', 'list_price');
  document.querySelectorAll('.price .now').forEach(e => {
    e.dataset.r = 'price';
    const cents = e.querySelector('sup');
    if (cents) e.dataset.amount = e.textContent.trim().slice(0, -cents.textContent.length).trim() + '.' + cents.textContent;
  });
  document.querySelectorAll('table.compare tr').forEach(row => {
    const role = { Brand: 'brand', Details: 'specification' }[row.querySelector('th')?.textContent.trim()];
    if (role) row.querySelectorAll('td').forEach(cell => { cell.dataset.r = role; });
  });
}
