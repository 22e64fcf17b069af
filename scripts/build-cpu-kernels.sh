#!/usr/bin/env bash
# Compiles the CPU kernels of MedR1.Modeling for Linux on x64 to the library in the repository, so that users need no
# compiler. Needs clang (tested with 14).
set -euo pipefail
cd "$(dirname "$0")/../src/MedR1.Modeling/Kernels/Native"
clang=${CLANG:-$(command -v clang || command -v clang-14 || true)}
[ -n "$clang" ] || { echo "No clang on this machine: install it, or set CLANG to its path." >&2; exit 1; }
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT

# compile NAME OPTION…
compile() {
  "$clang" --target=x86_64-linux-gnu -std=c11 -O3 "${@:2}" -ffp-contract=off -fno-stack-protector -fPIC -fvisibility=hidden \
    -Wall -Wextra -Werror -c "$1.c" -o "$objects/$1.o"
}

compile brain_float_product -march=x86-64-v4 -mavx512bf16
compile brain_float_product_avx2 -mavx2 -mfma

# A test compares the hash with the sources.
hash=$(LC_ALL=C; cat *.c *.h | sha256sum | cut -d ' ' -f 1)
"$clang" --target=x86_64-linux-gnu -shared -nostdlib -Wl,--build-id=none,-z,noexecstack,--strip-all \
  -Wl,-soname,"medr1-kernels-$hash" "$objects"/*.o -o brain_float_product.linux-x64.so
ls -l brain_float_product.linux-x64.so
