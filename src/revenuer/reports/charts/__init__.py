"""Charts as inline SVG: no script, no outside file, colours from the page's style.

Horizontal positions are percentages and vertical ones pixels, so that a chart follows
the width of the page while its text keeps its size. Colours are CSS classes, so that
the same picture reads in light, dark and print. Every mark says its numbers in a
`<title>`, which browsers show on hover and screen readers read.
"""
