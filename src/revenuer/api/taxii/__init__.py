"""The TAXII 2.1 server.

Source:
    OASIS (2021), "TAXII Version 2.1", OASIS Standard, 10 June 2021. Sections are named by their
    numbers.

media.py      media types that are asked for and sent (1.6.8)
query.py      filters and places in a list (3.4, 3.5)
envelopes.py  objects as they are sent (3.7)
answers.py    resources as they are written, errors among them (3.6)
routes.py     the endpoints (4, 5)
"""
