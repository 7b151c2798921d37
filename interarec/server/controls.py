"""What a shopper does in the view, done in the page."""

import contextlib
from collections.abc import Callable

from playwright.async_api import ElementHandle, Page
from playwright.async_api import Error as PlaywrightError

from interarec.server.actions import Action, OpenList
from interarec.server.listbox import choose, focused_list, keep_shut, list_at, read_list
from interarec.server.picture import Eye

NOTHING_BEFORE = "There is no page before this one."
NO_LIST = "No list is open, or it has no such option; click on it again."


class Controls:
    """Mouse and keyboard of one window. ``on_change`` is called when what it tells has changed."""

    def __init__(self, eye: Eye, on_change: Callable[[], None]):
        self.told = ""
        """What the shopper should know, in a sentence; mostly nothing."""
        self._eye = eye
        self._on_change = on_change
        self._list: tuple[ElementHandle, OpenList] | None = None

    @property
    def list(self) -> OpenList | None:
        """The native list that is open."""
        return self._list[1] if self._list is not None else None

    def tell(self, sentence: str) -> None:
        """Say something to the shopper, in the place of what was said before."""
        if sentence != self.told:
            self.told = sentence
            self._on_change()

    async def act(self, page: Page, action: Action) -> None:
        """Do one thing in a page; PlaywrightError when the page is gone."""
        self.tell("")
        match action.do:
            case "click":
                await self._click(page, action.x, action.y)
            case "scroll":
                await page.mouse.wheel(0, action.by)
            case "type":
                await self._type(page, action.text)
            case "key":
                await self._press(page, action.key)
            case "choose":
                await self._choose(action.option)
            case "back":
                await self._back(page)

    async def _click(self, page: Page, x: float, y: float) -> None:
        self.shut_list()
        found = None
        with contextlib.suppress(PlaywrightError):  # a page that is just moving on
            found = await list_at(page, x, y)
            if found is not None:
                await keep_shut(found)
        await page.mouse.click(x, y)
        if found is not None:
            await self._open(found)

    async def _press(self, page: Page, key: str) -> None:
        if self._list is not None and key in ("Enter", "Escape"):
            self.shut_list()
        elif key == "Enter" and (found := await _focused(page)) is not None:
            await self._open(found)
        else:
            await page.keyboard.press(key)

    async def _type(self, page: Page, text: str) -> None:
        # A space opens a list, and nobody would see it.
        if text.startswith(" ") and (found := await _focused(page)) is not None:
            await self._open(found)
        else:
            await page.keyboard.type(text)

    async def _open(self, found: ElementHandle) -> None:
        with contextlib.suppress(PlaywrightError):  # the press led elsewhere
            self._show((found, await read_list(found)))

    async def _choose(self, option: int | None) -> None:
        opened, chosen = self._list, option is None
        self.shut_list()
        if opened is not None and option is not None:
            with contextlib.suppress(PlaywrightError):
                chosen = await choose(opened[0], option)
        if not chosen:
            self.tell(NO_LIST)

    async def _back(self, page: Page) -> None:
        self.shut_list()
        if await self._eye.can_go_back(page):
            await page.go_back(wait_until="domcontentloaded")
        elif len(page.context.pages) > 1:
            await page.close(run_before_unload=True)  # a tab that a link opened
        else:
            self.tell(NOTHING_BEFORE)

    def shut_list(self) -> None:
        """No list is open any more."""
        self._show(None)

    def _show(self, opened: tuple[ElementHandle, OpenList] | None) -> None:
        if opened is not self._list:
            self._list = opened
            self._on_change()


async def _focused(page: Page) -> ElementHandle | None:
    with contextlib.suppress(PlaywrightError):
        return await focused_list(page)
    return None
