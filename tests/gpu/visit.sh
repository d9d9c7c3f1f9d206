#!/usr/bin/env bash
# What must be seen on a GPU, in stages that each have a time limit and go on after a failure.
# usage: visit.sh PACK OUT [--from N] [--only "N M …"] [--device cuda|cpu]
#   PACK  the programs, made by pack.sh: NoraPipelines.Benchmarks, NoraPipelines.Tests, pipelines, vstest, dotnet
#   OUT   gets results.tar.gz (every log and row) and summary.txt (a line for each part)
# Run it in the root of the sources: goldens, the quickstart's data and peers/ are read from there. It needs a PyTorch for its libtorch
# (or NORA_LIBTORCH), peers/ also PEFT and transformers. With --device cpu the shapes are small: a rehearsal.
set -uo pipefail
[ $# -ge 2 ] || { sed -n '3,7s/^# //p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
pack=$(cd "$1" && pwd) || exit 2
mkdir -p "$2" && out=$(cd "$2" && pwd)
shift 2
from=0 only="" device=cuda
while [ $# -gt 0 ]; do
  case $1 in
    --from) from=$2; shift 2 ;;
    --only) only=$2; shift 2 ;;
    --device) device=$2; shift 2 ;;
    *) echo "visit.sh: '$1' is not known; see the head of this file." >&2; exit 2 ;;
  esac
done
[ "$device" = cuda ] || [ "$device" = cpu ] || { echo "visit.sh: --device is '$device'; expected cuda or cpu." >&2; exit 2; }
run="$pack/run.sh"
[ -x "$run" ] || { echo "visit.sh: $pack has no run.sh; make it with pack.sh." >&2; exit 2; }
work=$(mktemp -d)
began=$SECONDS
export NORA_UNPACKED="$root/.gpu/unpacked" # below the sources, where tests look for their goldens
mkdir -p "$NORA_UNPACKED"
cp -r "$root/pipelines/quickstart" "$root/pipelines/base-model" "$("$run" --where pipelines)/" || exit # paths of a spec start beside the program
[ "$device" = cpu ] && export CUDA_VISIBLE_DEVICES=""

# part NAME SECONDS COMMAND…: its output goes to NAME.log, its errors to NAME.err, one line to the summary; what it printed last is shown
part() {
  local name=$1 limit=$2 start=$SECONDS code=0
  shift 2
  timeout --kill-after=5 "$limit" "$@" >"$work/$name.log" 2>"$work/$name.err" || code=$?
  local word=ok shown="$work/$name.log"
  [ $code -eq 0 ] || [ ! -s "$work/$name.err" ] || shown="$work/$name.err"
  [ $code -eq 0 ] || word="failed ($code)"
  [ $code -eq 124 ] || [ $code -eq 137 ] && word="over its $limit s"
  printf '%-24s %-16s %4d s   %s\n' "$name" "$word" $((SECONDS - start)) "$(tail -n 1 "$shown" | cut -c1-150)" | tee -a "$out/summary.txt"
  tar -C "$work" -czf "$out/results.tar.gz" --exclude='runs/*/checkpoints' --exclude='runs/*/adapter' --exclude='runs/*/stages' --exclude='runs/*/merged' . # after each part: a visit may end at any moment
  return $code
}

wanted() { [ "$1" -ge "$from" ] && { [ -z "$only" ] || [[ " $only " == *" $1 "* ]]; }; }

# rows NAME SECONDS ARGS…: the benchmark's JSON is the log
bench() { local name=$1 limit=$2; shift 2; part "$name" "$limit" "$run" NoraPipelines.Benchmarks "$@" --device "$device" --json; }

if wanted 0; then
  [ "$device" = cpu ] || part 0-machine 20 nvidia-smi
  part 0-versions 60 python3 -c 'import torch, peft, transformers; print(*(f"{m.__name__} {m.__version__}" for m in (torch, peft, transformers)), torch.version.cuda)'
  part 0-doctor 60 "$run" pipelines doctor
  part 0-symbols 30 "$here/symbols.sh" "$pack"
  bench 0-small-step 60 step --preset small --rounds 5
fi
if wanted 1; then
  NORA_TEST_DEVICE=$device part 1-goldens 180 "$run" --tests NoraPipelines.Tests "Device=any"
fi
if wanted 2; then
  quick() { # PART RUN SECONDS ARGS…
    local stage=$1 name=$2 limit=$3
    shift 3
    part "2-$stage" "$limit" "$run" pipelines run quickstart --output "$work/runs/$name" --set training.steps=200 --set evaluation.0.limit=100 \
      --set training.checkpoint.every_steps=20 "$@"
  }
  quick first first 90
  quick again again 60
  quick begun killed 90 & # and killed: its line says that it failed
  for _ in $(seq 600); do [ -d "$work/runs/killed/checkpoints/step-000020" ] && break; sleep 0.05; done
  pkill -KILL -f "run quickstart --output $work/runs/killed"
  wait
  # The same start on the other device: singular vectors have either sign, so two starts are compared with themselves alone.
  cp -r "$work/runs/killed" "$work/runs/crossed"
  quick resumed killed 90 --resume
  CUDA_VISIBLE_DEVICES="" quick crossed crossed 150 --resume --allow-changed device
  part 2-compare 30 python3 "$here/compare_runs.py" "$work"/runs/{first,again,killed,crossed}
fi
if [ "$device" = cuda ]; then
  shape=(--preset llama-3-8b --dtype bfloat16 --rows 1 --tokens 4096 --rounds 5)
  model=llama-3-8b rows=(1 32 128) new=64
else
  shape=(--preset small --dtype bfloat16 --rounds 3)
  model=babyllama-105 rows=(1 4) new=8
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
  part 4-compare 20 python3 "$peers/compare.py" "$work/3-lora.log" "$work/4-peft.log"
fi
if wanted 5; then
  part 5-awsvd 120 "$run" NoraPipelines.Benchmarks awsvd --model "$model" --rank 64 --device "$device" --json
fi
if wanted 6; then
  bench 6-generate 150 generate --preset "${shape[1]}" --dtype bfloat16 --rows "${rows[@]}" --tokens "$new"
  part 6-transformers 150 python3 "$peers/generate.py" --preset "${shape[1]}" --rows "${rows[@]}" --tokens "$new" --device "$device"
fi
echo "$((SECONDS - began)) s in all; logs and rows: $out/results.tar.gz" | tee -a "$out/summary.txt"
! grep -v '^2-begun' "$out/summary.txt" | grep -q -E 'failed|over its'
