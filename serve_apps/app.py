"""The application of `serve run cluster/profiles/PROFILE/serve.yaml`: deployments for facts, reading, scoring and
generation behind one ingress. Importing it starts nothing; `build` does the binding.
"""

# No `from __future__ import annotations`: Serve reads the builder's annotation to validate `args:`.
from ray.serve import Application

from serve_apps import facts, generation, ingress, reader, scorer
from serve_apps.settings import AppSettings


def build(args: AppSettings) -> Application:
    """Bind the deployments. Replicas, autoscaling and queues are the `deployments:` of the profile's serve.yaml."""
    engine = None if args.writer.engine is None else generation.engine_app(args.writer)
    return ingress.deployment.bind(
        args,
        facts.deployment.bind(args),
        reader.deployment.bind(),
        scorer.deployment.bind(),
        engine,
    )
