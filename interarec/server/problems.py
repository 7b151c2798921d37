"""How the server says that something went wrong: one sentence, as JSON, that repeats nothing of what was sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import JSONResponse

from interarec.server.openai_wire import error_body, is_openai

OWN_NAMES = 2  # parts of a place: of the request as a whole, and of a field of ours; what is deeper may be the sender's


def problem(path: str, status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer for a request that is refused; the OpenAI-compatible paths have it under ``error``."""
    body = error_body(status, detail) if is_openai(path) else {"detail": detail}
    return JSONResponse(body, status, dict(headers or {}))


def first_fault(errors: Sequence[Any]) -> str:
    """The first of pydantic's errors as a sentence; names that the sender chose and values stay out of it.

    >>> first_fault([{"type": "extra_forbidden", "loc": ("body", "x" * 9), "msg": "Extra inputs are not permitted"}])
    'The request holds a field that is not known; leave it out.'
    >>> first_fault([{"type": "missing", "loc": ("body", "message"), "msg": "Field required"}])
    'message: Field required.'
    """
    fault = errors[0]
    place = [str(part) for part in fault["loc"]]
    if fault["type"] == "extra_forbidden":
        within = f" under {place[1]}" if len(place) > OWN_NAMES else ""
        return f"The request holds a field{within} that is not known; leave it out."
    return f"{place[1] if len(place) >= OWN_NAMES else 'The request'}: {fault['msg']}."
