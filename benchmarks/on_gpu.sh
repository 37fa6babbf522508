#!/usr/bin/env bash
# Everything that is to be measured on a GPU, within five minutes, on a machine without a display and without network:
#
#     benchmarks/on_gpu.sh [--small] [FOLDER]
#
# writes info.txt, tests.txt, on_gpu.json, table.md and pictures into FOLDER (default: $OUT, else on_gpu_results). The
# exit status is 1 if the CPU draws, if a test fails, or if a step fails or takes longer than its time; what was
# measured before is kept. --small: few small frames, on any driver, as a rehearsal on the path that a GPU takes.
#
# PYTHON names the interpreter (default: .venv/bin/python, else python3). A folder .gl of Debian packages (the loaders
# libegl1, libgl1, libglvnd0, ...; root only) and a folder .whl of wheels are installed first where they are there.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly TIME=295 # seconds

small=() out=${OUT:-on_gpu_results}
for argument in "$@"; do
  case $argument in
    --small) small=(--small) ;;
    -*) sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) out=$argument ;;
  esac
done
mkdir -p "$out"

if compgen -G '.gl/*.deb' >/dev/null; then
  for package in .gl/*.deb; do dpkg -x "$package" /; done
  for package in .gl/extra/*.deb; do # such as fontconfig: kept out of /
    [[ -f $package ]] && dpkg -x "$package" .root
  done
  [[ -d .root ]] && echo "$PWD/.root/usr/lib/$(uname -m)-linux-gnu" >/etc/ld.so.conf.d/zz-on-gpu.conf
  ldconfig
fi
python=${PYTHON:-$([[ -x .venv/bin/python ]] && echo .venv/bin/python || echo python3)}
if compgen -G '.whl/*.whl' >/dev/null; then
  "$python" -m pip install -q --no-index --no-deps --no-compile --upgrade --target .site .whl/*.whl
fi
export PYTHONPATH=$PWD${PYTHONPATH:+:$PYTHONPATH}
[[ -d .site ]] && PYTHONPATH=$PWD/.site:$PYTHONPATH
export PYTHONUNBUFFERED=1

status=0
step() { # NAME SECONDS COMMAND...: no longer than its time and than what is left of all
  local name=$1 limit=$2 left=$((TIME - SECONDS)) rc=0
  shift 2
  ((left < limit)) && limit=$left
  if ((limit < 5)); then
    echo "$name: left out, no time is left"
    status=1
    return 1
  fi
  timeout -k 5 "$limit" "$@" || rc=$?
  ((rc == 0)) && return
  echo "$name: $([[ $rc == 124 || $rc == 137 ]] && echo "ended after $limit s" || echo "failed, exit status $rc")"
  status=1
  return "$rc"
}

step info 20 "$python" -m gpu_morph.cli info >"$out/info.txt" 2>&1
info=$?
cat "$out/info.txt"
((info == 0)) || exit 1
if ((${#small[@]})); then
  export GPU_MORPH_PATH=gpu GPU_MORPH_DEVICE=cpu
  tests=(tests/gl/test_paths.py -k plain) copies=(1 2 3)
else
  grep -q '^software *no' "$out/info.txt" || { echo "the CPU draws: nothing to measure here" >&2; exit 1; }
  tests=(tests/gl) copies=(1 70 1000)
  "$python" -c 'import xdist' 2>/dev/null && tests+=(-n 4 --dist loadfile)
fi

limits=(40 45 100)
for k in 0 1 2; do
  n=${copies[k]}
  step "films of $n" "${limits[k]}" "$python" benchmarks/gpu_films.py "$n" "${small[@]}" \
    -o "$out/films-$n.json" --picture "$out/copies-$n.png"
done
step processes 65 "$python" benchmarks/gpu_processes.py "${small[@]}" -o "$out/processes.json"
"$python" benchmarks/gpu_table.py "$out" || status=1
step tests 70 "$python" -m pytest -v -p no:cacheprovider "${tests[@]}" >"$out/tests.txt" 2>&1
tail -n 5 "$out/tests.txt"
echo "$SECONDS s"
exit "$status"
