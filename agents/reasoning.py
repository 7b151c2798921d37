"""Takes a language model's reasoning out of what it wrote, also while it streams.

Models write it in tags before or between what they answer; what is opened and never closed is reasoning to the end.
Where a chat template opens the tag itself, only the closing one comes: then all that came before it is reasoning.
"""

import re

OPENS = {
    "<think>": "</think>", "<thinking>": "</thinking>", "<thought>": "</thought>", "<reasoning>": "</reasoning>", "<reflection>": "</reflection>",
    "[think]": "[/think]", "<|begin_of_thought|>": "<|end_of_thought|>", "<|channel|>analysis": "<|channel|>final", "◁think▷": "◁/think▷",
}  # fmt: skip
MARKS = ("<|message|>", "<|end|>", "<|start|>assistant", "<|channel|>final", "<|return|>")
"""What stands around the parts of an answer in formats that name them, and is no part of it."""
_OPENING = re.compile("|".join(re.escape(o) for o in OPENS), re.IGNORECASE)
_CLOSINGS = tuple(c for c in OPENS.values() if "/" in c)
_MARK = re.compile("|".join(re.escape(m) for m in (*MARKS, *_CLOSINGS)), re.IGNORECASE)
_CLOSING = re.compile("|".join(re.escape(c) for c in _CLOSINGS), re.IGNORECASE)
FIRST = 400
"""Characters of a first answer that are held back until it is known whether they are reasoning without an opening tag."""
_LONGEST = max(len(t) for t in (*OPENS, *OPENS.values(), *MARKS))


class ReasoningFilter:
    """Lets through what is answered, piece by piece; a tag may be cut by the end of a piece.

    The first ``held`` characters wait for a closing tag that nothing opened, and are dropped when one comes; one that
    comes later is dropped alone, and what was shown before it stays shown. ``unopened`` tells whether there was one.
    """

    def __init__(self, held: int = 0) -> None:
        self._waiting = ""
        self._until: str | None = None
        self._held = held
        self.unopened = False

    def feed(self, piece: str) -> str:
        """What of the text so far may be shown."""
        self._waiting += piece
        if self._held and not self._settled():
            return ""
        out = ""
        while True:
            if self._until is not None:
                end = self._waiting.lower().find(self._until)
                if end < 0:
                    self._waiting = self._waiting[-_LONGEST:]  # the closing tag may have begun
                    return out
                self._waiting = self._waiting[end + len(self._until) :]
                self._until = None
                continue
            found = _OPENING.search(self._waiting)
            if found is None:
                held = _begun(self._waiting)
                out += _MARK.sub("", self._waiting[: len(self._waiting) - held])
                self._waiting = self._waiting[len(self._waiting) - held :]
                return out
            out += _MARK.sub("", self._waiting[: found.start()])
            self._until = OPENS[found.group().lower()]
            self._waiting = self._waiting[found.end() :]

    def _settled(self) -> bool:
        """Whether it is known of the beginning, which is held back, what it is."""
        opening, closing = _OPENING.search(self._waiting), _CLOSING.search(self._waiting)
        if closing is not None and (opening is None or closing.start() < opening.start()):
            self._waiting, self.unopened = self._waiting[closing.end() :], True
        elif opening is None and len(self._waiting) < self._held:
            return False
        self._held = 0
        return True

    def end(self) -> str:
        """What was held back in case it were a tag, now that nothing follows."""
        rest = "" if self._until is not None else _MARK.sub("", self._waiting)
        self._waiting = ""
        return rest


def _begun(text: str) -> int:
    """How many characters at the end of a text may be the beginning of a tag or mark."""
    tail = text[-_LONGEST:].lower()
    for start in range(len(tail)):
        if any(tag.startswith(tail[start:]) for tag in (*OPENS, *_CLOSINGS, *(m.lower() for m in MARKS))):
            return len(tail) - start
    return 0


def without_reasoning(text: str) -> str:
    """A whole answer without its reasoning; one that was closed and never opened began at the text's start.

    >>> without_reasoning("<think>They want a lamp.</think>Here is one.")
    'Here is one.'
    >>> without_reasoning("They want a lamp.</think>Here is one.")
    'Here is one.'
    """
    lowered = text.lower()
    for opening, closing in OPENS.items():
        end = lowered.find(closing)
        if closing.startswith(("</", "[/")) and end >= 0 and not 0 <= lowered.find(opening) < end:
            return without_reasoning(text[end + len(closing) :])
    made = ReasoningFilter()
    return (made.feed(text) + made.end()).strip()
