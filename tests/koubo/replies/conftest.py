"""The example shop, to talk to."""

from __future__ import annotations

import pytest

from tests.koubo.replies.talk import Talk, example_shop


@pytest.fixture(scope="session")
def shop() -> Talk:
    """The example catalogue, with its reviews, questions and promotions."""
    return Talk(example_shop())
