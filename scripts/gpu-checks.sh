#!/usr/bin/env bash
# Runs the output of scripts/publish-gpu-checks.sh on a machine with a GPU and a Python with torch: the tests with the trait
# Device=Gpu, then the conformance cases on the device. The last lines are the counts.
#   scripts/gpu-checks.sh                          on cuda, with Python's libtorch
#   MEDR1_TEST_DEVICE=cpu scripts/gpu-checks.sh    another device; MEDR1_LIBTORCH=… another libtorch
# Full output goes to $OUT if that is a folder, else to artifacts/gpu-logs.
set -uo pipefail
cd "$(dirname "$0")/.."
export MEDR1_TEST_DEVICE="${MEDR1_TEST_DEVICE:-cuda}"
folder=artifacts/gpu
logs="${OUT:-artifacts/gpu-logs}"
mkdir -p "$folder" "$logs"
tar --extract --xz --file artifacts/gpu-checks.tar.xz --directory "$folder" || exit 1

. scripts/gpu-environment.sh "$PWD/$folder"
# Keeps float32 products in float32.
export NVIDIA_TF32_OVERRIDE=0
echo "libtorch in $MEDR1_LIBTORCH, device $MEDR1_TEST_DEVICE"
nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null

# Each part runs separately: one that crashes must not keep the other from running.
"$folder/MedR1.TestHost" test Device=Gpu 2>&1 | tee "$logs/tests.log"
tests=${PIPESTATUS[0]}
"$folder/MedR1.TestHost" run MedR1.Conformance tests/Golden --device "$MEDR1_TEST_DEVICE" 2>&1 | tee "$logs/conformance.log"
conformance=${PIPESTATUS[0]}

echo "tests with Device=Gpu on $MEDR1_TEST_DEVICE: $(tail -n 1 "$logs/tests.log") (exit code $tests)"
echo "conformance on $MEDR1_TEST_DEVICE: $(tail -n 1 "$logs/conformance.log") (exit code $conformance)"
[ "$tests" -eq 0 ] && [ "$conformance" -eq 0 ]
