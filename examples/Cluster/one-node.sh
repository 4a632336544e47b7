#!/usr/bin/env bash
# A Slurm of this machine alone, for as long as a command runs: to try a job before there is a cluster.
#   one-node.sh COMMAND...      e.g. one-node.sh sbatch --wait train.sbatch
# Needs slurmctld, slurmd and munged (Debian: slurm-wlm, munge; libpmix-dev for Open MPI), and to be root, as slurmd does.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
folder=$(mktemp -d)
chmod 755 "$folder"
mkdir "$folder"/{state,spool}
export SLURM_CONF=$folder/slurm.conf

stop() {
  for daemon in slurmd slurmctld munged; do
    if [ -f "$folder/$daemon.pid" ]; then kill "$(cat "$folder/$daemon.pid")" || true; fi
  done
  # They write until they have ended.
  for _ in $(seq 100); do
    if ! ls "$folder"/*.pid >/dev/null 2>&1 && rm -rf "$folder" 2>/dev/null; then break; fi
    sleep 0.1
  done
}
trap stop EXIT

# Two ports that nobody has.
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])' 2>/dev/null || echo $((RANDOM % 20000 + 20000)); }

(umask 077 && dd if=/dev/urandom of="$folder/munge.key" bs=128 count=1 status=none)
munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/munged.pid" \
  --log-file="$folder/munged.log" --seed-file="$folder/munge.seed"

# Enough for two processes, whatever there is. (nproc heeds OMP_NUM_THREADS, but for --all.)
cpus=$(nproc --all)
[ "$cpus" -ge 2 ] || cpus=2

cat >"$SLURM_CONF" <<CONF
ClusterName=one
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
SlurmctldPort=$(port)
SlurmdPort=$(port)
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdParameters=config_overrides
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$cpus State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
CONF
slurmctld -f "$SLURM_CONF"
slurmd -f "$SLURM_CONF"
for _ in $(seq 100); do
  if sinfo -h -t idle 2>/dev/null | grep -q idle; then break; fi
  sleep 0.2
done
if ! sinfo -h -t idle | grep -q idle; then
  cat "$folder"/*.log >&2
  exit 1
fi
"$@"
