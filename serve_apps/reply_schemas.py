"""What replies and the stage look like over HTTP."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from koubo.replies.intent import Intent
from koubo.replies.reply import Manner, Why
from koubo.script.brief import BuyerRequest, Persona
from serve_apps.schemas import Answer, Body, FactOut, SentenceOut


class ReplyRequest(Body):
    """A viewer's comment about a product, or about the one on stage. Its words are data: none is ever spoken."""

    comment: str = Field(min_length=1, max_length=500, description="As the viewer wrote it, any text.")
    product_id: str | None = Field(None, min_length=1, max_length=128, description="The one on stage when absent.")
    persona: Persona = Field("热情", description="The host's manner: 热情, 亲切, 专业, 沉稳.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Varies the words; the same seed gives the same reply.")
    buyer: BuyerRequest = Field(BuyerRequest(), description="For whom prices and offers are worked out.")

    def manner(self) -> Manner:
        """Return how and to whom the reply is given."""
        return Manner(self.persona, self.seed, self.buyer.buyer(), self.buyer.quantity)


class IntentOut(Answer):
    """What the viewer wants, how sure, and the words of the rules that say so."""

    intent: Intent
    confidence: float
    why: tuple[str, ...]


class ReplyOut(Answer):
    """A reply as it may be spoken at `at`, by the values of version `as_of`, until `not_after`."""

    product_id: str
    as_of: str
    at: datetime
    not_after: datetime | None
    understood: IntentOut
    answered: bool = Field(description="Facts or live values answer what was asked.")
    needs_human: bool = Field(description="A complaint, a report or a threat: somebody should look now.")
    open_id: int | None = Field(description="The comment's id among GET /v1/replies/open; null where not logged.")
    open_why: Why | None = Field(description="Why a person has to answer.")
    written: str | None = Field(description="Null where nothing is said.")
    spoken: str | None
    sentences: tuple[SentenceOut, ...]
    facts: tuple[FactOut, ...]
    warnings: tuple[str, ...]


class OpenComment(Answer):
    """A comment that waits for a person, or did. `comment` is what a viewer wrote: show it as text only."""

    id: int
    product_id: str
    comment: str
    intent: Intent
    why: Why
    needs_human: bool
    asked: int = Field(description="How often it came while it was open.")
    first_at: datetime
    last_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    note: str | None


class OpenComments(Answer):
    """A page of comments that wait for a person, the oldest first; `next_after` is null on the last one."""

    total: int
    next_after: int | None
    comments: tuple[OpenComment, ...]


class CloseRequest(Body):
    """How it was settled."""

    note: str | None = Field(None, max_length=500)


class StageRequest(Body):
    """What goes on stage."""

    product_id: str = Field(min_length=1, max_length=128)
    script_id: str | None = Field(None, min_length=1, max_length=128, description="A kept script of this product.")


class StageOut(Answer):
    """What is on stage, since when, and whether its script may be spoken now."""

    product_id: str
    script_id: str | None
    since: datetime
    renderable: bool | None = Field(description="Whether the script is rendered now; null where none was named.")
    warning: str | None = Field(description="Why it is not, such as an approval that was withdrawn.")
