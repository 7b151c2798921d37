"""Pictures of a page for the shopper's own eyes, over the browser's protocol (CDP)."""

import asyncio
import base64

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

# Not Playwright's screenshot, which waits for every web font: one that never comes would leave no picture at all.
VIEW = {"format": "jpeg", "quality": 70, "optimizeForSpeed": True}


class Eye:
    """Takes pictures of the pages of one window, as they look now."""

    def __init__(self) -> None:
        self._sessions: dict[Page, CDPSession] = {}

    async def picture(self, page: Page, seconds: float) -> bytes | None:
        """A JPEG of the viewport; None while the browser gives no picture, as happens when a page is moving on."""
        try:
            async with asyncio.timeout(seconds):
                shot = await (await self._session(page)).send("Page.captureScreenshot", VIEW)
        except PlaywrightError:
            self._forget(page)
            return None
        except TimeoutError:
            return None
        return base64.b64decode(shot["data"])

    async def can_go_back(self, page: Page) -> bool:
        """Whether the page's tab has shown another page before this one."""
        history = await (await self._session(page)).send("Page.getNavigationHistory")
        now = history["currentIndex"]
        return bool(now > 0 and history["entries"][now - 1]["url"] != "about:blank")

    async def _session(self, page: Page) -> CDPSession:
        if page not in self._sessions:
            self._sessions[page] = await page.context.new_cdp_session(page)
            page.on("close", self._forget)
        return self._sessions[page]

    def _forget(self, page: Page) -> None:
        self._sessions.pop(page, None)
