#!/usr/bin/env bash
# Checks everything on a machine with a GPU from a folder that was built elsewhere: doctor, then
# compare with all methods, then benchmark. It needs Java and a libtorch, but neither Maven nor a
# network, and takes less than eight minutes of a processor even without a GPU.
#
#   PYTORCH_LIBRARY_PATH=/opt/libtorch/lib bash examples/gpu/check.sh [FOLDER] [DATA]
#
# FOLDER holds local-learning.jar and lib, examples/target by default; DATA is a data repository
# with MNIST, ../shared/data by default, and is left out where there is none. Results go into
# gpu-check in the folder the script was called from, or GPU_CHECK_OUT. GPU_CHECK_LIMIT is the
# number of training images (1000), GPU_CHECK_SECONDS the time after which a part that hangs is
# ended (900).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/../target}
data=${2:-$here/../../../shared/data}
out=${GPU_CHECK_OUT:-gpu-check}
jar=$folder/local-learning.jar
[ -s "$jar" ] || { echo "There is no $jar: build it with mvn package -Pgpu, or name the folder." >&2; exit 2; }
[ -n "${PYTORCH_LIBRARY_PATH:-}" ] || { echo "Name the folder of libtorch by PYTORCH_LIBRARY_PATH." >&2; exit 2; }
[ -e "$PYTORCH_LIBRARY_PATH/libtorch.so" ] || { echo "There is no libtorch.so in $PYTORCH_LIBRARY_PATH." >&2; exit 2; }

# DJL cannot tell a libtorch's version and kind by looking at it
export PYTORCH_VERSION=${PYTORCH_VERSION:-2.7.1}
if [ -z "${PYTORCH_FLAVOR:-}" ]; then
    if [ -e "$PYTORCH_LIBRARY_PATH/libtorch_cuda.so" ]; then PYTORCH_FLAVOR=cu128; else PYTORCH_FLAVOR=cpu; fi
fi
export PYTORCH_FLAVOR
export DJL_OFFLINE=true OPT_OUT_TRACKING=true
export DJL_CACHE_DIR=${DJL_CACHE_DIR:-$PWD/$out/cache}
mkdir -p "$out"

# methods that lose digits in TF32, and everything that is compared, run in full float32 first
export NVIDIA_TF32_OVERRIDE=${NVIDIA_TF32_OVERRIDE:-0}
failed=0
run() {
    local name=$1
    shift
    echo "+ $*"
    local began=$SECONDS
    local ended=0
    timeout "${GPU_CHECK_SECONDS:-900}" java -jar "$jar" "$@" > "$out/$name.txt" 2>&1 || ended=$?
    if [ "$ended" = 0 ]; then
        echo "  $name: ok, $((SECONDS - began)) s"
    else
        [ "$ended" != 124 ] || echo "  $name was ended, since it took too long" >> "$out/$name.txt"
        echo "  $name: FAILED after $((SECONDS - began)) s, see $out/$name.txt:"
        tail -3 "$out/$name.txt" | sed 's/^/    /'
        failed=1
    fi
}

methods=bp,bp-tape,fa,kp,wm,pbp,dfa,usf,brsf,frsf,np,anp,lra,lra-e,lra-e-skip,lra-sign,il,seqil,ipc
small=${GPU_CHECK_LIMIT:-1000}
run doctor doctor
NVIDIA_TF32_OVERRIDE= run doctor-tf32 doctor
run glyphs compare --dataset glyphs --model conv --methods "$methods,bp+decor,fa+decor" \
    --seeds 1 --epochs 1 --limit "$small" --out "$out/glyphs"
if [ -d "$data/dataset" ]; then
    run mnist compare --dataset mnist --data-repository "$data" --methods "$methods" \
        --seeds 1 --epochs 1 --limit "$small" --out "$out/mnist"
else
    echo "There is no data repository $data: MNIST is left out."
fi
run benchmark benchmark --models dense-1000,conv-stride1 --methods bp,fa,np,seqil --repeats 3 \
    --out "$out/benchmark"

# not by a pipe, whose shell has no parts that it waited for
times > "$out/times.txt"
echo "Processor time of all parts, user and system: $(tail -1 "$out/times.txt")"
grep -h "^device\|^precision\|^trouble\|^verdict" "$out/doctor.txt" || true
exit "$failed"
