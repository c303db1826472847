"""The peer of slotted scripts: the same model writes the whole script freely from the same brief, numbers and all."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from data_jobs.writing.engine_writer import EngineWriter
from koubo.script.brief import Brief
from koubo.script.slots import OFFER_SLOTS

_ENDS = re.compile("[。！？!?]")
_OVER = re.compile(r"\n\s*\n|\n(?:商品|资料|口播稿)：")


@dataclass(frozen=True, slots=True)
class FreeScript:
    """What was written, seconds until its first sentence was whole and until it was done, and its tokens."""

    text: str
    first_sentence_s: float
    seconds: float
    tokens: int


def asked(brief: Brief, style: str) -> str | list[dict[str, str]]:
    """The prompt: the product's lines, and its prices and offers as they are now, in words."""
    facts = "；".join(brief.lines())
    offers = "；".join(words for slot, words in brief.available.items() if slot in OFFER_SLOTS)
    about = f"商品：{brief.short_name}\n资料：{facts}\n价格和优惠：{offers}\n"
    wanted = f"{brief.request.seconds}秒（约{round(brief.request.seconds * 4.5)}字）"
    if style == "chat":
        rules = "你是带货主播，只说资料里有的话，口语、短句，价格和优惠照资料说，最后请观众下单。只输出口播稿。"
        return [{"role": "system", "content": rules}, {"role": "user", "content": f"{about}写一段{wanted}的口播稿。"}]
    return f"直播间主播的口播稿，{wanted}，口语，价格照资料说，最后请观众下单。\n\n{about}口播稿："


async def write_freely(writer: EngineWriter, brief: Brief, style: str, temperature: float, seed: int) -> FreeScript:
    """Write one script, streamed, and time its first sentence."""
    from vllm import SamplingParams

    most = round(brief.request.seconds * 4.5 * 1.3)
    wanted = SamplingParams(temperature=temperature, seed=seed, max_tokens=most, min_tokens=16)
    started = time.perf_counter()
    first, text, tokens = 0.0, "", 0
    prompt = await writer.prompt(asked(brief, style))
    async for output in writer.engine.generate(prompt, wanted, f"free-{brief.product_id}-{seed}"):
        text, tokens = output.outputs[0].text, len(output.outputs[0].token_ids)
        if not first and _ENDS.search(text):
            first = time.perf_counter() - started
    seconds = time.perf_counter() - started
    return FreeScript(_OVER.split(text.strip())[0].replace("\n", ""), first or seconds, seconds, tokens)
