"""A Ray dashboard: where it is, and its REST routes, read-only. Without Ray installed, this still loads."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from typing import Any

DEFAULT_ADDRESS = "http://127.0.0.1:8265"
TIMEOUT = 5.0  # seconds


class DashboardError(Exception):
    """A route that did not answer with JSON; the message names it."""


def cluster_address(address: str | None) -> str:
    """The dashboard's address: as given, else RAY_API_SERVER_ADDRESS, else this machine's usual one."""
    return (address or os.environ.get("RAY_API_SERVER_ADDRESS") or DEFAULT_ADDRESS).rstrip("/")


def get_json(address: str, path: str, headers: dict[str, str] | None = None) -> Any:
    """The JSON that `address` + `path` answers. Without `headers`, Ray's token is sent where there is one.

    Raises:
        DashboardError: no connection, an HTTP error, or no JSON.
    """
    from ray._private.authentication.http_token_authentication import get_auth_headers_if_auth_enabled

    request = urllib.request.Request(
        address + path, headers=get_auth_headers_if_auth_enabled({}) if headers is None else headers
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            return json.load(response)
    except (OSError, ValueError) as error:
        raise DashboardError(f"{address}{path}: {error}") from error
