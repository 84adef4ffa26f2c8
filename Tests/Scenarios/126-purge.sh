# Versions that still remember: removed when a person says so, never from under a reader who leased them, and the receipts say when.

old=$(m hamuctl versions cifar10 --json | python3 -c 'import json, sys
left = [v for v in json.load(sys.stdin) if not v["current"] and "purged_at" not in v]
print(left[-1]["version"] if left else "")')
must "an old version is left" test -n "$old"
directory=/var/lib/hamud/models/cifar10/versions/$(printf %06d "$old")
claim "it still remembers" at_least "$(m hamuctl versions cifar10 --json | python3 -c 'import json, sys
print([v["still_remembers"] for v in json.load(sys.stdin) if v["version"] == int(sys.argv[1])][0])' "$old")" 1
claim "whoever may only submit may not purge: exit code 77" exits 77 as alice hamuctl purge cifar10 --now

# A server that leases what it reads, as README tells.
m flock -s "$directory" sleep 1000 &
lease=$!
leased() { m sh -c 'pgrep -x sleep' && exits 1 m flock -n "$directory" true; }
must "a reader holds a lease" await 20 leased
output=$(m hamuctl purge cifar10 --now) && code=0 || code=$?
claim "the purge waits for the reader: exit code 75" equal "$code" 75
claim "and says who that is" contains "$output" "(flock)"
claim "the version is still there" test -e "$root$directory/hamud.json"
claim "the journal says it waits" at_least "$(count_of purgeWaits HAMUD_MODEL=cifar10)" 1
claim "everything is whole meanwhile" m hamuctl verify cifar10
m pkill -x sleep
wait "$lease"
claim "when the reader has ended it is purged" m hamuctl purge cifar10
claim "its directory is gone" not test -e "$root$directory"
current=$(current_number cifar10)
claim "only what is current is left" equal "$(ls -A "$(versions_of cifar10)")" "$(printf %06d "$current")"
claim "the person's receipt says when" contains "$(receipt_field dsr-subject purged)" '"'
m sh -c "cat $spool/receipts/airplane-1.yaml" > "$logs/amended.yaml"
claim "signed anew" "$repository/.build/release/hamuctl" verify --receipt "$logs/amended.yaml" --key "$logs/hamud.pub"
claim "the ledger keeps the record, and the chain is whole" m hamuctl verify
claim "and says how many" at_least "$(m hamuctl verify --json | field purged_versions)" 1
if output=$("$here/purge-image" 2>&1); then
  case "$output" in *SKIPPED*) skip "${output#SKIPPED: }" ;; *) claim "nothing of it is in the raw image: $(tail -n 1 <<< "$output")" true ;; esac
else
  claim "nothing of it is in the raw image" equal "$output" ""
fi
