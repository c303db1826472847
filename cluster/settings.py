"""Typed settings: one class a job, whose fields are the flags, the YAML keys and the documentation.

Values come, strongest first, from the command line, the profile's section for the job, and the field's default.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, CliSettingsSource, InitSettingsSource, SettingsConfigDict

from cluster.models import parse as parse_model_source

PROFILES = Path(__file__).parent / "profiles"


class SettingsError(Exception):
    """A setting that cannot be used; the message names the setting, its value and what to do."""


class Section(BaseModel):
    """Base of a part of a profile: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Models(Section):
    """Where each model of a profile comes from, as `kind:place` (see `cluster.models`)."""

    ocr: str = Field(description="PaddleOCR models: package:rapidocr, folder:PATH or hub (Paddle downloads by name).")
    writer: str = Field(description="Language model that writes sections and scores readings.")
    embedder: str = Field(description="Sentence embeddings.")
    understander: str | None = Field(
        None, description="Language model that is asked about pictures whose topic is in doubt; none: rules decide all."
    )

    @field_validator("ocr", "writer", "embedder", "understander")
    @classmethod
    def _checked(cls, source: str | None) -> str | None:
        return None if source is None else str(parse_model_source(source))


class RayCluster(Section):
    """What the demo's own Ray cluster is started with; a real cluster brings its own."""

    num_cpus: int = Field(description="Logical CPUs: more than cores, so that small actors can wait beside busy ones.")
    num_gpus: int = Field(0, description="GPUs of a node, real or logical.")
    object_store_mb: int = Field(512, description="Object store of a node, MiB.")


class Profile(Section):
    """A machine class as data: models, cluster size, and the defaults of each job."""

    models: Models
    ray: RayCluster
    jobs: dict[str, dict[str, Any]] = Field(description="Job name (data_jobs.ocr_images) -> its settings' values.")


def profile_folder(name: str) -> Path:
    """The folder of a profile: `profile.yaml` and `serve.yaml`. Raises SettingsError for an unknown name."""
    folder = PROFILES / name
    if not (folder / "profile.yaml").is_file():
        known = ", ".join(sorted(p.parent.name for p in PROFILES.glob("*/profile.yaml")))
        raise SettingsError(f"profile {name!r}: no such profile; there are: {known}")
    return folder


@cache
def load_profile(name: str) -> Profile:
    """Read and check `cluster/profiles/NAME/profile.yaml`.

    Raises:
        SettingsError: an unknown profile, or a key of it that is wrong.
    """
    path = profile_folder(name) / "profile.yaml"
    try:
        return Profile.model_validate(yaml.safe_load(path.read_text(encoding="utf8")))
    except ValidationError as error:
        raise SettingsError(f"{path}: {error}") from error


class JobSettings(BaseSettings):
    """Base of a job's settings. Subclasses name their job in `job` and add fields with descriptions."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, cli_kebab_case=True, cli_implicit_flags=True, cli_hide_none_type=True
    )
    job: ClassVar[str]

    profile: str = Field("laptop", description="Machine class whose defaults apply: laptop or gpu.")

    @property
    def models(self) -> Models:
        """The model sources of the profile."""
        return load_profile(self.profile).models

    @classmethod
    def settings_customise_sources(cls, settings_cls: Any, init_settings: Any, *_: Any, **__: Any) -> Any:
        """Values come from where they are given, not from environment variables that are named like a field."""
        return (init_settings,)

    @classmethod
    def of_profile(cls, profile: str, **values: Any) -> Self:
        """Settings from these values over the profile's section, as `from_cli` makes them of flags.

        Raises:
            SettingsError: an unknown profile.
            ValidationError: a value that is wrong.
        """
        return cls.model_validate({**load_profile(profile).jobs.get(cls.job, {}), **values, "profile": profile})

    @classmethod
    def from_cli(cls, argv: Sequence[str] | None = None) -> Self:
        """Settings from the command line over the profile's section; exits with 2 and a message on a bad one."""
        args = list(sys.argv[1:] if argv is None else argv)
        early = argparse.ArgumentParser(add_help=False)
        early.add_argument("--profile", default=cls.model_fields["profile"].default)
        try:
            section = load_profile(early.parse_known_args(args)[0].profile).jobs.get(cls.job, {})
            return cls._merge(args, section)
        except (SettingsError, ValidationError) as error:
            print(f"{cls.job}: {explain(error)}", file=sys.stderr)
            raise SystemExit(2) from error

    @classmethod
    def _merge(cls, args: list[str], section: dict[str, Any]) -> Self:
        doc = (sys.modules[cls.__module__].__doc__ or "").strip()

        class Cli(cls):  # type: ignore[misc, valid-type]
            model_config = SettingsConfigDict(cli_prog_name=f"python -m {cls.job}")
            __doc__ = doc

            @classmethod
            def settings_customise_sources(cls, settings_cls: Any, *_: Any, **__: Any) -> Any:
                cli: CliSettingsSource[Any] = CliSettingsSource(
                    settings_cls, cli_parse_args=args, formatter_class=argparse.RawDescriptionHelpFormatter
                )
                return cli, InitSettingsSource(settings_cls, init_kwargs=section)

        return cls.model_validate(Cli().model_dump())


def explain(error: Exception) -> str:
    """A bad setting in one line: its flag, what is wrong with it, and what was given."""
    if not isinstance(error, ValidationError):
        return str(error)
    lines = (
        f"--{'-'.join(map(str, e['loc'])).replace('_', '-')}: {e['msg']} (got {e.get('input')!r})"
        for e in error.errors()
    )
    return "; ".join(lines) + "; see --help"
