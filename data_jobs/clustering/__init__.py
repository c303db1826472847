"""Near duplicates, topical clusters and filters of pictures."""
