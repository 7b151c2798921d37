"""JSON from elsewhere: parsed strictly, and held to limits that everything beyond them can rely on."""

import json
import math
from dataclasses import dataclass
from typing import Any

from catalog.errors import InputError


@dataclass(frozen=True)
class JsonLimits:
    """How much a document may hold: how deep, how many values and keys in all, how many characters in one text."""

    depth: int = 24
    values: int = 20_000
    text: int = 2**20


def parsed(body: bytes, limits: JsonLimits) -> Any:
    """The value of a JSON document within limits; InputError says what is wrong and repeats none of it."""
    try:
        value = json.loads(body, parse_constant=_refused)
    except RecursionError as error:
        raise _too_deep(limits) from error
    except ValueError as error:  # no JSON, no UTF-8, or a number of thousands of digits
        raise InputError("The body is not valid JSON; send one JSON document in UTF-8.") from error
    check(value, limits)
    return value


def check(value: Any, limits: JsonLimits) -> None:
    """InputError where a parsed JSON value goes beyond limits, or holds what JSON and UTF-8 do not have."""
    waiting, seen = [(value, 1)], 0
    while waiting:
        found, depth = waiting.pop()
        seen += 1
        if depth > limits.depth:
            raise _too_deep(limits)
        if isinstance(found, str):
            _check_text(found, limits)
        elif isinstance(found, float) and not math.isfinite(found):
            raise InputError("A number is not finite; send numbers as JSON writes them.")
        elif isinstance(found, dict):
            waiting += [(inner, depth + 1) for pair in found.items() for inner in pair]
        elif isinstance(found, list | tuple):
            waiting += [(inner, depth + 1) for inner in found]
        if seen + len(waiting) > limits.values:
            raise InputError(f"That is too much at once; send at most {limits.values} keys and values.")


def _check_text(text: str, limits: JsonLimits) -> None:
    if len(text) > limits.text:
        raise InputError(f"A text is too long; send at most {limits.text} characters in one.")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:  # a lone half of a pair, which no encoding can write
            raise InputError("A text holds half a character (a lone surrogate); send whole ones.") from error
    if "\0" in text:
        raise InputError("A text holds the character 0, which is none; leave it out.")


def _too_deep(limits: JsonLimits) -> InputError:
    return InputError(f"The body is nested too deeply; send at most {limits.depth} levels.")


def _refused(name: str) -> None:
    raise ValueError(name)
