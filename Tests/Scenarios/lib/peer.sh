# The receipts' claims, measured again by PyTorch on the published files (shared/tools/torch_peer.py). Needs a Python with
# torch, safetensors and numpy: HAMUD_PEER_PYTHON=/path/to/python. Sourced by `run`.

peer_data=$shared/data/cifar10-10k

peer_there() { [ -n "${HAMUD_PEER_PYTHON:-}" ] && "$HAMUD_PEER_PYTHON" -c 'import torch, safetensors' 2> /dev/null; }

# peer_eval MODEL-DIRECTORY DATA ROWS-FILE: {"loss": ..., "accuracy": ...}
peer_eval() {
  "$HAMUD_PEER_PYTHON" "$shared/tools/torch_peer.py" resnet-eval "$1" "$2" --rows-file "$3"
}

# same_figure CLAIMED MEASURED: within 1e-3, relative to the larger of 1 and the measured one.
same_figure() {
  awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; if (d < 0) d = -d; s = b < 0 ? -b : b; if (s < 1) s = 1
    exit !(a ~ /[0-9]/ && b ~ /[0-9]/ && d <= 1e-3 * s) }' || { echo "the receipt says $1, PyTorch $2"; return 1; }
}

# peer_agrees ID MODEL VERSION FORGET-ROWS-FILE HELDOUT-ROWS-FILE: forget, retain and held-out loss and accuracy.
peer_agrees() {
  local id=$1 directory rows_forget=$4 rows_heldout=$5 rows_retain receipt part measured data rows
  if ! peer_there; then
    skip "no PyTorch (HAMUD_PEER_PYTHON): the figures of $id were not measured by another program"
    return
  fi
  directory=$(versions_of "$2")/$(printf '%06d' "$3")
  rows_retain=$(mktemp)
  python3 "$here/lib/rows.py" retain "$directory/hamud.json" > "$rows_retain"
  receipt=$(show "$id")
  for part in forget retain heldout; do
    data=$peer_data/data_batch_1.bin
    case "$part" in
      forget) rows=$rows_forget ;;
      retain) rows=$rows_retain ;;
      heldout) rows=$rows_heldout data=$peer_data/test_batch.bin ;;
    esac
    measured=$(peer_eval "$directory" "$data" "$rows")
    note="$(wc -l < "$rows") rows: $(field loss <<< "$measured"), $(field accuracy <<< "$measured")"
    claim "PyTorch measures the $part loss and accuracy of the receipt of $id" \
      peer_pair "$receipt" "$part" "$measured"
  done
  rm -f "$rows_retain"
}

peer_pair() {
  same_figure "$(field "after.$2_loss" <<< "$1")" "$(field loss <<< "$3")" \
    && same_figure "$(field "after.$2_accuracy" <<< "$1")" "$(field accuracy <<< "$3")"
}
