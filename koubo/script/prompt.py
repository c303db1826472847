"""Prompts for a writer: a short few-shot completion for a base model, chat messages for one that takes instructions."""

from __future__ import annotations

from koubo.protocols import WriteRequest

SLOTTED_REGEX: str = ""


def prompt(request: WriteRequest) -> str:
    """Return a few-shot completion prompt that ends where the section's text begins."""
    raise NotImplementedError


def messages(request: WriteRequest) -> list[dict[str, str]]:
    """Return chat messages (role, content) that ask for the section's text and nothing else."""
    raise NotImplementedError
