"""What is served over HTTP: one server, one process, several faces.

server.py     puts the faces together and serves them
connection.py deadlines of a connection, and its client certificate
access.py     who calls, and how much they may
bodies.py     the body of a request, bounded in bytes and in time
problems.py   what goes wrong, as status and words
taxii/        the TAXII 2.1 server
"""
