"""Machines: settings, profiles, model sources, job submission, checks. The only package that knows about ports and nodes."""
