"""What a person can ask of sharing, one function each; faces call only these."""
