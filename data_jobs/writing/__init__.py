"""Parts of `data_jobs.write_scripts`."""
