"""`--plan`: the memory and time of a run by arithmetic, without Ray and without a model's weights.

See `train.memory` and `train.speed` for the formulas and their sources. The device's size and rates are settings, which
profiles fill in.
"""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass

from koubo.dataset.rows import DatasetError, load_rows
from train.memory import GIB, Memory, memory
from train.settings import TrainError, TrainSettings
from train.shape import ModelShape, shape_of
from train.speed import step_seconds
from train.tasks import Task
from train.workload import Workload, steps, workload

SIZES = (1, 8, 64)
"""Numbers of workers that are planned for, beside the run's own."""
USABLE = 0.9
"""Share of a device that a run can count on; the rest goes to fragmentation."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A run by arithmetic: what the model and the rows are, and what each number of workers needs."""

    settings: TrainSettings
    shape: ModelShape
    work: Workload

    @property
    def usable(self) -> float:
        """Bytes of a device that the run may take."""
        return self.settings.device_gib * GIB * USABLE

    def memory(self, workers: int) -> Memory:
        """Memory of one of so many workers."""
        return memory(self.shape, self.settings, self.work, workers)


def make_plan(task: Task, settings: TrainSettings) -> Plan:
    """Plan a run.

    Raises:
        DatasetError: unusable rows, or a model whose shape is not known.
    """
    rows = load_rows(settings.rows, task.form)
    return Plan(settings, shape_of(settings.base_source), workload(task, settings, rows))


def check_fits(plan: Plan) -> None:
    """Raise TrainError where the run's own workers do not fit on their devices, with what would help."""
    need = plan.memory(plan.settings.workers)
    if need.total <= plan.usable:
        return
    largest = max(asdict(need).items(), key=lambda part: part[1])[0]
    raise TrainError(
        f"cannot fit: each of {plan.settings.workers} workers needs {need.total / GIB:.1f} GiB, most of it for "
        f"{largest}, and may take {plan.usable / GIB:.1f} of the device's {plan.settings.device_gib:g} GiB; "
        f"{_remedy(plan.settings, largest)}"
    )


def print_plan(task: Task, settings: TrainSettings) -> None:
    """Print the plan of a run: the body of `--plan`. Exits with 2 where it cannot be made or the run cannot fit."""
    try:
        plan = make_plan(task, settings)
        print("\n".join(plan_lines(task, plan)))
        check_fits(plan)
    except DatasetError as error:
        print(f"train.{task.name} --plan: {error}", file=sys.stderr)
        raise SystemExit(2) from error


def plan_lines(task: Task, plan: Plan) -> list[str]:
    """The plan as a table: what each number of workers needs, in GiB a worker, and how long it takes."""
    s, shape, work = plan.settings, plan.shape, plan.work
    lora = shape.lora_parameters(s.lora_rank)
    heads = ("workers", *Memory.__slots__, "total", "fits", "steps", "s/step", "rows/s", "hours")
    table = [heads, *(_cells(plan, workers) for workers in sorted({*SIZES, s.workers}))]
    return [
        f"model    {s.base_source}: {shape.parameters / 1e9:.2f} B parameters, {shape.layers} layers of "
        f"{shape.hidden}, vocabulary {shape.vocabulary}; LoRA rank {s.lora_rank}: {lora / 1e6:.1f} M",
        f"rows     {work.rows}, at most {work.most_tokens} tokens ({work.tokens:.0f} in the mean, a character counted "
        f"as one), {work.sequences} sequences a worker and step",
        f"setting  {task.name}, {s.dtype}, deepspeed {s.deepspeed}, activations "
        f"{'recomputed' if s.gradient_checkpointing else 'kept'}",
        f"device   {s.device_gib:g} GiB ({USABLE:.0%} usable), {s.device_tflops:g} TFLOP/s sustained, "
        f"{s.link_gbytes:g} GB/s between workers",
        "",
        *("".join(cell.rjust(max(len(head) + 2, 9)) for cell, head in zip(row, heads, strict=True)) for row in table),
    ]


def _cells(plan: Plan, workers: int) -> tuple[str, ...]:
    need = plan.memory(workers)
    parts = [f"{size / GIB:.2f}" for size in (*asdict(need).values(), need.total)]
    count = steps(plan.settings, plan.work.rows, workers)
    each = step_seconds(plan.shape, plan.settings, plan.work, workers)
    fits = "yes" if need.total <= plan.usable else "no"
    rate = workers * plan.settings.batch / each
    return (str(workers), *parts, fits, str(count), f"{each:.2f}", f"{rate:.0f}", f"{count * each / 3600:.2f}")


def _remedy(settings: TrainSettings, largest: str) -> str:
    if largest in ("activations", "head") and settings.batch > 1:
        recompute = "" if settings.gradient_checkpointing else "--gradient-checkpointing, "
        return f"try {recompute}a smaller --batch or --max-length"
    if settings.deepspeed != "zero3":
        return "try --deepspeed zero3 on more workers, which divides the weights among them"
    return "try more workers or a smaller model"
