"""The HTTP API of the casebook: the same functions as the command line, with roles in front.

endpoint.py    what an endpoint is, and what it is called with
endpoints/     the endpoints, a file a subject, and the one table of them all
shapes/        what they take and answer
words.py       what paths, queries and bodies are made of: bounded, and documented by their types
reading.py     a request as those types, or a problem
answering.py   an answer, or a problem (RFC 9457), as it is written
idempotency.py the same request twice is one change and one answer
face.py        who calls, may they, what comes of it
openapi.py     the table as an OpenAPI 3.1 document
server.py      the process
"""
