"""Measurements against peers, side by side in one run; nothing else should be running."""
