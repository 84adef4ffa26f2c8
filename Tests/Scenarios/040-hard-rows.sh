# The hard request: hardness makes what is kept suffer; the journal says so, in numbers, and the request waits for a person.

configure hard "$(printf 'unlearning:\n  objective: cross-entropy\n  constraint: {ratio: 0.5}\n  controller: off')"
must "systemctl reload takes the new model up" m systemctl reload hamud
python3 "$here/lib/rows.py" random 200 7 10000 > "$logs/hard-rows"
printf 'hamud: 1\nid: hard-1\nmodel: hard\npriority: urgent\nforget:\n  samples: [%s]\n' "$(paste -sd, "$logs/hard-rows")" \
  | drop alice hard-1.yaml
must "the request is known" await 60 known hard-1
must "it is held: exit code 75" exits 75 settled hard-1

receipt=$(show hard-1)
value() { field "$1" <<< "$receipt"; }
claim "state: held, reason: unavoidable" equal "$(value state) $(value reason)" "held unavoidable"
claim "the receipt says what going on would cost" at_least "$(value going_on.retain_cost_per_step)" -1e9
claim "and that it is unavoidable" equal "$(value hardness.unavoidable)" true
claim "nothing was published" equal "$(current_number hard)" 1
claim "one warning" equal "$(count_of hardnessBegan HAMUD_REQUEST_ID=hard-1)" 1
entry=$(entries_of hardnessBegan HAMUD_REQUEST_ID=hard-1 | head -n 1)
claim "of priority warning" equal "$(field PRIORITY <<< "$entry")" 4
for name in MODEL BATCH STEP KAPPA KAPPA1 KAPPA2 QUOTA LEAST_COST RETAIN_COST FREE_IMPROVEMENT RETAIN_SPENT; do
  note=$(field "HAMUD_$name" <<< "$entry")
  claim "with HAMUD_$name" test -n "$note"
done
claim "the least cost is above 0" not at_most "$(field HAMUD_LEAST_COST <<< "$entry")" 0
claim "journalctl -x explains it" contains \
  "$(m journalctl -q --no-pager -x -u hamud "MESSAGE_ID=$(message_id hardnessBegan)")" "accept-retain-cost"
claim "what is said is what the sentence says" contains "$(field MESSAGE <<< "$entry")" "kappa2"

claim "hamuctl resume would go on at a price" m hamuctl resume hard-1 --accept-retain-cost 0.05 --dry-run
claim "the dry run changed nothing" equal "$(state_of hard-1)" held
claim "hamuctl cancel lets it go" m hamuctl cancel hard-1
claim "exit code 73 for who waits for it" exits 73 settled hard-1
claim "its receipt says so" equal "$(receipt_field hard-1 state)" cancelled
