"""The rubric: seven criteria, each with its evidence."""
