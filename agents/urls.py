"""Addresses of pages, without what they may tell about a person."""

import re
from pathlib import PureWindowsPath
from urllib.parse import unquote, urlsplit

from agents.personal.verdicts import personal_spans

LONGEST = 500
LEFT_OUT = "-"
LONGEST_NUMBER = 6  # digits: products' numbers are as short as this, those of orders, customers and telephones longer
LONGEST_CODE = 16  # letters and digits mixed: what is longer is a token, and may open what it stands for
WEB = ("http", "https")
# What follows such a segment says who somebody is, or what they bought.
_OWN = re.compile(
    r"(?:my|mein|meine|mon|mes|mi|mis|il-mio|mijn)?[-_]?(?:u|users?|accounts?|profiles?|members?|customers?|clients?|people|"
    r"orders?|wish-?lists?|invoices?|konto|benutzer|profil|kunden?|bestellung(?:en)?|rechnung(?:en)?|comptes?|utilisateurs?|"
    r"commandes?|factures?|cuentas?|usuarios?|pedidos?|facturas?|utenti?|ordin[ei]|klant(?:en)?|bestellingen)",
    re.IGNORECASE,
)
_NUMBER = re.compile(rf"\d{{{LONGEST_NUMBER + 1},}}")
_CODE = re.compile(rf"[A-Za-z0-9]{{{LONGEST_CODE},}}")
_JOINED = re.compile(r"[-_+.]")


def public_url(url: str) -> str:
    """An address of at most ``LONGEST`` letters, or the name of a picture, with nothing in it about a person.

    Credentials, query and fragment go, and the segments of the path that look personal. Other schemes than the web's
    keep their name alone.

    >>> public_url("https://jo:x@shop.example/dp/B0ABC12345?email=jo@example.org#pay")
    'https://shop.example/dp/B0ABC12345'
    >>> public_url("https://shop.example/users/jo.bloggs/orders/203-9911")
    'https://shop.example/users/-/-/-'
    >>> public_url("Screenshot of jo@example.org.png"), public_url("visit.mp4#12.5")
    ('-', 'visit.mp4#12.5')
    """
    url = url.strip()[: 4 * LONGEST]
    try:
        parts = urlsplit(url)
        host = parts.hostname
        place = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return LEFT_OUT
    if parts.scheme in WEB and host:
        host = f"[{host}]" if ":" in host else host
        return f"{parts.scheme}://{host}{place}{_path(parts.path)}"[:LONGEST]
    if parts.scheme and ("//" in url or " " not in url) and len(parts.scheme) > 1:
        return f"{parts.scheme}:"
    name = PureWindowsPath(url).name  # knows both kinds of separators
    return LEFT_OUT if personal(name) else name[:LONGEST]


def _path(path: str) -> str:
    shown, own = [], False
    for segment in path.split("/"):
        own_now = _OWN.fullmatch(segment) is not None
        shown.append(LEFT_OUT if segment and (own or (not own_now and personal(unquote(segment)))) else segment)
        own = own or own_now
    return "/".join(shown)


def personal(text: str) -> bool:
    """Whether a name or a segment of a path looks as if it told who somebody is.

    >>> [personal(t) for t in ("oak-desk-lamp", "jo@example.org", "~jo", "203991177", "9f8e7d6c5b4a39281706")]
    [False, True, True, True, True]
    """
    if "@" in text or text.startswith("~") or _NUMBER.search(text):
        return True
    if any(any(c.isdigit() for c in code) for code in _CODE.findall(text)):
        return True
    return any(True for form in (text, _JOINED.sub(" ", text)) for _ in personal_spans(form))
