"""What goes over HTTP of a stream's plan. Moments have a zone; an entry's request is one for POST /v1/scripts."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from koubo.script.brief import BriefRequest, Occasion
from koubo.script.stream_request import ProductRole, StreamRequest
from serve_apps.schemas import Answer


class LikenessOut(Answer):
    """How alike a text is to the likest said before it, own words only."""

    share: float = Field(description="Jaccard index of the three-character runs, 0 to 1.")
    run: str = Field(description="The longest run of characters shared.")


class TurnOut(Answer):
    """A script's time in the stream."""

    at: datetime
    ends_at: datetime
    seconds: int
    product_id: str
    role: ProductRole = Field(description="hero 爆款, traffic 引流款, profit 利润款.")
    occasion: Occasion
    visit: int = Field(description="1 when the product comes for the first time.")
    why: str = Field(description="What put the turn there.")


class StreamEntryOut(Answer):
    """A turn, and the request whose script opens and closes unlike all before it."""

    position: int
    turn: TurnOut
    name: str = Field(description="What the product is called aloud.")
    request: BriefRequest = Field(description="To be sent to POST /v1/scripts as it is.")
    opening: str = Field(description="The planned opening, with its slots.")
    closing: str = Field(description="The planned closing, with its slots.")
    opening_likeness: LikenessOut
    closing_likeness: LikenessOut
    tried: int = Field(description="Seeds tried.")
    over_bound: tuple[str, ...] = Field(description="opening, closing: which of them no seed kept within the bound.")


class LeftOutOut(Answer):
    """What has no place in the stream, and why."""

    product_id: str
    why: str


class StreamPlanOut(Answer):
    """A whole stream, planned."""

    request: StreamRequest
    version: str = Field(description="Snapshot and live values that it was planned with.")
    most_alike: float = Field(description="The bound on `share` of two openings or two closings.")
    longest_shared: int = Field(description="The bound on the length of `run`.")
    over_bound: int = Field(description="Entries that exceed the bound.")
    entries: tuple[StreamEntryOut, ...]
    left_out: tuple[LeftOutOut, ...]
