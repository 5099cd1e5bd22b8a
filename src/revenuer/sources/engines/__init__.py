"""Engines beside DuckDB: ClickHouse, embedded or a server, and Spark.

An engine is a dialect (`dialects`), a way to ask (one file each), and a way for the logs to
get there: files that DuckDB has looked through (`handover`) or tables of its own
(`own_tables`). Nothing here is imported unless such an engine is asked for.
"""
