"""Machines: settings, profiles, model sources, submission, checks. The only package that knows ports and nodes."""
