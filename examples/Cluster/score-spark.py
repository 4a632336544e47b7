#!/usr/bin/env python3
"""Scores a Spark DataFrame: each partition passes through ntd as an Arrow stream.

    spark-submit --files model.zip score-spark.py INPUT OUTPUT
"""
import subprocess
import sys
import threading

import pyarrow as pa
from pyspark.sql import SparkSession


def score(batches):
    """Called by mapInArrow for each partition: record batches in, record batches out."""
    process = subprocess.Popen(["ntd", "score", "-", "--model", "model.zip"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def feed():
        writer = None
        for batch in batches:
            writer = writer or pa.ipc.new_stream(process.stdin, batch.schema)
            writer.write_batch(batch)
        if writer:
            writer.close()
        process.stdin.close()

    # On a thread of its own: ntd writes before it has read everything.
    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        # A partition without rows has no batch and so no stream.
        if first := process.stdout.peek(1):
            yield from pa.ipc.open_stream(process.stdout)
    finally:
        feeder.join()
        code = process.wait()
    if first and code:
        raise RuntimeError(f"ntd ended with {code}")


if __name__ == "__main__":
    source, target = sys.argv[1:]
    spark = SparkSession.builder.getOrCreate()
    rows = spark.read.parquet(source).select("id", "PreviousEmbeddings", "CurrentEmbeddings")
    schema = "id bigint, PredictedLabel boolean, Score float, Probability float, TokenScores array<float>"
    rows.mapInArrow(score, schema).write.parquet(target)
