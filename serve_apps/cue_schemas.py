"""Cues over HTTP: what voice, face, hands, picture and captions do while a sentence is spoken (see docs/cues.md)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from koubo.catalog.facts import Box


class Cue(BaseModel):
    """A part of the cues; read from the domain's objects by their attributes."""

    model_config = ConfigDict(from_attributes=True)


class EmphasisOut(Cue):
    """A stretch that is stressed, in characters of both forms."""

    slot: str
    level: Literal["strong", "moderate"]
    start: int
    end: int
    spoken_start: int
    spoken_end: int


class PictureOut(Cue):
    """The picture to show."""

    image: str = Field(description="Path or URI, as the catalogue names it.")
    box: Box | None = Field(description="Where in the image, in pixels, the fact was read; null for all of it.")
    fact_id: str | None = Field(description="The fact that was read from it; null for the product's main picture.")


class CaptionOut(Cue):
    """One or two lines to be shown from `start` to `end`, in seconds of the script."""

    start: float
    end: float
    lines: tuple[str, ...]


class CuesOut(Cue):
    """The cues of a sentence. Times are estimates, in seconds from the start of the script."""

    start: float
    seconds: float = Field(description="With the pause after it: the next sentence starts at start + seconds.")
    pause: float = Field(description="Silence after the sentence.")
    ssml: str = Field(description="A whole SSML 1.1 document.")
    emphasis: tuple[EmphasisOut, ...]
    emotion: str = Field(description="A tag of docs/cues.md, for voice and face.")
    gesture: str = Field(description="A tag of docs/cues.md, for the hands.")
    picture: PictureOut | None
    captions: tuple[CaptionOut, ...]
