"""What goes over the wire: requests and responses of the API."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from tools.needs import LONGEST_CORRECTION, Category

LONGEST_MESSAGE = 4000


class Closed(BaseModel):
    """A request that takes nothing it does not know."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """What is wrong with a request, in a sentence."""

    detail: str


class SessionCreated(BaseModel):
    """A new session; its id is a secret of whoever made it."""

    session_id: str


class Card(BaseModel):
    """A product as it is shown."""

    item_id: str
    handle: str
    title: str
    brand: str | None = None
    price: str | None = None
    currency: str | None = None
    list_price: str | None = None
    rating: float | None = None
    review_count: int | None = None
    promotion: str | None = None
    image: str | None = None
    reasons: list[str] = Field(default_factory=list)


class Message(BaseModel):
    """One message of a conversation."""

    role: str
    text: str
    products: list[Card] = Field(default_factory=list)
    calls: list[dict[str, Any]] = Field(default_factory=list)


class History(BaseModel):
    """The messages of a session, oldest first."""

    messages: list[Message]
    asked: list[str] = Field(default_factory=list)
    """Questions whose answers are under way; they join the messages together with them."""


class Opened(BaseModel):
    """A page that was opened for browsing."""

    url: str


class FrameTaken(BaseModel):
    """A frame as it was stored: redacted, by its digest."""

    digest: str
    width: int
    height: int


class SeenFrame(BaseModel):
    """A frame that was read."""

    digest: str
    url: str
    kind: str
    products: int


class Summary(BaseModel):
    """The behaviour summary of a session."""

    categories: dict[str, str]
    products: list[dict[str, Any]]
    frames: list[SeenFrame]
    notes: list[str]


class Correction(Closed):
    """What the shopper says the summary should say; an empty text takes a category out."""

    categories: dict[Category, Annotated[str, Field(max_length=LONGEST_CORRECTION)]] = Field(
        default_factory=dict
    )
    forget_brands: bool = False


class ChatRequest(Closed):
    """One message of the shopper."""

    message: str = Field(min_length=1, max_length=LONGEST_MESSAGE)


class ChatReply(BaseModel):
    """The answer to it."""

    reply: str
    products: list[Card]
    calls: list[dict[str, Any]]
    notes: list[str]


class RecommendRequest(Closed):
    """How many products to recommend from what was seen and wished so far."""

    k: int = Field(default=4, ge=1, le=12)


class Recommendations(BaseModel):
    """Products with the reasons for each."""

    products: list[Card]
