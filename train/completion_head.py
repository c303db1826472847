"""The language-model head at the answer's positions only, also on the CPU.

Gemma's vocabulary of 262k makes the head most of the cost of a step. TRL leaves out the positions without a label on
GPUs and scores all of them elsewhere, to keep shapes constant for compiled devices; on the CPU nothing is compiled. The
losses are the same.
"""

from __future__ import annotations

import trl.trainer.utils as trl_head

_SWITCH = "_use_triton"


def score_completions_only() -> None:
    """Make TRL leave out unlabelled positions on every device of this process.

    Raises:
        AttributeError: another version of TRL, which decides it elsewhere.
    """
    getattr(trl_head, _SWITCH)
    setattr(trl_head, _SWITCH, lambda device: True)
