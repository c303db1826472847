"""Rewordings by a language model behind an OpenAI-compatible endpoint; what it may not say is an error row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from cluster.models import Endpoint
from data_jobs.job import ErrorRow
from koubo.dataset.paraphrase import masked, unmasked
from koubo.dataset.training_sets import SourcedText

ASK = (
    "把下面这句话换一种说法，意思不变，口语自然。⟦1⟧ 这样的占位符原样保留，每个恰好出现一次；"
    "不要写任何数字。只输出改写后的一句话。\n\n"
)
TIMEOUT_S = 60.0


@dataclass(slots=True)
class EndpointReworder:
    """A `koubo.dataset.training_sets.Reworder`: one rewording a text, `workers` requests at a time.

    `refused` are the texts of which the model made none that could be taken, with the reason.
    """

    endpoint: Endpoint
    seed: int
    workers: int = 8
    refused: list[ErrorRow] = field(default_factory=list)

    def __call__(self, texts: Sequence[SourcedText]) -> Iterator[SourcedText]:
        """The rewordings in the order of the texts; prints progress."""
        wanted = [text for text in texts if text.decisions]
        client = httpx.Client(base_url=self.endpoint.url, headers=self._headers(), timeout=TIMEOUT_S)
        with client, ThreadPoolExecutor(self.workers) as pool:
            answers = pool.map(lambda text: self._ask(client, text), wanted)
            for number, (text, answer) in enumerate(zip(wanted, answers, strict=True), 1):
                if number % 100 == 0:
                    print(f"data_jobs.build_preferences: reworded {number}/{len(wanted)}", flush=True)
                yield from self._taken(text, answer)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.endpoint.key}"} if self.endpoint.key else {}

    def _ask(self, client: httpx.Client, text: SourcedText) -> str | Exception:
        said = [{"role": "user", "content": ASK + masked(text.labelled)}]
        body = {"model": self.endpoint.model, "messages": said, "temperature": 0.8, "seed": self.seed}
        try:
            answer = client.post("/chat/completions", json=body).raise_for_status().json()
            return str(answer["choices"][0]["message"]["content"])
        except (httpx.HTTPError, ValueError, KeyError, IndexError, TypeError) as error:
            return error

    def _taken(self, text: SourcedText, answer: str | Exception) -> Iterator[SourcedText]:
        try:
            if isinstance(answer, Exception):
                raise answer
            yield SourcedText.of(unmasked(answer, text.labelled), f"{text.source}, reworded by {self.endpoint.model}")
        except (httpx.HTTPError, ValueError, KeyError, IndexError, TypeError) as error:
            file, _, row = text.source.partition(":")
            reason = f"no rewording: {type(error).__name__} {error}"
            self.refused.append(ErrorRow(file, row, "text", text.labelled.text, reason))
