#!/usr/bin/env bash
# Packs what a visit to a GPU machine needs: that machine has PyTorch, but neither .NET nor a package feed.
# usage: pack.sh OUT
#   OUT gets an archive for each program (TorchSharp's own native library in it, no libtorch), the .NET runtime, what runs tests, what the visit
#   reads of the sources (sources.tar.xz; not needed beside a checkout), and run.sh.
set -euo pipefail
[ $# -eq 1 ] || { sed -n '3,5s/^# //p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for project in pipelines tests/NoraPipelines.Benchmarks tests/NoraPipelines.Tests; do
  name=$(basename "$project")
  app="$work/$name"
  dotnet publish "$root/$project" -c Release -r linux-x64 --self-contained false -p:NoraBackend=system -p:SatelliteResourceLanguages=en \
    -o "$app" >"$work/$name.log" 2>&1 || { tail -n 20 "$work/$name.log" >&2; exit 1; }
  find "$app" -name '*.so*' ! -name libLibTorchSharp.so ! -name libSkiaSharp.so -delete # the host brings libtorch
  find "$app" \( -name '*.xml' -o -name '*.pdb' \) -size +200k -delete
  rm -rf "$app"/Microsoft.CodeCoverage "$app"/cpu "$app"/runtimes/{win,osx}*
  tar -C "$app" -cf - . | xz -6 -T0 >"$out/$name.tar.xz"
done
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
tar -C "$dotnet" -cf - dotnet host shared/Microsoft.NETCore.App | xz -6 -T0 >"$out/dotnet.tar.xz"
sdk=$(find "$dotnet/sdk" -maxdepth 1 -mindepth 1 -type d | sort -V | tail -n 1)
(cd "$sdk" && tar -cf - vstest.console.* testhost* Extensions Microsoft.TestPlatform*.dll Microsoft.VisualStudio.TestPlatform*.dll \
  Newtonsoft.Json.dll NuGet.Frameworks.dll Microsoft.Extensions.*.dll System.*.dll Microsoft.CodeCoverage*.dll 2>/dev/null || true) \
  | xz -6 -T0 >"$out/vstest.tar.xz"
git -C "$root" archive HEAD NoraPipelines.sln tests/golden tests/gpu tests/NoraPipelines.Benchmarks/peers pipelines/quickstart pipelines/base-model \
  | xz -6 -T0 >"$out/sources.tar.xz"
cp "$here/run.sh" "$out/run.sh"
du -shc "$out"/* | tail -n 20
