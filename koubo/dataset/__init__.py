"""Data to learn from: labelled readings, the decisions in them, training rows."""
