#!/usr/bin/env bash
# Checks the CUDA kernels of MedR1.Modeling on the CPU and compiles them to PTX in the repository, so that users need no
# compiler and the driver generates code for their GPU (Ampere or later). Needs clang with the NVPTX back end (tested with
# 14), but none of NVIDIA's tools.
set -euo pipefail
cd "$(dirname "$0")/.."
clang=${CLANG:-$(command -v clang || command -v clang-14 || true)}
[ -n "$clang" ] || { echo "No clang on this machine: install it, or set CLANG to its path." >&2; exit 1; }
checks=$(mktemp)
trap 'rm -f "$checks"' EXIT
"$clang" -x c++ -std=c++17 -O1 -Wall -Wextra -Wno-unused-function -Wno-unknown-pragmas tests/CudaKernels/checks.cpp \
  -o "$checks" -lstdc++ -lm
"$checks"

cd src/MedR1.Modeling/Devices/Kernels
hash=$(cat *.cu *.cuh | sha256sum | cut -d ' ' -f 1)

# compile SOURCE RESULT OPTION…
compile() {
  local source=$1 result=$2
  shift 2
  "$clang" -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch=sm_80 -Xclang -target-feature -Xclang +ptx75 \
    -std=c++17 -O3 -Wall -Wextra -Werror "$@" -S "$source" -o "$result"
  if grep -q '\.local' "$result"; then
    echo "A kernel of $result keeps an array in memory instead of registers; look for an index that is not constant." >&2
    exit 1
  fi
}

compile operators.cu operators.ptx
compile steps.cu steps.ptx

# Early start needs PTX 7.8 for Hopper, which clang 14 doesn't know by name; only the kernels' inline assembly uses it.
compile steps.cu steps.early.ptx -DMEDR1_EARLY_START
sed -i 's/^\.version .*/.version 7.8/; s/^\.target .*/.target sm_90/' steps.early.ptx

# A test compares the hash with the sources.
sed -i "1i // From *.cu and *.cuh, SHA-256 $hash" ./*.ptx
grep -c '\.visible \.entry' ./*.ptx
