"""One method a file; numbers in, numbers out; the source cited and reproduced."""
