"""Checks of a profile's model sources: whether each can be had from this machine, and whether it was made already."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec

from cluster.checks import Check
from cluster.dashboard import DashboardError, get_json
from cluster.models import (
    SELF_LOADING,
    ModelSource,
    ModelSourceError,
    default_cache,
    endpoint,
    parse,
    resolve,
    version_folder,
)
from cluster.settings import Models


def source_checks(models: Models) -> Iterator[Check]:
    """One line for each model of a profile. Nothing is made or downloaded."""
    for role, source in models.model_dump(exclude_none=True).items():
        try:
            yield _check(role, parse(source))
        except ModelSourceError as error:
            yield Check("fail", role, str(error))


def _check(role: str, source: ModelSource) -> Check:
    if source.kind == "openai":
        return _endpoint(role, source)
    if source.kind == "hub":
        return _hub(role, source)
    if source.kind == "package" and source.place not in SELF_LOADING:
        folder = version_folder(source.place, default_cache())
        state = f"made in {folder}" if folder.is_dir() else "installed; made at first use, which takes up to a minute"
        return Check("ok", role, f"{source}: {state}")
    return Check("ok", role, f"{source}: {resolve(str(source))}")


def _endpoint(role: str, source: ModelSource) -> Check:
    found = endpoint(str(source))
    headers = {"Authorization": f"Bearer {found.key}"} if found.key else {}
    try:
        names = [model["id"] for model in get_json(found.url, "/models", headers)["data"]]
    except (DashboardError, KeyError, TypeError) as error:
        return Check("fail", role, f"{source}: {error}", "check URL (it ends in /v1 mostly) and KOUBO_ENDPOINT_KEY")
    if found.model not in names:
        return Check("warn", role, f"{source}: not among its models {', '.join(names[:5])}", "check the name after #")
    return Check("ok", role, f"{source}: answers")


def _hub(role: str, source: ModelSource) -> Check:
    if not source.place:
        return Check("ok", role, "hub: the library downloads it by its own name at first use")
    if _in_hub_cache(source.place):
        return Check("ok", role, f"{source}: in the hub's cache")
    if os.environ.get("HF_HUB_OFFLINE", "") not in ("", "0"):
        return Check("fail", role, f"{source}: not in the hub's cache", "unset HF_HUB_OFFLINE, or use folder:PATH")
    return Check("warn", role, f"{source}: not here yet", "it is downloaded at first use, on each node")


def _in_hub_cache(name: str) -> bool:
    if find_spec("huggingface_hub") is None:
        return False
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(name, "config.json"), str)
