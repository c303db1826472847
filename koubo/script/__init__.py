"""Scripts: brief, plan, sections with slots, rendering from live values."""
