"""What goes to other operators and what comes from them.

tlp.py        the Traffic Light Protocol: who may see what

STIX objects are plain dictionaries here, as they stand on the wire.
"""
