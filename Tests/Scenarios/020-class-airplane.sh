# The easy request: a whole class. Forgotten for nothing, with a receipt that another program confirms.

airplane airplane-1 cifar10 | drop alice airplane-1.yaml
must "the dropped file is taken up" await 20 known airplane-1
claim "and is gone from the spool" not m test -e $spool/incoming/airplane-1.yaml
claim "its manifest is kept, byte for byte" \
  equal "$(cat "$root$spool/accepted/airplane-1.yaml")" "$(airplane airplane-1 cifar10)"
claim "hamuctl submit of the same content is answered with the same request" exits 0 \
  as alice hamuctl submit /home/alice/airplane-1.yaml
must "it is forgotten" settled airplane-1
receipt=$(show airplane-1)
value() { field "$1" <<< "$receipt"; }

claim "state: forgotten" equal "$(value state)" forgotten
claim "reason: target" equal "$(value reason)" target
claim "version 2" equal "$(value version)" 2
claim "1000 rows" equal "$(value rows)" 1000
note=$(value after.class_accuracy)
claim "class accuracy at most 0.1 on its rows" at_most "$(value after.class_accuracy)" 0.1
note=$(value after.class_heldout_accuracy)
claim "and on its held-out rows" at_most "$(value after.class_heldout_accuracy)" 0.1
note=$(value after.retain_accuracy)
claim "retain accuracy at least 0.999" at_least "$(value after.retain_accuracy)" 0.999
note="$(value before.heldout_accuracy) -> $(value after.heldout_accuracy)"
claim "held-out accuracy of the other classes not below before" \
  at_least "$(value after.heldout_accuracy)" "$(value before.heldout_accuracy)"
note="$(value steps) steps"
claim "in fewer than 100 steps" at_most "$(value steps)" 100
claim "without a warning of hardness" equal "$(count_of hardnessBegan HAMUD_REQUEST_ID=airplane-1)" 0
claim "who asked is known" equal "$(value submitted_by)" alice

claim "current points at the version" equal "$(current_number cifar10)" 2
claim "the record's digest is in the receipt" \
  equal "$(value record)" "sha256:$(sha256sum "$(versions_of cifar10)/000002/hamud.json" | cut -d ' ' -f 1)"
claim "config.json is kept byte for byte" \
  cmp "$(versions_of cifar10)/000002/config.json" "$shared/models/resnet20-cifar10-10k/config.json"
claim "alice reads her receipt" as alice cat $spool/receipts/airplane-1.yaml
claim "carol does not" not as carol cat $spool/receipts/airplane-1.yaml
claim "the file says what hamuctl says" \
  sh -c "grep -q '^state: forgotten' '$root$spool/receipts/airplane-1.yaml'"

story=$(m journalctl -q --no-pager -u hamud -o cat HAMUD_REQUEST_ID=airplane-1)
for words in "accepted" "in batch" "being unlearned" "forgotten in version 2"; do
  claim "the journal tells: $words" contains "$story" "$words"
done
claim "once each" equal "$(count_of requestForgotten HAMUD_REQUEST_ID=airplane-1)" 1

python3 "$here/lib/rows.py" class 0 "$peer_data/data_batch_1.bin" > "$logs/airplane-rows"
python3 "$here/lib/rows.py" others 0 "$peer_data/test_batch.bin" > "$logs/others-heldout"
peer_agrees airplane-1 cifar10 2 "$logs/airplane-rows" "$logs/others-heldout"
weights_of cifar10 > "$logs/airplane-weights"
