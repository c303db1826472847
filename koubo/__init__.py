"""Koubo: spoken sales scripts for live commerce, grounded in facts."""
