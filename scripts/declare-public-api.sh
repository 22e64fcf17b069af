#!/usr/bin/env bash
# Writes what the source declares into PublicAPI.Unshipped.txt of every package, for review in the diff of a change.
set -euo pipefail
cd "$(dirname "$0")/.."
for project in src/*/*.csproj; do
  folder=$(dirname "$project")
  printf '#nullable enable\n' > "$folder/PublicAPI.Unshipped.txt"
  [ -f "$folder/PublicAPI.Shipped.txt" ] || printf '#nullable enable\n' > "$folder/PublicAPI.Shipped.txt"
done
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Core reaches every package but the leaves behind it.
for package in Core Datasets.Arrow Datasets.Parquet Imaging.Dicom Rewards.Judge Sampling.Remote Testing; do
  dotnet build "src/MedR1.$package" --no-incremental --nologo -p:TreatWarningsAsErrors=false >> "$log" || true
done
for project in src/*/*.csproj; do
  folder=$(dirname "$project")
  name=$(basename "$project" .csproj)
  { printf '#nullable enable\n'
    { grep -E "RS0016" "$log" || true; } | { grep -F "/$name/" || true; } |
      sed -nE "s/.*RS0016: Symbol '(.*)' is not part of the declared public API.*/\1/p" | LC_ALL=C sort -u
  } > "$folder/PublicAPI.Unshipped.txt"
  echo "$name: $(($(wc -l < "$folder/PublicAPI.Unshipped.txt") - 1)) symbols"
done
