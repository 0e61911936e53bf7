#!/usr/bin/env bash
# Trains the network of models/bach.onnx from nothing: three teachers, then one that learns from
# them, then a side network that plans chords, then the file. Run again, it goes on where it was
# stopped.
#
#   scripts/train_bach.sh FOLDER [cuda|cpu] [BIN]
#
# FOLDER is where the checkpoints and bach.onnx are put (the corpora are those in build/); BIN
# holds the programs of the environment (.venv/bin). With cuda, the schedules are those of the
# shipped model, ten minutes on one H200 and 85 on one core; with cpu, they take a night on two
# cores.
set -euo pipefail
cd "$(dirname "$0")/.."
folder="${1:?"say where to put it: scripts/train_bach.sh build/training/bach"}"
device="${2:-cuda}"
app="${3:-.venv/bin}/composer-app"

case "$device" in
cuda) teacher_minutes=3.75 pupil_minutes=5.4167 batch=288 machine=(device=cuda) ;;
cpu) teacher_minutes=120 pupil_minutes=180 batch=48 machine=(device=cpu threads=2) ;;
*) echo "The device is cuda or cpu, not $device." >&2 && exit 2 ;;
esac

corpora=()
taught=()
for style in bach hymn ragtime song quartet leadsheet; do
    [ -f "build/$style.npz" ] || "$app" corpus "$style"
    case "$style" in bach | hymn | ragtime) corpora+=(--corpus "build/$style.npz") ;; esac
    [ "$style" = ragtime ] || taught+=(--corpus "build/$style.npz")
done

train() { # NAME MINUTES WORKERS [SETTING | --OPTION VALUE ...]
    local name="$1" minutes="$2" workers="$3" options=()
    shift 3
    # One for each processor at most; without a GPU the windows are not waited for.
    if [ "$device" = cpu ]; then workers=0; fi
    for each in "${machine[@]}" "workers=$workers" "minutes=$minutes" iterations=1000000 \
        style_weights=0.55,0.3,0.15,0,0,0; do
        options+=(--set "$each")
    done
    while [ $# -gt 0 ]; do
        case "$1" in
        --*) options+=("$1" "$2") && shift 2 ;;
        *) options+=(--set "$1") && shift ;;
        esac
    done
    "$app" train --out "$folder/$name" "${corpora[@]}" "${options[@]}" </dev/null
}

# Wider networks than the pupil, and longer windows: the more they differ, the more they know together.
teachers=(
    "wide seed=11 channels=240,384,512,512,640 dropout=0.3 batch=$batch"
    "wide-long seed=12 channels=240,384,512,512,640 dropout=0.4 window=96 batch=$((batch * 2 / 3))"
    "long seed=13 dropout=0.25 window=128 batch=$((batch / 2))"
)
told=()
for teacher in "${teachers[@]}"; do
    read -r name settings <<<"$teacher"
    told+=(--teacher "$folder/$name/checkpoint.pt")
    # The settings are words without spaces.
    # shellcheck disable=SC2086
    train "$name" "$teacher_minutes" 5 weight_decay=0.05 learning_rate=0.002 ema_decay=0.999 \
        $settings &
    # A GPU has room for three at once.
    if [ "$device" = cpu ]; then wait $!; fi
done
for job in $(jobs -p); do wait "$job"; done

train pupil "$pupil_minutes" 14 seed=14 window=96 batch=$((batch * 2 / 3)) learning_rate=0.0015 \
    ema_decay=0.9992 consistency=3 transpositions=1 "${told[@]}" \
    --start-from "$folder/long/checkpoint.pt"
# In single precision, of which a processor does as much.
"$app" train --out "$folder/side" "${taught[@]}" --start-from "$folder/pupil/checkpoint.pt" \
    --set side_channels=96,128,192,192,256 --set side_dropout=0.15 --set window=96 --set batch=16 \
    --set bfloat16=false --set threads=1 --set minutes=85 --set iterations=1000000 \
    --set learning_rate=0.0015 --set ema_decay=0.998 --set seed=31 --set melody_rest_share=0.12 \
    --set style_weights=0.42,0.25,0,0.12,0.07,0.14 --set row_hidden_share=0.08 \
    --set row_given_share=0.45 --set bass_hidden_share=0.05 --set plan_share=0.38 </dev/null
"$app" export "$folder/side/checkpoint.pt" -o "$folder/bach.onnx" \
    --style bach --style hymn
