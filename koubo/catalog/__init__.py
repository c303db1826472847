"""The catalogue: records, facts, live values, offers, graph and snapshots."""
