"""OpenAI's form of chat completions: what is taken in, what is answered, and how errors are told."""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

MODEL = "interarec"
CHARACTERS_A_TOKEN = 4
KNOWN_PARTS = ("text", "input_text", "image_url")
PATHS = ("/v1/chat/completions", "/v1/models")
KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
CHAT_KEYS = ("chat_id", "conversation_id", "thread_id", "session_id", "user_id")


class Part(BaseModel):
    """A part of a message: text, a picture as a data URL, or something that is passed over."""

    model_config = ConfigDict(extra="ignore")

    type: str = "text"
    text: str = ""
    image_url: dict[str, str] | str = Field(default_factory=dict)


class ChatMessage(BaseModel):
    """One message in OpenAI's form."""

    model_config = ConfigDict(extra="ignore")

    role: str
    content: str | list[Part] | None = ""

    @property
    def parts(self) -> list[Part]:
        """Its parts; none where it is plain text."""
        return self.content if isinstance(self.content, list) else []

    @property
    def text(self) -> str:
        """The words of the message."""
        if isinstance(self.content, str):
            return self.content
        return " ".join(p.text for p in self.parts if p.type in ("text", "input_text"))

    @property
    def pictures(self) -> list[str]:
        """Its pictures, as data URLs."""
        given = [p.image_url for p in self.parts if p.type == "image_url"]
        return [url if isinstance(url, str) else url.get("url", "") for url in given]

    @property
    def passed_over(self) -> list[str]:
        """The kinds of its parts that cannot be taken in."""
        return sorted({p.type for p in self.parts if p.type not in KNOWN_PARTS})


class StreamOptions(BaseModel):
    """What a stream should tell besides the text."""

    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class Completion(BaseModel):
    """A request for a chat completion; settings of language models are taken and do nothing."""

    model_config = ConfigDict(extra="ignore")

    model: str = MODEL
    messages: list[ChatMessage] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions | None = None
    user: str | None = None
    metadata: dict[str, Any] | None = None

    @property
    def last(self) -> int:
        """The position of the last user message; -1 when there is none."""
        return max((i for i, m in enumerate(self.messages) if m.role == "user"), default=-1)

    @property
    def scope(self) -> list[str]:
        """Whose chat the request says that it is, as far as it says it."""
        named = [f"{k}={self.metadata[k]}" for k in CHAT_KEYS if self.metadata and k in self.metadata]
        return [*([f"user={self.user}"] if self.user else []), *named]


def tokens_in(text: str) -> int:
    """About how many tokens a text is: no language model counts them here, so four characters count as one."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


def usage_of(messages: list[ChatMessage], reply: str) -> dict[str, int]:
    """Estimated tokens of a request and its reply."""
    prompt, answer = sum(tokens_in(m.text) for m in messages), tokens_in(reply)
    return {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}


def whole(number: str, created: int, text: str, usage: dict[str, int]) -> dict[str, Any]:
    """A completion."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return {"id": number, "object": "chat.completion", "created": created, "model": MODEL, "choices": [choice], "usage": usage}


def chunk(number: str, created: int, delta: dict[str, Any], finish: str | None = None) -> str:
    """A piece of a streamed completion, as an event."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return event({"id": number, "object": "chat.completion.chunk", "created": created, "model": MODEL, "choices": [choice]})


def usage_chunk(number: str, created: int, usage: dict[str, int]) -> str:
    """The last piece of a stream that was asked to tell its usage."""
    return event({"id": number, "object": "chat.completion.chunk", "created": created, "model": MODEL, "choices": [], "usage": usage})


def event(body: dict[str, Any]) -> str:
    """A server-sent event."""
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"


def error_body(status: int, message: str) -> dict[str, Any]:
    """An error as OpenAI's clients read it."""
    kind = KINDS.get(status, "invalid_request_error" if status < 500 else "server_error")
    return {"error": {"message": message, "type": kind, "param": None, "code": status}}


def is_openai(path: str) -> bool:
    """Whether a path is one of those that OpenAI's clients call."""
    return path.startswith(PATHS)
