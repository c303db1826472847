"""The parts of mining that run on workers."""
