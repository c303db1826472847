"""The pipeline's report: one HTML page with its pictures inside."""
