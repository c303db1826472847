"""The settings of every job that gets pictures from the web."""

from __future__ import annotations

from pydantic import Field

from cluster.settings import JobSettings
from data_jobs.ocr.picture_web import WebLimits


class WebSettings(JobSettings):
    """Base of a job's settings with the limits of what it fetches."""

    fetch_timeout_s: float = Field(20, gt=0, description="Seconds for one try at a picture on the web.")
    fetch_tries: int = Field(3, ge=1, description="Tries at a picture on the web, with growing pauses between them.")
    private_hosts: list[str] = Field([], description="Hosts of picture addresses that may lie in a private network.")

    @property
    def web(self) -> WebLimits:
        """The limits as the reader of the web takes them."""
        return WebLimits(self.fetch_timeout_s, self.fetch_tries, frozenset(map(str.lower, self.private_hosts)))
