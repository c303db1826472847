"""What a page is about: topic, summary and statements, by rules and, where a profile has one, a model."""
