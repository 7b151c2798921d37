"""Native lists (``<select>``) of a page: a browser draws them outside the page, so they are shown beside its picture."""

from typing import Any

from playwright.async_api import ElementHandle, Frame, Page

from interarec.server.actions import MOST_OPTIONS, OpenList

# A list that drops down; those that stand open are part of the page.
_DROPS = "const list = e?.closest?.('select'); return list && !list.disabled && !list.multiple && list.size <= 1 ? list : e;"
_AT = (
    "([x, y]) => { let e = document.elementFromPoint(x, y);"
    " for (let inner; e?.shadowRoot && (inner = e.shadowRoot.elementFromPoint(x, y)) && inner !== e;) e = inner;"
    f" {_DROPS} }}"
)
_FOCUSED = (
    f"() => {{ let e = document.activeElement; while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement; {_DROPS} }}"
)
_IS_LIST = "e => e.localName === 'select' && !e.disabled && !e.multiple && e.size <= 1"
_CORNER = "e => { const b = e.getBoundingClientRect(); return [b.left + e.clientLeft, b.top + e.clientTop]; }"
# The page hears of the click as of any other; only the list that nobody would see stays shut.
_KEEP_SHUT = "e => { e.addEventListener('mousedown', event => event.preventDefault(), { once: true }); e.focus(); }"
_READ = f"""e => {{
  const label = e.labels?.[0]?.cloneNode(true);
  label?.querySelectorAll('select').forEach(inner => inner.remove());
  return {{ label: (e.getAttribute('aria-label') || label?.textContent || e.name || '').trim().slice(0, 200),
  chosen: e.selectedIndex,
  options: [...e.options].slice(0, {MOST_OPTIONS}).map(o => ({{
    label: o.label.trim().slice(0, 200), disabled: o.disabled || !!o.closest('optgroup[disabled]'),
    group: (o.closest('optgroup')?.label || '').slice(0, 200) }})) }}; }}"""


async def list_at(page: Page, x: float, y: float) -> ElementHandle | None:
    """The native list at a point of the viewport (pixels), in whatever frame; None where there is none."""
    frame: Frame | None = page.main_frame
    while frame is not None:
        found = (await frame.evaluate_handle(_AT, [x, y])).as_element()
        if found is None:
            return None
        frame = await found.content_frame()
        if frame is None:
            return found if await found.evaluate(_IS_LIST) else None
        left, top = await found.evaluate(_CORNER)
        x, y = x - left, y - top
    return None


async def focused_list(page: Page) -> ElementHandle | None:
    """The native list that has the focus, in whatever frame; None where none has."""
    frame: Frame | None = page.main_frame
    while frame is not None:
        found = (await frame.evaluate_handle(_FOCUSED)).as_element()
        if found is None:
            return None
        frame = await found.content_frame()
        if frame is None:
            return found if await found.evaluate(_IS_LIST) else None
    return None


async def keep_shut(found: ElementHandle) -> None:
    """Give a list the focus, and let the next press on it not open it."""
    await found.evaluate(_KEEP_SHUT)


async def read_list(found: ElementHandle) -> OpenList:
    """What a list offers."""
    told: dict[str, Any] = await found.evaluate(_READ)
    return OpenList.model_validate(told)


async def choose(found: ElementHandle, option: int) -> bool:
    """Choose an option as a hand would: the page hears ``input`` and ``change``. False where it cannot be chosen."""
    now = await read_list(found)
    if option >= len(now.options) or now.options[option].disabled:
        return False
    await found.select_option(index=option, force=True)
    return True
