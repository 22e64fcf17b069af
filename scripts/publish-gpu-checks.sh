#!/usr/bin/env bash
# Publishes the checks of the library on a GPU for a machine without .NET and network: the tests with the trait Device=Gpu,
# the conformance runner and the benchmarks, self-contained in one folder, artifacts/gpu, and packed as
# artifacts/gpu-checks.tar.xz. There, scripts/gpu-checks.sh runs them from a checkout. libtorch is not included.
set -euo pipefail
cd "$(dirname "$0")/.."
most_bytes=$((24 * 1000 * 1000))
folder=artifacts/gpu
archive=artifacts/gpu-checks.tar.xz
rm -rf "$folder" "$archive"
dotnet publish tests/MedR1.TestHost --configuration Release --nologo --verbosity quiet -p:GpuChecks=true --output "$folder"

# Files only for debuggers, Visual Studio and readers of the API.
rm --force "$folder"/*.xml "$folder"/createdump "$folder"/libmscordaccore.so "$folder"/libmscordbi.so \
  "$folder"/libcoreclrtraceptprovider.so "$folder"/libclrgc*.so "$folder"/Microsoft.VisualStudio.*.dll \
  "$folder"/Microsoft.TestPlatform.*.dll "$folder"/xunit.runner.visualstudio.*.dll "$folder"/testhost*

# Sample programs are started only by tests on other machines, and their assemblies are not here.
for sample in samples/*/*.csproj; do
  rm --force "$folder/$(basename "$sample" .csproj)" "$folder/$(basename "$sample" .csproj)".*
done

# Unicode normalization in tokenizers needs ICU, which the other machine may lack.
mkdir "$folder/icu"
for library in libicudata libicuuc libicui18n; do
  file=$(ldconfig -p | sed -nE "s/.*$library\.so\.[0-9]+ .*=> //p" | head -1)
  [ -n "$file" ] || { echo "No $library on this machine; install the package libicu." >&2; exit 1; }
  cp --dereference "$file" "$folder/icu/"
done

# Nothing runs without it, but a publish that omits it succeeds nevertheless.
for file in libLibTorchSharp.so libSkiaSharp.so libcoreclr.so MedR1.TestHost MedR1.Conformance.dll MedR1.Benchmarks.dll; do
  [ -f "$folder/$file" ] || { echo "$folder has no $file." >&2; exit 1; }
done
if [ -n "$(find "$folder" -name 'libtorch*' -print -quit)" ]; then
  echo "$folder has a copy of libtorch." >&2
  exit 1
fi

tar --create --directory "$folder" --sort=name --owner=0 --group=0 . |
  xz --x86 --lzma2=preset=${GPU_CHECKS_PRESET:-9e},dict=64MiB --threads=0 > "$archive"
bytes=$(stat --format=%s "$archive")
echo "$archive: $bytes bytes, from $(du --summarize --bytes "$folder" | cut -f1) in $folder"
[ "$bytes" -le "$most_bytes" ] || { echo "That is more than $most_bytes." >&2; exit 1; }
