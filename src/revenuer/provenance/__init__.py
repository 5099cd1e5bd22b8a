"""Was that model trained on ours? Tests whose keys and thresholds are fixed in advance."""
