#!/usr/bin/env bash
# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
#
# run.sh BUILD SECONDS [TARGET...]: runs libFuzzer targets one after the other and prints a table; exit code 1 if one
# found something. What a run learns stays in BUILD/corpus; findings lie in BUILD/findings.
set -euo pipefail
source_folder=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
build=$(cd "$1" && pwd)
seconds=$2
shift 2
programs=$build/tests/fuzz
if [ $# -eq 0 ]; then
  for program in "$programs"/condyle_fuzz_*; do
    name=${program##*/condyle_fuzz_}
    [ -x "$program" ] && [ "$name" != seeds ] && set -- "$@" "$name"
  done
fi
for target in "$@"; do
  [ -x "$programs/condyle_fuzz_$target" ] || {
    echo "fuzz: there is no target $target; there are $(cd "$programs" && echo condyle_fuzz_* | sed 's/condyle_fuzz_//g; s/\bseeds\b//')" >&2
    exit 64
  }
done

export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
row() { printf '%-20s %12s %8s %9s %9s\n' "$@"; }
found=()
row target executions exec/s features findings
for target in "$@"; do
  mkdir -p "$build/corpus/$target" "$build/findings/$target"
  log=$build/findings/$target.log
  folders=("$build/corpus/$target" "$programs/corpus/$target")
  [ -d "$source_folder/regressions/$target" ] && folders+=("$source_folder/regressions/$target")
  dictionary=$programs/corpus/dictionaries/$target.dict
  options=()
  [ -f "$dictionary" ] && options+=("-dict=$dictionary")
  status=0
  "$programs/condyle_fuzz_$target" "${options[@]}" \
    -max_total_time="$seconds" -max_len=131072 -timeout=25 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$build/findings/$target/" "${folders[@]}" >"$log" 2>&1 || status=$?
  mapfile -t inputs < <(sed -n 's/.*Test unit written to //p' "$log")
  row "$target" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
    "$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")" \
    "$(grep -a -o ' ft: [0-9]*' "$log" | tail -1 | tr -dc 0-9)" "${#inputs[@]}"
  [ "$status" -eq 0 ] || found+=("$target")
done
[ ${#found[@]} -eq 0 ] && exit 0
for target in "${found[@]}"; do
  echo
  echo "$target: what happened is in $build/findings/$target.log:"
  grep -a -m 3 -e '^fuzz:' -e 'ERROR:' -e 'runtime error:' "$build/findings/$target.log" | cut -c 1-300 | sed 's/^/  /' || true
  for input in $(sed -n 's/.*Test unit written to //p' "$build/findings/$target.log"); do
    echo "  again: $programs/condyle_fuzz_$target $input"
  done
  echo "  smaller: the same with -minimize_crash=1 -max_total_time=60; then mend it, and add it to $source_folder/regressions/$target"
done
exit 1
