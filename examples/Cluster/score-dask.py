#!/usr/bin/env python3
"""Scores files with Dask, in shards: a shard whose worker dies is started again elsewhere, and skips the outputs that are there.

    score-dask.py 'part-*.parquet' model.zip scores/ 64 [ADDRESS OF A SCHEDULER]

Without an address it starts four workers on this machine. Debian: python3-distributed.
"""
import os
import shlex
import subprocess
import sys

from distributed import Client, LocalCluster, as_completed


def score(files, model, scores, shard):
    """Runs in a worker; an exit code other than 0 is an error there and here."""
    # The program, as it is installed: NTD="dotnet ntd.dll" runs a build.
    command = shlex.split(os.environ.get("NTD", "ntd"))
    command += ["score", files, "--model", model, "--output", scores, "--shard", shard]
    subprocess.run(command, check=True)
    return shard


def main(files, model, scores, shards, address=None):
    cluster = None if address else LocalCluster(n_workers=4, threads_per_worker=1, dashboard_address=None)
    with Client(address or cluster) as client:
        names = [f"{i + 1}/{shards}" for i in range(int(shards))]
        futures = [client.submit(score, files, model, scores, name, key=f"score-{name}", retries=3) for name in names]
        for done, future in enumerate(as_completed(futures), start=1):
            print(f"shard {future.result()} is scored ({done} of {shards})", flush=True)
    if cluster:
        cluster.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
