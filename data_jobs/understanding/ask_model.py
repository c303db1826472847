"""Asks a language model about pages through ray.data.llm: an engine on this cluster, or an endpoint as OpenAI's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import aiohttp
import ray
import ray.data.llm

from cluster.models import endpoint, parse, resolve
from data_jobs.understanding.asking import Asking, Style
from data_jobs.understanding.page_question import answer_schema, completion, messages


def ask(pages: ray.data.Dataset, asking: Asking) -> ray.data.Dataset:
    """Rows of image_id, key and text in; rows of image_id, key, answer and error (one of the two is empty) out.

    A block of rows that cannot be asked at all, such as where the endpoint is down, is left out of the result.
    """
    pages.context.max_errored_blocks = -1
    build = _endpoint if parse(asking.source).kind == "openai" else _engine
    return build(asking)(pages).map(settled)


def settled(row: Mapping[str, Any]) -> dict[str, str]:
    """A row of the result; a row whose inference failed comes past the answer's reading, with the engine's error."""
    failure = row.get("__inference_error__")
    error = f"engine_failed: {failure!s:.200}" if failure else str(row.get("error") or "")
    answer = "" if error else str(row["answer"])
    return {"image_id": row["image_id"], "key": row["key"], "answer": answer, "error": error}


def _endpoint(asking: Asking) -> Any:
    place = endpoint(asking.source)
    config = ray.data.llm.HttpRequestProcessorConfig(
        url=f"{place.url}/chat/completions",
        headers={"Authorization": f"Bearer {place.key}"} if place.key else {},
        max_retries=asking.retries,
        batch_size=asking.batch,
        concurrency=asking.workers,
        session_factory=partial(_session, asking.timeout_s),
    )
    request = partial(_request, model=place.model, tokens=asking.tokens)
    return ray.data.llm.build_processor(config, preprocess=request, postprocess=_from_response)


def _session(timeout_s: float) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout_s))


def _request(row: Mapping[str, Any], model: str, tokens: int) -> dict[str, Any]:
    schema = {"name": "page", "strict": True, "schema": answer_schema()}
    payload = {
        "model": model,
        "messages": messages(row["text"]),
        "response_format": {"type": "json_schema", "json_schema": schema},
        "max_tokens": tokens,
        "temperature": 0,
    }
    return {"image_id": row["image_id"], "key": row["key"], "payload": payload}


def _from_response(row: Mapping[str, Any]) -> dict[str, str]:
    """An endpoint's response; one without an answer is an error."""
    same = {"image_id": row["image_id"], "key": row["key"]}
    try:
        return {**same, "answer": str(row["http_response"]["choices"][0]["message"]["content"]), "error": ""}
    except (KeyError, IndexError, TypeError):
        return {**same, "answer": "", "error": f"no_answer: {row['http_response']!s:.200}"}


def _engine(asking: Asking) -> Any:
    config = ray.data.llm.vLLMEngineProcessorConfig(
        model_source=str(resolve(asking.source)),
        engine_kwargs=dict(asking.engine.kwargs),
        placement_group_config=asking.engine.placement,
        runtime_env={"env_vars": dict(asking.engine.env_vars)},
        concurrency=asking.workers,
        batch_size=asking.batch,
        chat_template_stage=asking.style == "chat",
        tokenize_stage=False,
        detokenize_stage=False,
        should_continue_on_error=True,
    )
    prompt = partial(_prompt, style=asking.style, tokens=asking.tokens)
    return ray.data.llm.build_processor(config, preprocess=prompt, postprocess=_from_text)


def _prompt(row: Mapping[str, Any], style: Style, tokens: int) -> dict[str, Any]:
    asked = {"messages": messages(row["text"])} if style == "chat" else {"prompt": completion(row["text"])}
    form = {"json": json.dumps(answer_schema())}
    sampling = {"max_tokens": tokens, "temperature": 0, "structured_outputs": form}
    return {"image_id": row["image_id"], "key": row["key"], **asked, "sampling_params": sampling}


def _from_text(row: Mapping[str, Any]) -> dict[str, str]:
    return {"image_id": row["image_id"], "key": row["key"], "answer": str(row["generated_text"]), "error": ""}
