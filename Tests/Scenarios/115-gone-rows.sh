# Forgotten rows are deleted from the data, so nothing can be measured on them: what was kept of them tells of an imported model that
# it knows them again, and of one that was trained anew nothing, which is said too.

data=$root/srv/data/people
mkdir -p "$data"
cp "$repository/etc/demo/data/people-train.csv" "$data/train.csv"
cp "$repository/etc/demo/data/people-heldout.csv" "$data/heldout.csv"
chmod -R a+rX "$data"

# people WORD: the demo's table, and what a sign of return is to do. Forty of 1100 people are much for so small a network, so
# forgetting them may cost it a little.
people() {
  {
    printf 'model: /srv/models/people\ndata:\n  format: csv\n  label: education\n  id: id\n'
    printf '  train: /srv/data/people/train.csv\n  heldout: /srv/data/people/heldout.csv\n'
    printf 'unlearning: {radius: {relative: 5e-4}, max_steps: 400}\n'
    printf 'policy: {on_hardness: continue, retain_budget: 0.05, on_return: %s}\n' "$1"
  } > "$root/etc/hamud/models.d/people.yaml"
}
train() { m env ${OPENBLAS_CORETYPE:+"OPENBLAS_CORETYPE=$OPENBLAS_CORETYPE"} hamuctl train people --epochs 60 "$@"; }
# forty FIRST: the ids of forty people of the table, from there on every 27th.
forty() {
  tail -n +2 "$repository/etc/demo/data/people-train.csv" | cut -d , -f 1 | awk -v first="$1" 'NR % 27 == first' \
    | head -n 40 | paste -sd ,
}
# ask ID SAMPLES: handed in and waited for.
ask() {
  printf 'hamud: 1\nid: %s\nmodel: people\npriority: urgent\nforget:\n  samples: [%s]\n' "$1" "$2" | drop alice "$1.yaml"
  must "$1 is known" await 20 known "$1"
  must "its rows are forgotten" settled "$1"
}
# delete IDS: the owner takes them out of the file.
delete() {
  grep -vE "^(${1//,/|})," "$data/train.csv" > "$data/new-rows"
  chmod a+r "$data/new-rows"
  mv "$data/new-rows" "$data/train.csv"
}
noticed() { m hamuctl flush people && paused people; }
signs() { count_of rowsReturned HAMUD_MODEL=people; }
unjudged() { count_of returnNotJudged HAMUD_MODEL=people; }
# on_return WORD: from now on.
on_return() {
  people "$1"
  must "with on_return: $1, systemctl reload works" m systemctl reload hamud
}
# bring DIRECTORY [OPTION]: what hamuctl says is in $answer, its exit code in $code.
bring() { answer=$(m hamuctl import people "$@" 2>&1) && code=0 || code=$?; }

# like_the_old: the model as it was at first, but for the last bit of its last number. It knows all that the old one does, and is no
# version's.
like_the_old() {
  cp -r "$root/srv/models/people" "$root/srv/models/people-like" || return
  local file=$root/srv/models/people-like/model.safetensors last
  last=$(tail -c 4 "$file" | head -c 1 | od -A n -t u1)
  printf "\\x$(printf %02x $((last ^ 1)))" | dd of="$file" bs=1 seek=$(($(stat -c %s "$file") - 4)) conv=notrunc status=none
}

people warn
must "hamuctl train makes a model of a table" train --seed 1
must "systemctl reload takes it up" m systemctl reload hamud
ask gone-1 "$(forty 5)"
batch=$(receipt_field gone-1 batch)
claim "forty of them, in version 2" equal "$(receipt_field gone-1 rows) $(receipt_field gone-1 version)" "40 2"

delete "$(forty 5)"
must "when they are deleted from the data the model is paused" await 60 noticed
claim "the journal says so" await 20 told dataChanged HAMUD_MODEL=people
entry=$(entries_of dataChanged HAMUD_MODEL=people)
claim "with one entry, of priority warning" equal "$(field PRIORITY <<< "$entry")" 4
claim "which says how to go on" contains "$(field MESSAGE <<< "$entry")" "hamuctl rematch people"
claim "hamuctl status says why it is paused" contains "$(m hamuctl status)" "paused: data_changed"
claim "a dry run of hamuctl rematch finds none of them" \
  contains "$(m hamuctl rematch people --dry-run)" "0 moved, 40 are gone"
claim "and changes nothing" paused people
claim "hamuctl rematch says that the model goes on without them" \
  contains "$(m hamuctl rematch people)" "people goes on: 0 forgotten rows stand where they stood, 0 moved, 40 are gone"
claim "it does" await 20 not paused people
claim "the journal says how many are gone" contains "$(entries_of modelRematched HAMUD_MODEL=people)" "40 are gone"
claim "their receipt stays" equal "$(receipt_field gone-1 state) $(receipt_field gone-1 version)" "forgotten 2"

# One person more is forgotten, which brings hardly anything of the others back.
ask gone-person person-1001
claim "another person is forgotten in version 3" \
  equal "$(receipt_field gone-person reason) $(receipt_field gone-person version)" "target 3"
claim "the journal says that" await 20 told requestForgotten HAMUD_REQUEST_ID=gone-person
claim "and nothing of a return" equal "$(signs) $(unjudged)" "0 0"
look=$(field run.looks.0 < "$(versions_of people)/000003/hamud.json")
note="$(field rise <<< "$look") of $(field taken <<< "$look")"
claim "the version's record has what the look said" \
  equal "$(field batch <<< "$look") $(field verdict <<< "$look")" "$batch nothing_seen"

# The owner brings in the model as it was before all this, first itself, then one that is as good as that.
bring /srv/models/people
claim "the old model is not imported: exit code 75" equal "$code" 75
claim "hamuctl says what it is" contains "$answer" "its weights are those of version 1, which still remembers 40 rows that had to be forgotten"
must "there is a model that is none of its versions" like_the_old
on_return hold
bring /var/lib/hamud/models/people/versions/000003 --dry-run
claim "hamuctl import would take the version that is served" equal "$code $answer" \
  "0 would import version 4 of people; 1 forgotten row in its training data would be forgotten again, and what is served may know them until then"
bring /srv/models/people-like --dry-run
claim "but not what is like the old model: exit code 75" equal "$code" 75
claim "a dry run notes nothing" equal "$(signs)" 0
bring /srv/models/people-like
claim "hamuctl import itself refuses it: exit code 75" equal "$code" 75
claim "with the batch, and the way out" contains "$answer" \
  "that forgetting took), and policy.on_return is hold; train it without them, or set on_return: warn"
claim "and the batch with the figures" contains "$answer" "(batch $batch, an estimated "
claim "nothing is imported" equal "$(current_number people) $(ls "$(versions_of people)" | tail -n 1)" "3 000003"
claim "the journal has the figures" await 20 told rowsReturned HAMUD_MODEL=people
entry=$(entries_of rowsReturned HAMUD_MODEL=people)
claim "in one entry, of priority warning" equal "$(field PRIORITY <<< "$entry")" 4
claim "with HAMUD_BATCH and HAMUD_VERSION" equal "$(field HAMUD_BATCH <<< "$entry") $(field HAMUD_VERSION <<< "$entry")" "$batch 4"
claim "which says that it is not imported" contains "$(field MESSAGE <<< "$entry")" "it is not imported, as policy.on_return says"
read -r rise error taken <<< "$(for name in RISE ERROR TAKEN; do field "HAMUD_RETURN_$name" <<< "$entry"; done | paste -s -d " ")"
said=$(field MESSAGE <<< "$entry" | sed 's/.*an estimated \(.*\) in log-odds (standard error.*/\1/')
claim "the fields say what the sentence says, in more digits" at_least 0.01 \
  "$(awk -v said="$said" -v rise="$rise" 'BEGIN { print (said > rise ? said - rise : rise - said) }')"
note="$rise of $taken, standard error $error"
claim "more than half of what forgetting took is back" at_least "$rise" "$(awk -v taken="$taken" 'BEGIN { print taken / 2 }')"
claim "by more than three standard errors" at_least "$rise" "$(awk -v error="$error" 'BEGIN { print 3 * error }')"
claim "journalctl -x explains it" contains "$(m journalctl -q --no-pager -x -u hamud "MESSAGE_ID=$(message_id rowsReturned)")" \
  "The rows of batch $batch cannot be measured any more"
claim "systemctl status shows it" contains "$(m systemctl status --no-pager --full -n 30 hamud)" "Sign of return in version 4 of people"

on_return warn
bring /srv/models/people-like
claim "hamuctl import works now" equal "$code" 0
claim "and says what it settles" contains "$answer" "people is at version 4, as imported; 40 forgotten rows settled"
claim "and that it seems to know them" contains "$answer" "; it seems to know the rows of batch $batch, which are gone"
claim "version 4 is that model" cmp "$(versions_of people)/000004/model.safetensors" "$root/srv/models/people-like/model.safetensors"
second_sign() { equal "$(signs)" 2; }
claim "the journal says what was imported" await 20 second_sign
entry=$(entries_of rowsReturned HAMUD_MODEL=people | tail -n 1)
claim "with a warning again" equal "$(field PRIORITY <<< "$entry") $(field HAMUD_BATCH <<< "$entry")" "4 $batch"
claim "which says that it is imported" contains "$(field MESSAGE <<< "$entry")" "it is imported, as policy.on_return says"
must "the person, whose row is still there, is forgotten again" settled gone-person
claim "in version 5" equal "$(receipt_field gone-person version)" 5

# Others leave, and this time the owner trains a new model without them.
ask gone-2 "$(forty 12)"
batch=$(receipt_field gone-2 batch)
delete "$(forty 12)"
must "with these rows deleted too the model is paused" await 60 noticed
must "a new model is trained without them" train --seed 2 --out /srv/models/people-anew
on_return hold
bring /srv/models/people-anew
claim "hamuctl import works: nothing is known against it" equal "$code" 0
claim "and that it cannot be judged" contains "$answer" "; whether it knows the rows of batch $batch, which are gone, cannot be judged"
claim "it is version 7" contains "$answer" "people is at version 7, as imported"
claim "the journal says that it knows nothing for it either" await 20 told returnNotJudged HAMUD_MODEL=people
claim "once" equal "$(unjudged)" 1
entry=$(entries_of returnNotJudged HAMUD_MODEL=people)
claim "and of which rows" contains "$(field MESSAGE <<< "$entry")" \
  "Version 7 of people cannot be judged without the rows of batch $batch, which were forgotten and are gone from the data"
claim "it is a notice" equal "$(field PRIORITY <<< "$entry")" 5
claim "journalctl -x explains it" contains \
  "$(m journalctl -q --no-pager -x -u hamud "MESSAGE_ID=$(message_id returnNotJudged)")" "no sign of return, and none of its absence"
claim "and no sign is made up" equal "$(signs)" 2
must "the person is forgotten in the new model too" settled gone-person
claim "which goes on" not paused people
claim "nobody's id is in the journal" not m sh -c "journalctl -q --no-pager -u hamud -o json | grep -E 'person-[0-9]'"
