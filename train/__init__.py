"""Ray Train: supervised fine-tuning, preference training, export."""
