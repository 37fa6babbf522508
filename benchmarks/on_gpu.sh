#!/usr/bin/env bash
# Everything that needs a GPU, in 5 minutes and without a network; results go to $OUT (or ./on_gpu):
#
#     [OUT=folder] [PYTHON=python3] benchmarks/on_gpu.sh [--software] [--small]
#
# --software: go on where the CPU draws; --small: a few frames, to try the script. The machine needs Python with
# gpu_morph's packages and pytest, and a driver with EGL. The exit status is 1 where a part has failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PYTHON=${PYTHON:-python3} OUT=${OUT:-on_gpu} software='' small=''
for word; do
  case $word in
    --software) software=1 ;;
    --small) small=--small ;;
    *) sed -n '2,7s/^# \?//p' "$0" >&2; exit 2 ;;
  esac
done
mkdir -p "$OUT"
OUT=$(realpath "$OUT") failed=0
export PYTHONPATH=$PWD${PYTHONPATH:+:$PYTHONPATH} PYTHONUNBUFFERED=1

part() { # part NAME SECONDS COMMAND...: its output goes to $OUT/NAME.log as well
  local name=$1 seconds=$2 status
  shift 2
  echo "== $name"
  timeout -k 5 "$seconds" "$@" 2>&1 | tee "$OUT/$name.log" | tail -40
  status=${PIPESTATUS[0]}
  [[ $status -eq 0 ]] && return
  failed=1
  if [[ $status -eq 124 || $status -eq 137 ]]; then echo "$name: HANGS, ended after $seconds s"; else echo "$name: FAILED ($status)"; fi
}

part info 30 "$PYTHON" -c "import sys; from gpu_morph.cli.main import main; sys.argv = ['gpu-morph', 'info']; sys.exit(main())"
renderer=$("$PYTHON" -W ignore benchmarks/on_gpu.py renderer) || exit 1
echo "$renderer"
if [[ $renderer == software* && -z $software ]]; then
  echo "the CPU draws here: nothing is measured (--software goes on)" >&2
  exit 1
fi
[[ -n $small ]] || part tests 60 "$PYTHON" -m pytest -q -p no:cacheprovider -m "gpu or pixels" tests/gl
part films 110 "$PYTHON" -W ignore benchmarks/on_gpu.py films "$OUT" $small
part processes 60 "$PYTHON" -W ignore benchmarks/on_gpu.py processes "$OUT" $small
exit $failed
