"""Bounds on texts from outside, so that no pattern meets more of them than it was made for."""

LONGEST_WORD = 40  # characters; words of no language are longer, addresses and keys held down are


def bounded(text: str, longest: int) -> str:
    """A text in one space between words, words of at most ``LONGEST_WORD`` characters, and ``longest`` in all.

    Lines stay lines; a longer text ends after the last whole word that fits.

    >>> bounded("a   lamp " + "9" * 4000, 60)
    'a lamp 9999999999999999999999999999999999999999'
    """
    lines = (" ".join(word[:LONGEST_WORD] for word in line.split()) for line in text.splitlines())
    whole = "\n".join(line for line in lines if line)
    if len(whole) <= longest:
        return whole
    cut = whole[: longest + 1]
    end = max(cut.rfind(" "), cut.rfind("\n"))
    return cut[: end if end > 0 else longest]


def beginning_and_end(text: str, longest: int) -> str:
    """A bounded text; of one that is too long its first two thirds and its end, where people say what they want."""
    whole = bounded(text, len(text))
    if len(whole) <= longest:
        return whole
    head = bounded(whole, 2 * longest // 3)
    tail = whole[len(whole) - (longest - len(head)) :]
    return f"{head} {tail[tail.find(' ') + 1 :]}"
