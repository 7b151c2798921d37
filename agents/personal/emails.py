"""E-mail addresses in a text, also those written to be missed: "jo [at] example.org", "jo (at) example dot org"."""

import re
from collections.abc import Iterator

LONGEST_PART = 64  # of the letters before the sign (RFC 5321)
# Each part is bounded and found from the sign outwards: a long text that is nearly an address costs no more than another.
_SIGN = re.compile(r" ?@ ?| ?[\[({<] ?(?:at|ät|arroba|chiocciola|arobase|@) ?[\])}>] ?", re.IGNORECASE)
_BEFORE = re.compile(r"[\w.%+'-]{1,64}$")
_DOT = r"(?:\. ?| ?[\[({] ?(?:dot|punkt|point|punto) ?[\])}] ?| (?:dot|punkt|point|punto) )"
_AFTER = re.compile(
    rf"[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,5}}(?: (?:com|org|net|edu|co|io|uk|de|fr|es|it|eu)\b)?", re.I
)
_SHOPS_OWN = re.compile(
    r"(?:info|service|support|contact|contacto|contatti|kontakt|help|hilfe|hello|hallo|sales|shop|webshop|orders?|kundenservice|"
    r"klantenservice|noreply|no-reply|press|jobs|privacy|datenschutz)$",
    re.IGNORECASE,
)  # fmt: skip


def emails(text: str) -> Iterator[tuple[int, int]]:
    """Where a text states an e-mail address.

    >>> [text[a:b] for text in ["mail jo@example.org or al [at] example.org now"] for a, b in emails(text)]
    ['jo@example.org', 'al [at] example.org']
    """
    for sign in _SIGN.finditer(text):
        before = _BEFORE.search(text, max(0, sign.start() - LONGEST_PART), sign.start())
        after = _AFTER.match(text, sign.end())
        if before and after and (re.search(r"\W", after.group()) or "@" not in sign.group()):
            yield before.start(), after.end()


def is_a_shops(address: str) -> bool:
    """Whether an address is a shop's own, such as "service@…", by what stands before its sign."""
    name = _SIGN.split(address, maxsplit=1)[0]
    return _SHOPS_OWN.match(name.strip()) is not None
