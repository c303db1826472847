"""Other deployments, behind our Protocols: every wait bounded, every failure turned into one of ours."""

from __future__ import annotations

import asyncio
from typing import Any

from ray.exceptions import RayError, RayTaskError
from ray.serve.exceptions import BackPressureError, RayServeException
from ray.serve.handle import DeploymentHandle

from serve_apps.problems import Busy, ServiceError, Unavailable

RETRY_AFTER_S = 1.0


class Remote:
    """A deployment to ask.

    Args:
        handle: of the deployment.
        name: what messages call it.
        timeout_s: longest wait for an answer; the call is cancelled after it.
    """

    def __init__(self, handle: DeploymentHandle, name: str, timeout_s: float) -> None:
        self._handle = handle
        self._name = name
        self._timeout_s = timeout_s

    async def ask(self, method: str, *args: Any) -> Any:
        """Call `method` of any replica.

        Raises:
            ServiceError: what the method itself raised; Busy when the queue is full; Unavailable when the deployment is
                down, starting or too slow.
        """
        try:
            return await asyncio.wait_for(self._handle.options(method_name=method).remote(*args), self._timeout_s)
        except BackPressureError as error:
            raise Busy(f"{self._name}: its queue is full", retry_after_s=RETRY_AFTER_S) from error
        except RayTaskError as error:
            if isinstance(error.cause, ServiceError):
                raise error.cause from error
            raise
        except TimeoutError as error:
            raise Unavailable(
                f"{self._name}: no answer within {self._timeout_s:g} s", retry_after_s=RETRY_AFTER_S
            ) from error
        except (RayError, RayServeException) as error:
            raise Unavailable(f"{self._name}: {type(error).__name__}", retry_after_s=RETRY_AFTER_S) from error
