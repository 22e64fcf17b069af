#!/usr/bin/env bash
# Writes the declared public API into PublicAPI.Unshipped.txt, for review in the diff of a change: of the named packages
# (such as Evaluation Sampling.Remote), or of all packages.
set -euo pipefail
# The diagnostics are read below, so they must not be in the user's language.
export DOTNET_CLI_UI_LANGUAGE=en
cd "$(dirname "$0")/.."
if [ $# -gt 0 ]; then
  folders=("${@/#/src/MedR1.}")
  builds=("$@")
else
  folders=(src/MedR1.*)
  # Core depends on every package except the leaves.
  builds=(Core Datasets.Arrow Datasets.Parquet Evaluation.ExtensionsAI Evaluation.Reports Imaging.Dicom Imaging.Tiff Rewards.Judge
    Sampling.Remote Training.Plots Training.Terminal Testing)
fi
for folder in "${folders[@]}"; do
  printf '#nullable enable\n' > "$folder/PublicAPI.Unshipped.txt"
  [ -f "$folder/PublicAPI.Shipped.txt" ] || printf '#nullable enable\n' > "$folder/PublicAPI.Shipped.txt"
done
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for package in "${builds[@]}"; do
  dotnet build "src/MedR1.$package" --no-incremental --nologo -p:TreatWarningsAsErrors=false >> "$log" || true
done
for folder in "${folders[@]}"; do
  name=$(basename "$folder")
  { printf '#nullable enable\n'
    { grep -E "RS0016" "$log" || true; } | { grep -F "/$name/" || true; } |
      sed -nE "s/.*RS0016: Symbol '(.*)' is not part of the declared public API.*/\1/p" | LC_ALL=C sort -u
  } > "$folder/PublicAPI.Unshipped.txt"
  echo "$name: $(($(wc -l < "$folder/PublicAPI.Unshipped.txt") - 1)) symbols"
done
