# One person of about twenty rows: forgotten, and what was erased before stays erased.

subject=$(python3 "$here/lib/rows.py" subject-of 22 "$shared/data/cifar10-10k/ids.csv")
python3 "$here/lib/rows.py" subject "$subject" "$shared/data/cifar10-10k/ids.csv" > "$logs/subject-all"
grep -vxFf "$logs/airplane-rows" "$logs/subject-all" > "$logs/subject-rows"
printf 'hamud: 1\nmodel: cifar10\nforget:\n  subjects: ["%s"]\nreason: GDPR Art. 17\npriority: urgent\n' "$subject" \
  | drop alice dsr-subject.yaml
must "the id is the file's stem" await 20 known dsr-subject
must "it is forgotten" settled dsr-subject
receipt=$(show dsr-subject)
value() { field "$1" <<< "$receipt"; }

claim "state: forgotten" equal "$(value state)" forgotten
claim "the rows that were airplanes are forgotten already" \
  equal "$(value already_forgotten)" $(($(wc -l < "$logs/subject-all") - $(wc -l < "$logs/subject-rows")))
claim "the others had to be" equal "$(value rows)" "$(wc -l < "$logs/subject-rows")"
claim "judged with its batch, having fewer than 30 rows" equal "$(value judged)" batch
note="$(value before.membership_auc) -> $(value after.membership_auc)"
claim "membership AUC at most 0.55" at_most "$(value after.membership_auc)" 0.55
claim "and at least 0.45" at_least "$(value after.membership_auc)" 0.45
note=$(value after.retain_accuracy)
claim "retain accuracy at least 0.999" at_least "$(value after.retain_accuracy)" 0.999
note="$(value before.heldout_accuracy) -> $(value after.heldout_accuracy)"
claim "held-out accuracy at most 1.5 points below before" \
  at_least "$(value after.heldout_accuracy)" "$(awk -v a="$(value before.heldout_accuracy)" 'BEGIN { print a - 0.015 }')"
note="$(value steps) steps"
claim "in at most 100 steps" at_most "$(value steps)" 100

claim "version 3 is current" equal "$(current_number cifar10)" 3
python3 "$here/lib/rows.py" retain "$(versions_of cifar10)/000003/hamud.json" > "$logs/retained"
claim "the record lists the rows that were kept" equal "$(wc -l < "$logs/retained")" \
  $((10000 - 1000 - $(wc -l < "$logs/subject-rows")))
claim "and none that was forgotten" not grep -qxFf "$logs/airplane-rows" -f "$logs/subject-rows" "$logs/retained"
claim "the person's name is nowhere in the journal" not contains "$(journal -o json)" "$subject"

peer_agrees dsr-subject cifar10 3 "$logs/subject-rows" "$logs/others-heldout"
if peer_there; then
  for part in "data_batch_1.bin class" "test_batch.bin class"; do
    read -r file word <<< "$part"
    python3 "$here/lib/rows.py" "$word" 0 "$peer_data/$file" > "$logs/zero"
    accuracy=$(peer_eval "$(versions_of cifar10)/000003" "$peer_data/$file" "$logs/zero" | field accuracy)
    note="$accuracy on $file"
    claim "PyTorch: airplane is still at most 0.1" at_most "$accuracy" 0.1
  done
fi
sed 's/^model/id: dsr-again\nmodel/' "$root$spool/accepted/dsr-subject.yaml" > "$root/home/alice/again.yaml"
claim "the same rows under another id are forgotten at once" as alice hamuctl submit /home/alice/again.yaml --wait
claim "reason: already_forgotten, in the version that is current" \
  equal "$(receipt_field dsr-again reason) $(receipt_field dsr-again version)" "already_forgotten 3"
