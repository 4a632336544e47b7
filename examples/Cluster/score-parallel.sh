#!/usr/bin/env bash
# Scores files with GNU parallel, in shards: on this machine, or with --sshlogin on those that see the same files. Started again with
# the same log it goes on: finished shards are skipped, and within the others the outputs that are there.
#   score-parallel.sh 'part-*.parquet' model.zip scores/ 16 jobs.log [options of parallel]
set -euo pipefail
files=$1 model=$2 scores=$3 shards=$4 log=$5
shift 5

# The program, as it is installed: NTD="dotnet ntd.dll" runs a build.
read -r -a ntd <<<"${NTD:-ntd}"
seq "$shards" | parallel --quote --joblog "$log" --resume-failed "$@" \
  "${ntd[@]}" score "$files" --model "$model" --output "$scores" --shard "{}/$shards"
