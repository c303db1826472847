"""One change of a stored script, as a route is given it: which script, by whom, having seen which revision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Response

from koubo.script.revise import Place
from koubo.script.script import Script
from serve_apps.dependencies import Actor, Id, Seen, SeenRequired, Using, etag
from serve_apps.library import Change
from serve_apps.script_answers import slotted_answer
from serve_apps.script_schemas import ScriptOut
from serve_apps.script_store import KeptScript
from serve_apps.studio import Studio


@dataclass(frozen=True, slots=True)
class Revising:
    """A script that is to be changed, and the answer's headers."""

    script_id: str
    studio: Studio
    response: Response
    seen: frozenset[int] | None
    actor: str

    def as_change(self, what: str, field: str = "body") -> Change:
        """The change, named; `field` is the one that a refusal is about."""
        return Change(self.actor, what, self.seen, field)

    async def change(self, what: str, how: Callable[[Script], Script], field: str = "body") -> ScriptOut:
        """Change the script and answer with it as it is then. Raises as `ScriptLibrary.change` does."""
        change = self.as_change(what, field)
        return self.answer(await self.studio.library.change(self.script_id, change, how))

    def answer(self, kept: KeptScript) -> ScriptOut:
        """The changed script."""
        return tagged(self.response, kept)


def tagged(response: Response, kept: KeptScript) -> ScriptOut:
    """A stored script, with its revision as the answer's ETag."""
    response.headers["ETag"] = etag(kept.revision.number)
    return slotted_answer(kept)


Section = Annotated[int, Path(ge=0, le=10_000, description="Number of the section, from 0.")]
Sentence = Annotated[int, Path(ge=0, le=10_000, description="Number of the sentence in its section, from 0.")]


async def _at(section: Section, sentence: Sentence) -> Place:
    return Place(section, sentence)


async def _seen(script_id: Id, studio: Using, response: Response, seen: SeenRequired, actor: Actor = "api") -> Revising:
    return Revising(script_id, studio, response, seen, actor)


async def _any(script_id: Id, studio: Using, response: Response, seen: Seen, actor: Actor = "api") -> Revising:
    return Revising(script_id, studio, response, seen, actor)


At = Annotated[Place, Depends(_at)]
SeenRevising = Annotated[Revising, Depends(_seen)]
"""A change that must say which revision it was made from."""
AnyRevising = Annotated[Revising, Depends(_any)]
"""A change that may be made whatever was seen."""
