"""Ray Data jobs: one module a job, each runnable as `python -m data_jobs.<job> --help`."""
