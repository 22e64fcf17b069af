#!/usr/bin/env bash
# Builds the solution and runs its tests; the last line has the total counts.
#   scripts/test.sh          the tests that every change must pass
#   scripts/test.sh --slow   the second tier too
# Needs only the .NET SDK: packages, including libtorch, are restored.
set -uo pipefail
cd "$(dirname "$0")/.."
# The closing lines are read below, so they must not be in the user's language.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
filter="Tier!=Slow&Device!=Gpu"
[ "${1:-}" = "--slow" ] && filter="Device!=Gpu"

mkdir -p artifacts/packages
dotnet build MedR1.Core.sln --configuration Release --nologo --verbosity quiet || { echo "0 passed, 1 failed"; exit 1; }

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
projects=0
for project in tests/*.Tests/*.csproj; do
  projects=$((projects + 1))
  dotnet test "$project" --configuration Release --no-build --nologo --filter "$filter" 2>&1 | tee -a "$log"
  [ "${PIPESTATUS[0]}" -eq 0 ] || { status=1; echo "failed: $project"; }
done

# One summary line per test project: "Passed!  - Failed:     0, Passed:    12, Skipped:     0, Total:    12, …"
read -r passed failed skipped closed < <(sed -nE \
  's/.*Failed: +([0-9]+), Passed: +([0-9]+), Skipped: +([0-9]+), Total:.*/\1 \2 \3/p' "$log" |
  awk '{ failed += $1; passed += $2; skipped += $3; n++ } END { print passed + 0, failed + 0, skipped + 0, n + 0 }')
# A project without a summary line has crashed, which is a failure whatever the others report.
missing=$((projects - closed))
if [ "$missing" -gt 0 ]; then
  echo "$missing of $projects test projects printed no result"
  failed=$((failed + missing))
fi

[ "$failed" -gt 0 ] && status=1
[ "$passed" -eq 0 ] && status=1
if [ "$skipped" -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
exit $status
