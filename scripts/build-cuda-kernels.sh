#!/usr/bin/env bash
# Checks the CUDA kernels of MedR1.Modeling on the CPU and compiles them to PTX, which the repository keeps: no user needs a
# compiler, and the driver makes code for the GPU that it meets (Ampere or later). Needs clang with the NVPTX back end (tried with
# 14); none of NVIDIA's tools.
set -euo pipefail
cd "$(dirname "$0")/.."
clang=${CLANG:-$(command -v clang || command -v clang-14)}
checks=$(mktemp)
trap 'rm -f "$checks"' EXIT
"$clang" -x c++ -std=c++17 -O1 -Wall -Wextra -Wno-unused-function -Wno-unknown-pragmas tests/CudaKernels/checks.cpp \
  -o "$checks" -lstdc++ -lm
"$checks"

cd src/MedR1.Modeling/Devices/Kernels
"$clang" -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch=sm_80 -Xclang -target-feature -Xclang +ptx70 \
  -std=c++17 -O3 -Wall -Wextra -Werror -S decoding.cu -o decoding.ptx

# A test compares it with the source.
sed -i "1i // From decoding.cu, SHA-256 $(sha256sum decoding.cu | cut -d ' ' -f 1)" decoding.ptx
if grep -q '\.local' decoding.ptx; then
  echo "A kernel keeps an array in memory instead of registers; look for an index that is not constant." >&2
  exit 1
fi
grep -c '\.visible \.entry' decoding.ptx | sed 's/$/ kernels compiled/'
