"""Ray Serve: one module a deployment; `app.py` binds them, `ingress.py` has the HTTP routes."""
