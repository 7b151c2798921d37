"""The gateway of a browser that is driven for somebody else, over real sockets."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route

import agents.browser
from agents.browser import browser
from agents.gateway import Gateway, is_public
from storefront.server import running


async def _secret(_: Request) -> PlainTextResponse:
    return PlainTextResponse("internal secret")


@pytest.fixture(scope="module")
def inside() -> Iterator[str]:
    """A server of the private network, which nobody may be led to."""
    with running(Starlette(routes=[Route("/", _secret)])) as url:
        yield url


@pytest.fixture(scope="module")
def shop(inside: str) -> Iterator[str]:
    """A page that is allowed and leads elsewhere: by redirect, by picture and by script."""

    async def home(_: Request) -> PlainTextResponse:
        html = f"<h1>shop</h1><img src='{inside}/' onerror='document.title=`refused`'>"
        return PlainTextResponse(html, media_type="text/html")

    async def away(_: Request) -> RedirectResponse:
        return RedirectResponse(inside)

    with running(Starlette(routes=[Route("/", home), Route("/away", away)])) as url:
        yield url


def place(url: str) -> tuple[str, int]:
    host, port = url.removeprefix("http://").split(":")
    return host, int(port)


@asynccontextmanager
async def through(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    async with gateway, httpx.AsyncClient(proxy=gateway.address, timeout=10) as client:
        yield client


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1",
     "fe80::1", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "224.0.0.1"],
)  # fmt: skip
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_only_its_own_private_places_are_reached(inside: str, shop: str) -> None:
    async def run() -> tuple[httpx.Response, httpx.Response, httpx.Response]:
        async with through(Gateway({place(shop)})) as client:
            return (
                await client.get(shop),
                await client.get(inside),
                await client.get(f"{shop}/away", follow_redirects=True),
            )

    own, private, led = asyncio.run(run())
    assert own.status_code == 200 and "shop" in own.text
    assert private.status_code == 403 and "secret" not in private.text
    assert led.status_code == 403 and "secret" not in led.text


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]"])
def test_other_spellings_of_this_machine_are_refused(inside: str, host: str) -> None:
    async def run() -> int:
        async with through(Gateway()) as client:
            return (await client.get(f"http://{host}:{place(inside)[1]}/")).status_code

    assert asyncio.run(run()) == 403


def test_a_name_is_looked_up_anew_for_each_connection(inside: str) -> None:
    """DNS rebinding: a name that pointed elsewhere before is refused as soon as it points here."""
    told = iter([[], ["93.184.216.34", "127.0.0.1"], ["127.0.0.1"]])
    asked: list[str] = []

    async def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(told)

    async def run() -> list[int]:
        async with through(Gateway(lookup=lookup)) as client:
            url = f"http://rebound.example:{place(inside)[1]}/"
            return [(await client.get(url)).status_code for _ in range(3)]

    assert asyncio.run(run()) == [403, 403, 403]
    assert asked == ["rebound.example"] * 3


def test_a_browser_behind_it_reaches_nothing_private(inside: str, shop: str) -> None:
    async def run() -> tuple[str, str]:
        async with Gateway({place(shop)}) as gateway, browser(True, None, gateway.address) as chromium:
            page = await chromium.new_page()
            await page.goto(shop)
            await page.wait_for_timeout(500)
            title = await page.title()
            await page.goto(f"{shop}/away")
            return title, await page.content()

    title, led = asyncio.run(run())
    assert title == "refused"
    assert "secret" not in led


# Everything that a page can speak beside HTTP, by number and by name.
CALLS = """async ([udp, shop, inside]) => {
  const servers = (transport, scheme, port, host) => ({ urls: `${scheme}:${host}:${port}${transport}`, username: 'a', credential: 'b' });
  const iceServers = ['127.0.0.1', 'relay.example'].flatMap((host) => [
    servers('', 'stun', udp, host), servers('?transport=udp', 'turn', udp, host),
    ...[shop, inside].flatMap((port) => [servers('?transport=tcp', 'turn', port, host), servers('?transport=tcp', 'turns', port, host)])]);
  const [here, there] = [new RTCPeerConnection({ iceServers }), new RTCPeerConnection()];
  here.createDataChannel('x');
  await here.setLocalDescription(await here.createOffer());
  await there.setRemoteDescription(here.localDescription);
  await there.setLocalDescription(await there.createAnswer());
  await here.setRemoteDescription(there.localDescription);
  for (const where of [`udp 2122260223 127.0.0.1 ${udp} typ host`, `tcp 1518280447 127.0.0.1 ${inside} typ host tcptype passive`,
      `udp 2122260223 peer.example ${udp} typ host`, `udp 2122260223 peer.local ${udp} typ host`])
    await here.addIceCandidate({ candidate: `candidate:1 1 ${where}`, sdpMid: '0', sdpMLineIndex: 0 }).catch(() => 0);
  for (const port of [udp, inside]) { const way = new WebTransport(`https://127.0.0.1:${port}/`); way.ready.catch(() => 0); way.closed.catch(() => 0); }
  for (const port of [shop, inside]) { new WebSocket(`ws://127.0.0.1:${port}/socket`); new WebSocket(`wss://127.0.0.1:${port}/socket`); }
  navigator.sendBeacon(`http://127.0.0.1:${inside}/beacon`, 'x');
  for (const rel of ['dns-prefetch', 'preconnect']) {
    const link = document.createElement('link'); link.rel = rel; link.href = `https://${rel}.example/`; document.head.append(link); }
  await new Promise((done) => setTimeout(done, 2500));
}"""


@asynccontextmanager
async def listener() -> AsyncIterator[tuple[int, list[bytes]]]:
    """A port that takes connections, and what each of them began with."""
    began: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        began.append(await reader.read(4096))
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], began


def looked_up(log: Path) -> set[str]:
    """The names that the browser asked anybody for, by its own log."""
    first, _, *events = log.read_text().splitlines()  # an event a line; the last ones may be cut
    kinds = {number: name for name, number in json.loads(f"{first.rstrip(',')}}}")["constants"]["logEventTypes"].items()}
    told = [json.JSONDecoder().raw_decode(line)[0] for line in events if re.match(r'\{.*"type":\d+\}', line)]
    asked = [e for e in told if kinds[e["type"]] in ("DNS_TRANSACTION", "HOST_RESOLVER_MANAGER_JOB")]
    return set(re.findall(r"[\w-]+\.(?:example|local)\b", json.dumps(asked)))


def test_nothing_but_the_web_leaves_a_page_and_only_by_the_gateway(
    shop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "net.json"
    monkeypatch.setattr(agents.browser, "ARGUMENTS", (*agents.browser.ARGUMENTS, f"--log-net-log={log}"))

    async def run() -> tuple[list[bytes], list[bytes]]:
        async with listener() as (open_port, relayed), listener() as (private_port, reached):
            async with (
                Gateway({place(shop), ("127.0.0.1", open_port)}) as gateway,
                browser(True, None, gateway.address) as chromium,
            ):
                page = await chromium.new_page()
                await page.goto(shop)
                await page.evaluate(CALLS, [udp.getsockname()[1], open_port, private_port])
            return relayed, reached

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.setblocking(False)
        relayed, reached = asyncio.run(run())
        with pytest.raises(BlockingIOError):
            udp.recv(2048)
    assert any(first.startswith(b"GET /socket") for first in relayed), "the page's script did not run"
    assert all(first.startswith(b"GET ") or b"http/1.1" in first for first in relayed)
    assert not reached
    assert not looked_up(log)
