"""What chat clients ask of a model for themselves: a title, tags or follow-up questions for a chat.

Such a request is told by its form: one message that holds a transcript of both sides and says what to make of it. It
is answered from the transcript, in the JSON that it asks for, and no conversation is kept of it.
"""

import json
import re

from interarec.server.openai_wire import ChatMessage

ROLE = re.compile(r"^\W{0,6}(user|human|shopper|customer|assistant|ai|bot|model|response)\W{0,3}:", re.IGNORECASE | re.MULTILINE)
THEIRS = frozenset({"user", "human", "shopper", "customer"})
KEY = re.compile(r"[\"'](\w{2,24})[\"']\s{0,4}:")
LONGEST_READ = 20_000  # characters of a transcript
TITLE_WORDS = 6
FOLLOW_UPS = ["Show me cheaper ones", "Compare the first two", "Why the first one?", "Only with good reviews"]


def task_answer(messages: list[ChatMessage]) -> str | None:
    """The answer to a client's own request; None where the last message is a shopper's."""
    said = [m for m in messages if m.role in ("user", "assistant")]
    if len(said) != 1:
        return None
    text = said[0].text[:LONGEST_READ]
    turns = list(ROLE.finditer(text))
    sides = {m.group(1).lower() in THEIRS for m in turns}
    if sides != {True, False}:
        return None
    first = next(m for m in turns if m.group(1).lower() in THEIRS)
    words = text[first.end() :].partition("\n")[0].split()
    title = " ".join(words[:TITLE_WORDS]).strip(" .,!?\"'") or "Shopping"
    keys = [key.lower() for key in KEY.findall(text[: turns[0].start()] + text[turns[-1].end() :])]
    made: dict[str, object] = {key: _value(key, title) for key in keys}
    return json.dumps(made, ensure_ascii=False) if made else title


def _value(key: str, title: str) -> object:
    if "title" in key:
        return title
    if "tag" in key:
        return ["Shopping", title]
    if "follow" in key or "question" in key or "suggest" in key:
        return FOLLOW_UPS
    return [] if key.endswith("s") else ""
