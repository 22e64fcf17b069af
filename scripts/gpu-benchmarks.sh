#!/usr/bin/env bash
# Compares rollouts and updates on an NVIDIA GPU to transformers and PEFT on the same weights; ends with tables.
#   scripts/gpu-benchmarks.sh [FOLDER]   FOLDER contains the output of scripts/publish-gpu-checks.sh (default: artifacts/gpu,
#                                        which is unpacked from artifacts/gpu-checks.tar.xz if it doesn't exist)
# Needs python3 with torch (whose libtorch the library uses too), transformers and PEFT; no .NET SDK, no network. Logs go to $OUT,
# or to artifacts/gpu-benchmarks. Settings, also for a trial without a GPU:
#   GPU_BENCHMARKS_DEVICE=cpu   GPU_BENCHMARKS_SHAPES="tiny"   GPU_BENCHMARKS_SECONDS=235 (for the whole)
set -uo pipefail
cd "$(dirname "$0")/.."
programs=${1:-artifacts/gpu}
logs=${OUT:-artifacts/gpu-benchmarks}
device=${GPU_BENCHMARKS_DEVICE:-cuda}
read -r first second <<< "${GPU_BENCHMARKS_SHAPES:-2b 7b}"
seconds=${GPU_BENCHMARKS_SECONDS:-235}
mkdir -p "$logs"
rm -f "$logs"/*.log

export PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1

if [ ! -e "$programs" ] && [ -e "$programs-checks.tar.xz" ]; then
  mkdir -p "$programs" && tar --extract --xz --file "$programs-checks.tar.xz" --directory "$programs"
fi
if [ -e "$programs/MedR1.TestHost" ]; then
  chmod +x "$programs/MedR1.TestHost" 2>/dev/null
  benchmarks=("$programs/MedR1.TestHost" run MedR1.Benchmarks)
elif [ -e "$programs/MedR1.Benchmarks.dll" ]; then
  benchmarks=(dotnet "$programs/MedR1.Benchmarks.dll")
else
  echo "$programs holds no benchmarks; run scripts/publish-gpu-checks.sh where the .NET SDK is" >&2
  exit 1
fi
. scripts/gpu-environment.sh "$(realpath "$programs")"

# In memory if there is enough, so that the disk doesn't matter; 23 GB is both checkpoints and a margin.
shared=$(df --output=avail -B1000000 /dev/shm 2>/dev/null | tail -1 | tr -d ' ')
if [ "${shared:-0}" -gt 23000 ]; then weights=$(mktemp -d /dev/shm/medr1.XXXXXX); else weights=$(mktemp -d); fi
trap 'rm -rf "$weights"' EXIT

# part NAME LIMIT COMMAND…: within its limit and what is left of the total time; a failure does not stop the others.
part() {
  local name=$1 limit=$2 left=$((seconds - SECONDS)) status=0 start=$SECONDS
  shift 2
  [ "$limit" -le "$left" ] || limit=$left
  if [ "$limit" -lt 5 ]; then
    echo "$name: left out, the time is up" | tee "$logs/$name.log"
    return
  fi
  timeout --kill-after=5 "$limit" "$@" > "$logs/$name.log" 2>&1 || status=$?
  if [ "$status" -eq 0 ]; then
    echo "$name: $((SECONDS - start)) s"
  else
    echo "$name: failed with status $status after $((SECONDS - start)) s (124: its $limit s were up); its last lines:"
    tail -n 12 "$logs/$name.log" | cut -c 1-300 | sed 's/^/    /'
  fi
}

write() { part "write-$1" 60 "${benchmarks[@]}" write-checkpoint --shape "$1" --folder "$weights/$1" --device "$device"; }

rollout() {
  part "rollout-$1" 60 "${benchmarks[@]}" rollout-device --folder "$weights/$1" --device "$device" \
    --samples 8 16 32 64 --prompts 8 --plain 8 --profile
}

# reference NAME LIMIT PROGRAM SHAPE OPTION…
reference() { part "$1" "$2" python3 "benchmarks/reference/$3.py" --folder "$weights/$4" --device "$device" "${@:5}"; }

command -v nvidia-smi > /dev/null && nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader
for shape in $first $second; do
  write "$shape"
  rollout "$shape"
  reference "generate-$shape" 60 generate "$shape"
done
part "update-$first" 50 "${benchmarks[@]}" update-device --folder "$weights/$first" --device "$device"
reference "reference-update-$first" 50 update "$first"
part "update-all-$first" 40 "${benchmarks[@]}" update-device --folder "$weights/$first" --device "$device" --whole --plain false --tokens 64
reference "generate-compiled-$first" 75 generate "$first" --compile --samples 8 --limit 70

# table TITLE LOG…: the rows of the logs under the header of the first.
table() {
  local title=$1
  shift
  echo
  echo "$title"
  grep -h '^| ' "$@" 2>/dev/null | awk '!/^\| ---/ && !seen[$0]++ { print; if (!head++) { gsub(/[^|]+/, " --- "); print } }'
}

{
  for shape in $first $second; do
    # Compiled steps are measured with the first shape alone; the other has no such log.
    table "Rollouts, $shape" "$logs/rollout-$shape.log" "$logs/generate-$shape.log" "$logs/generate-compiled-$shape.log"
    grep -h -E '^(the device copies|profile:)' "$logs/rollout-$shape.log" 2>/dev/null
  done
  table "Updates, $first" "$logs/update-$first.log" "$logs/update-all-$first.log" "$logs/reference-update-$first.log"
} | tee "$logs/table.md"
echo
echo "$SECONDS s in all; logs in $logs"
