"""Teachers and students: distil one's own models, and measure what keeps others from doing so.

The only package that imports torch; it is the extra `[lab]`.
"""
