#!/usr/bin/env bash
# Measures the packed benchmark and PEFT on one GPU machine and compares them.
# usage: on-gpu-host.sh PACK_DIR OUT_DIR
set -euo pipefail
[ $# -eq 2 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
[ -x "$1/run.sh" ] || { echo "$1 is no pack: it has no run.sh" >&2; exit 2; }
pack=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
program=NoraPipelines.Benchmarks
shape=(--preset llama-3-8b --dtype bfloat16 --rows 1 --tokens 4096 --device cuda)
failed=()

# measure FILE COMMAND…: standard output goes to OUT_DIR/FILE, the rest to OUT_DIR/FILE.log
measure() {
  local file=$1
  shift
  echo "$file …"
  if ! "$@" >"$out/$file" 2>"$out/$file.log"; then
    failed+=("$file")
    echo "$file failed:"
    tail -n 5 "$out/$file.log"
  fi
}

machine() {
  nvidia-smi &&
    python3 -c 'import peft, torch, transformers; print(*(f"{m.__name__} {m.__version__}" for m in (torch, peft, transformers)))'
}

rm -rf "/tmp/nora/$program" # run.sh unpacks into an empty folder only: never measure the program of an earlier pack
measure machine.txt machine
measure ours.json "$pack/run.sh" "$program" step "${shape[@]}" --method nora lora --json
measure awsvd.json "$pack/run.sh" "$program" awsvd --model llama-3-8b --rank 64 --device cuda --json
measure peft.json python3 "$here/peft_step.py" "${shape[@]}" --json
measure peft-autocast.json python3 "$here/peft_step.py" "${shape[@]}" --method lora --autocast --json
measure compare.txt python3 "$here/compare.py" "$out/ours.json" "$out/peft.json"
measure compare-autocast.txt python3 "$here/compare.py" "$out/ours.json" "$out/peft-autocast.json"
cat "$out/compare.txt" "$out/compare-autocast.txt"

if [ ${#failed[@]} -gt 0 ]; then
  echo "Failed: ${failed[*]} (see the .log files in $out)" >&2
  exit 1
fi
