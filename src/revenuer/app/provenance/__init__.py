"""`provenance`: commit in advance, ask a suspect, test what it answered."""
