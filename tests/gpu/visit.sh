#!/usr/bin/env bash
# What must be seen on a GPU, in stages that each have a time limit and go on after a failure.
# usage: visit.sh PACK OUT [--from N] [--only "N M …"] [--device cuda|cpu] [--limit SECONDS]
#   PACK  the programs, made by pack.sh: NoraPipelines.Benchmarks, NoraPipelines.Tests, pipelines, vstest, dotnet
#   OUT   gets results.tar.gz (every log and row), summary.txt and summary.jsonl (a line for each part)
# Run it in the root of the sources: goldens, the quickstart's data and peers/ are read from there. It needs a PyTorch for its libtorch
# (or NORA_LIBTORCH), peers/ also PEFT and transformers. With --device cpu the shapes are small: a rehearsal. --limit is the most that any part may take.
set -uo pipefail
[ $# -ge 2 ] || { sed -n '3,8s/^# //p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
pack=$(cd "$1" && pwd) || exit 2
mkdir -p "$2" && out=$(cd "$2" && pwd)
shift 2
from=0 only="" device=cuda most=600
while [ $# -gt 0 ]; do
  case $1 in
    --from) from=$2; shift 2 ;;
    --only) only=$2; shift 2 ;;
    --device) device=$2; shift 2 ;;
    --limit) most=$2; shift 2 ;;
    *) echo "visit.sh: '$1' is not known; see the head of this file." >&2; exit 2 ;;
  esac
done
[ "$device" = cuda ] || [ "$device" = cpu ] || { echo "visit.sh: --device is '$device'; expected cuda or cpu." >&2; exit 2; }
run="$pack/run.sh"
[ -x "$run" ] || { echo "visit.sh: $pack has no run.sh; make it with pack.sh." >&2; exit 2; }
work=$(mktemp -d)
began=$SECONDS
: >"$out/summary.txt" && : >"$out/summary.jsonl" || exit
export NORA_UNPACKED=${NORA_UNPACKED:-$root/.gpu/unpacked} # below the sources, where tests look for their goldens
mkdir -p "$NORA_UNPACKED"
programs=$("$run" --where pipelines) || { echo "visit.sh: the pack in $pack does not unpack (above); make it again with pack.sh." >&2; exit 1; }
cp -r "$root/pipelines/quickstart" "$root/pipelines/base-model" "$programs/" || exit # paths of a spec start beside the program
[ "$device" = cpu ] && export CUDA_VISIBLE_DEVICES=""

# part NAME SECONDS COMMAND…: its output goes to NAME.log, its errors to NAME.err, a line to each summary; what it printed last is shown.
# $expected: the code it is to end with.
expected=0
part() {
  local name=$1 limit=$(($2 < most ? $2 : most)) start=$SECONDS code=0
  shift 2
  timeout --kill-after=5 "$limit" "$@" >"$work/$name.log" 2>"$work/$name.err" || code=$?
  local state=failed shown="$work/$name.log" seconds=$((SECONDS - start))
  if [ $code -eq "$expected" ]; then state=ok
  elif [ $code -eq 124 ] || [ $code -eq 137 ]; then state=over; fi
  [ $state = ok ] || [ ! -s "$work/$name.err" ] || shown="$work/$name.err"
  local said word=$state
  said=$(tail -n 1 "$shown" | tr -cd ' -~' | cut -c1-150)
  [ "$said" != "]" ] || said=$(tr '\n' ' ' <"$shown" | tr -s ' ' | grep -o '{[^{}]*}' | tail -n 1 | cut -c1-150) # the last row of JSON
  [ $state != failed ] || word="failed ($code)"
  [ $state != over ] || word="over its $limit s"
  printf '%-24s %-16s %4d s   %s\n' "$name" "$word" $seconds "$said" | tee -a "$out/summary.txt"
  said=${said//\\/\\\\}
  printf '{"part": "%s", "stage": %d, "state": "%s", "code": %d, "seconds": %d, "limit": %d, "said": "%s"}\n' \
    "$name" "${name%%-*}" $state $code $seconds "$limit" "${said//\"/\\\"}" >>"$out/summary.jsonl"
  tar -C "$work" -czf "$out/results.tar.gz" --exclude='runs/*/checkpoints' --exclude='runs/*/adapter' --exclude='runs/*/stages' --exclude='runs/*/merged' . # after each part: a visit may end at any moment
  return $code
}

# What a stage needs is not built yet: it is told, and not counted as seen.
missing() { echo "stage $1 is not here: $2" | tee -a "$out/summary.txt"; }

wanted() { [ "$1" -ge "$from" ] && { [ -z "$only" ] || [[ " $only " == *" $1 "* ]]; }; }

# rows NAME SECONDS ARGS…: the benchmark's JSON is the log
bench() { local name=$1 limit=$2; shift 2; part "$name" "$limit" "$run" NoraPipelines.Benchmarks "$@" --device "$device" --json; }

if wanted 0; then
  [ "$device" = cpu ] || part 0-machine 20 nvidia-smi
  part 0-versions 60 python3 -c 'import torch, peft, transformers; print(*(f"{m.__name__} {m.__version__}" for m in (torch, peft, transformers)), torch.version.cuda)'
  part 0-doctor 60 "$run" pipelines doctor --device "$device"
  part 0-symbols 30 "$here/symbols.sh" "$pack"
  bench 0-small-step 60 step --preset small --rounds 5
fi
if wanted 1; then
  NORA_TEST_DEVICE=$device part 1-goldens 180 "$run" --tests NoraPipelines.Tests "Device=any"
fi
if wanted 2; then
  where=$device
  quick() { # PART RUN SECONDS ARGS…
    local stage=$1 name=$2 limit=$3
    shift 3
    part "2-$stage" "$limit" "$run" pipelines run quickstart --output "$work/runs/$name" --set training.steps=200 --set evaluation.0.limit=100 \
      --set training.checkpoint.every_steps=20 --device "$where" "$@"
  }
  quick first first 90
  quick again again 60
  expected=137 quick begun killed 90 & # and killed, as it must be
  for _ in $(seq 600); do [ -d "$work/runs/killed/checkpoints/step-000020" ] && break; sleep 0.05; done
  pkill -KILL -f "run quickstart --output $work/runs/killed"
  wait
  # The same start on the other device: singular vectors have either sign, so two starts are compared with themselves alone.
  cp -r "$work/runs/killed" "$work/runs/crossed"
  quick resumed killed 90 --resume
  where=cpu quick crossed crossed 150 --resume --allow-changed device
  part 2-compare 30 python3 "$here/compare_runs.py" "$work"/runs/{first,again,killed,crossed}
fi
if [ "$device" = cuda ]; then
  shape=(--preset llama-3-8b --dtype bfloat16 --rows 1 --tokens 4096 --rounds 5)
  batched=(--preset llama-3-8b --dtype bfloat16 --tokens 512 --rounds 3) batches=(1 2 4 8)
  model=llama-3-8b texts=(1 32 128) new=64 calibration=(--preset llama-3-8b) gigabytes=16
else
  shape=(--preset small --dtype bfloat16 --rounds 3)
  batched=(--preset small --dtype bfloat16 --tokens 64 --rounds 1) batches=(1 2)
  model=babyllama-105 texts=(1 4) new=8 calibration=(--rows 8 --tokens 64) gigabytes=0.2
fi
peers="$root/tests/NoraPipelines.Benchmarks/peers"
if wanted 3; then
  for method in nora lora dora; do bench "3-$method" 90 step "${shape[@]}" --method "$method"; done
  for method in nora lora; do bench "3-$method-checkpointed" 90 step "${shape[@]}" --method "$method" --gradient-checkpointing; done
fi
if wanted 4; then
  part 4-peft 150 python3 "$peers/peft_step.py" "${shape[@]}" --device "$device" --method lora --json
  part 4-peft-autocast 90 python3 "$peers/peft_step.py" "${shape[@]}" --device "$device" --method lora --autocast --json
  part 4-peft-dora 150 python3 "$peers/peft_step.py" "${shape[@]}" --device "$device" --method dora --json
  part 4-peft-checkpointed 90 python3 "$peers/peft_step.py" "${shape[@]}" --device "$device" --method lora --gradient-checkpointing --json
  [ ! -s "$work/3-lora.log" ] || part 4-compare 20 python3 "$peers/compare.py" "$work/3-lora.log" "$work/4-peft.log"
  for rows in "${batches[@]}"; do # Figure 5
    bench "4-rows-$rows" 90 step "${batched[@]}" --rows "$rows" --method nora lora
    part "4-peft-rows-$rows" 90 python3 "$peers/peft_step.py" "${batched[@]}" --rows "$rows" --device "$device" --method lora --autocast --json
  done
fi
if wanted 5; then
  bench 5-awsvd 120 awsvd --model "$model" --rank 64
  bench 5-calibrate 120 calibrate "${calibration[@]}"
  bench 5-load 240 load --gigabytes "$gigabytes" --rounds 2
fi
if wanted 6; then
  bench 6-generate 150 generate --preset "${shape[1]}" --dtype bfloat16 --rows "${texts[@]}" --tokens "$new"
  part 6-transformers 150 python3 "$peers/generate.py" --preset "${shape[1]}" --rows "${texts[@]}" --tokens "$new" --device "$device"
fi
! wanted 7 || missing 7 "images (CLIP, SDXL) are not built"
! wanted 8 || missing 8 "quantised bases and several processes are not built"
echo "$((SECONDS - began)) s in all; logs and rows: $out/results.tar.gz" | tee -a "$out/summary.txt"
next=""
for stage in 0 1 2 3 4 5 6; do
  lines=$(grep "\"stage\": $stage," "$out/summary.jsonl" || true)
  [ -n "$lines" ] && ! grep -qE '"state": "(failed|over)"' <<<"$lines" || next="$next $stage"
done
[ -n "$next" ] || { echo "Every stage that is here was seen." | tee -a "$out/summary.txt"; exit 0; }
echo "Next: --only \"${next# }\" (failed, over the time, or not run)" | tee -a "$out/summary.txt"
! grep -qE '"state": "(failed|over)"' "$out/summary.jsonl"
