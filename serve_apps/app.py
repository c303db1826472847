"""The application of `serve run cluster/profiles/PROFILE/serve.yaml`: deployments for facts, reading, scoring and
generation behind one ingress. Importing it starts nothing; `build` does the binding.
"""

# No `from __future__ import annotations`: Serve reads the builder's annotation to validate `args:`.
from ray.serve import Application

from serve_apps import facts, ingress, reader, scorer
from serve_apps.engine import engine_app
from serve_apps.settings import AppSettings

WRITER, CHOOSER = "Writer", "Chooser"


def build(args: AppSettings) -> Application:
    """The application of a profile. Replicas, autoscaling and queues are the `deployments:` of its serve.yaml."""
    engine = args.writer.engine
    return bind(args, None if engine is None else engine_app(WRITER, args.writer.source, engine), _chooser(args))


def bind(settings: AppSettings, engine: Application | None, chooser: Application | None = None) -> Application:
    """Bind the deployments around a writing engine, or around none when an endpoint writes.

    `chooser` is the engine that chooses readings; where settings ask for one and none is given, the writer's does.
    """
    return ingress.deployment.bind(
        settings,
        facts.deployment.bind(settings),
        reader.deployment.bind(settings.lexicon, settings.chooser, settings.chooser and (chooser or engine)),
        scorer.deployment.bind(settings, engine if settings.judge else None),
        engine,
    )


def _chooser(args: AppSettings) -> Application | None:
    if args.chooser is None or args.chooser.engine is None:
        return None
    return engine_app(CHOOSER, args.chooser.source, args.chooser.engine)
