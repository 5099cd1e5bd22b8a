"""Was that model trained on ours? Tests whose keys, statistic and threshold are fixed in advance."""
