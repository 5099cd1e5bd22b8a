"""What `make bench-guard` measures with: a load generator in C, shapes, servers to compare."""
