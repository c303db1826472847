"""The application of `serve run cluster/profiles/PROFILE/serve.yaml`: deployments for facts, reading, scoring and
generation behind one ingress. Importing it starts nothing; `build` does the binding.
"""

# No `from __future__ import annotations`: Serve reads the builder's annotation to validate `args:`.
from ray.serve import Application

from serve_apps import facts, generation, ingress, reader, scorer
from serve_apps.settings import AppSettings


def build(args: AppSettings) -> Application:
    """The application of a profile. Replicas, autoscaling and queues are the `deployments:` of its serve.yaml."""
    return bind(args, None if args.writer.engine is None else generation.engine_app(args.writer))


def bind(settings: AppSettings, engine: Application | None) -> Application:
    """Bind the deployments around an engine, or around none when an endpoint writes."""
    return ingress.deployment.bind(
        settings,
        facts.deployment.bind(settings),
        reader.deployment.bind(settings.lexicon),
        scorer.deployment.bind(settings.embedder),
        engine,
    )
