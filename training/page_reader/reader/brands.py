"""The brand in a text that names one."""

import re

from agents.screen_reader.facts import brand_in


def brand_named(text: str) -> str | None:
    """The brand in a text that is known to name one: without "by", "Brand:" and the like.

    >>> brand_named("Visit the Ergon Store"), brand_named("ERGON"), brand_named("by Ergon")
    ('Ergon', 'ERGON', 'Ergon')
    """
    stated = brand_in(text)
    plain = re.sub(r"\s*(?:[®™]|TM)$", "", text.strip(" .·:|-"))
    return stated or (plain if any(c.isalpha() for c in plain) else None)
