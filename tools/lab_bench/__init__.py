"""What `make bench-lab` measures, job by job."""
