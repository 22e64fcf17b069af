#!/usr/bin/env bash
# Compiles the CPU kernels of MedR1.Modeling for Linux on x64 to the library that the repository keeps: no user needs a
# compiler. Needs clang (tried with 14).
set -euo pipefail
cd "$(dirname "$0")/../src/MedR1.Modeling/Kernels/Native"
clang=${CLANG:-$(command -v clang || command -v clang-14)}
object=$(mktemp --suffix .o)
trap 'rm -f "$object"' EXIT
"$clang" --target=x86_64-linux-gnu -std=c11 -O3 -march=x86-64-v4 -mavx512bf16 -ffp-contract=off -fno-stack-protector -fPIC \
  -fvisibility=hidden -Wall -Wextra -Werror -c brain_float_product.c -o "$object"

# A test compares the hash with the source.
"$clang" --target=x86_64-linux-gnu -shared -nostdlib -Wl,--build-id=none,-z,noexecstack,--strip-all \
  -Wl,-soname,"medr1-kernels-$(sha256sum brain_float_product.c | cut -d ' ' -f 1)" "$object" -o brain_float_product.linux-x64.so
ls -l brain_float_product.linux-x64.so
