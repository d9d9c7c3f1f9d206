#!/usr/bin/env bash
# Which symbols of TorchSharp's native library the host's libtorch lacks: those of functions matter only when they are called.
# usage: symbols.sh PACK
set -euo pipefail
library=$(find "$("$1/run.sh" --where pipelines)" -name libLibTorchSharp.so | head -n 1)
missing=$("$1/run.sh" --env ldd -r "$library" 2>&1 | grep -E 'undefined symbol|not found' | grep -v 'weak version' || true)
[ -z "$missing" ] && { echo "every symbol is there"; exit 0; }
echo "$missing" | c++filt 2>/dev/null || echo "$missing"
echo "$(echo "$missing" | wc -l) symbols or libraries are missing"
exit 1
