"""What goes to other operators and what comes from them.

tlp.py        the Traffic Light Protocol: who may see what
bounded.py      what strangers send, within bounds of bytes and depth
http_client.py  requests to another operator's server
taxii_client.py collections of a TAXII server, and pushing into them
taxii_pull.py   pulling what is new, page by page

STIX objects are plain dictionaries here, as they stand on the wire.
"""
