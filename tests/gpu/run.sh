#!/usr/bin/env bash
# Runs a packed program on the libtorch of the machine's PyTorch (or of NORA_LIBTORCH).
# usage: run.sh NAME ARGS…          a program
#        run.sh --tests NAME FILTER the tests of an assembly that the filter of vstest takes
#        run.sh --where NAME        unpacks it and prints its folder
#        run.sh --env COMMAND…      any command with the libraries in reach
#        run.sh --visit OUT ARGS…   visit.sh of the packed sources, where there is no checkout
# NORA_UNPACKED names where programs are unpacked; the default is /tmp/nora.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=${NORA_UNPACKED:-/tmp/nora}
unpack() {
  [ -e "$home/$1/.unpacked" ] && return
  rm -rf "${home:?}/$1"
  mkdir -p "$home/$1"
  tar -C "$home/$1" -xJf "$here/$1.tar.xz"
  touch "$home/$1/.unpacked"
}
unpack dotnet
export DOTNET_ROOT=$home/dotnet DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_EnableDiagnostics=0
lib=${NORA_LIBTORCH:-$(python3 -c 'import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))')}
nvidia=$(python3 - <<'P' 2>/dev/null || true
import glob, os, site
print(":".join(sorted({os.path.dirname(p) for s in site.getsitepackages() for p in glob.glob(s + "/nvidia/**/lib/*.so*", recursive=True)})))
P
)
export NORA_LIBTORCH=$lib LD_LIBRARY_PATH="$lib:$nvidia:${LD_LIBRARY_PATH:-}"
case $1 in
  --where) unpack "$2"; echo "$home/$2" ;;
  --env) shift; exec "$@" ;;
  --visit) shift; unpack sources; unset NORA_UNPACKED; exec "$home/sources/tests/gpu/visit.sh" "$here" "$@" ;;
  --tests)
    unpack vstest
    unpack "$2"
    exec "$DOTNET_ROOT/dotnet" "$home/vstest/vstest.console.dll" "$home/$2/$2.dll" "--TestCaseFilter:$3"
    ;;
  *)
    unpack "$1"
    config=$(find "$home/$1" -maxdepth 1 -name '*.runtimeconfig.json' ! -name 'testhost*' | head -n 1)
    shift
    exec "$DOTNET_ROOT/dotnet" "${config%.runtimeconfig.json}.dll" "$@"
    ;;
esac
