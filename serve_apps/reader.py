"""The Reader deployment: written texts to what a host says.

Texts of a request travel together, one hop for up to 256 of them. The rule chooser reads one text after another, so
`serve.batch` across requests would add its waiting time and save nothing. Where a profile turns a model on, it is asked
once a request, about the spans of thin margin.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ray import serve
from ray.serve.handle import DeploymentHandle

from koubo.reading import MerchantReader
from serve_apps.engine import Engine
from serve_apps.engine_choosers import chooser_of
from serve_apps.parts import PartState, ReadTexts
from serve_apps.reading_chooser import ReadingChooser, by_rules
from serve_apps.settings import ChooserSettings


class Reader:
    """ReaderPart on the rule chooser, and on a model where one is given.

    Args:
        lexicon: a merchant's own readings, followed while serving; None for none.
        chooser: the model in the cascade; None for the rules alone.
    """

    def __init__(self, lexicon: Path | None = None, chooser: ReadingChooser | None = None) -> None:
        self._merchant = MerchantReader(lexicon)
        self._chooser = chooser

    async def read(self, texts: Sequence[str]) -> ReadTexts:
        """One reading a text, in order; entries of the lexicon go before everybody."""
        pinned = [self._merchant.pins(text) for text in texts]
        return by_rules(texts, pinned) if self._chooser is None else await self._chooser.read(texts, pinned)

    async def state(self) -> PartState:
        """Always ok: it has nothing to wait for; says which lexicon is in service."""
        return PartState("ok", self._merchant.state)

    async def chooser_state(self) -> PartState | None:
        """How the model in the cascade is; None where there is none."""
        return None if self._chooser is None else await self._chooser.state()


class ReaderReplica(Reader):
    """Reader as a deployment: asks the engine's deployment where settings name a model."""

    def __init__(
        self, lexicon: Path | None, settings: ChooserSettings | None = None, engine: DeploymentHandle | None = None
    ) -> None:
        chooser = None
        if settings is not None and engine is not None:
            asked = Engine(engine, serve.get_replica_context().app_name)
            chooser = ReadingChooser(chooser_of(settings, asked), settings)
        super().__init__(lexicon, chooser)


deployment = serve.deployment(ReaderReplica, name="Reader", max_ongoing_requests=4, max_queued_requests=256)
