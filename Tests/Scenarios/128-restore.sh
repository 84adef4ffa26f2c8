# A backup is brought back: to a new machine, beside what could be saved of the old one's spool; and to the same machine, whose spool is
# whole. What was forgotten since is seen to be missing, asked for again from there, and what is nowhere to be found is signed off.

backup=/srv/backup
old=/srv/old
data=$root/srv/data/staff
mkdir -p "$data"
cp "$repository/etc/demo/data/people-train.csv" "$data/train.csv"
cp "$repository/etc/demo/data/people-heldout.csv" "$data/heldout.csv"
chmod -R a+rX "$data"

# A small model of its own, whose runs take a second. What several requests at once cost it is not what this is about.
staff() {
  printf 'model: /srv/models/staff\ndata:\n  format: csv\n  label: education\n  id: id\n'
  printf '  train: /srv/data/staff/train.csv\n  heldout: /srv/data/staff/heldout.csv\n'
  printf 'unlearning: {radius: {relative: 5e-4}, max_steps: 2000}\npolicy: {on_hardness: continue, retain_budget: 1, damage_budget: 1}\n'
}
train() { m env ${OPENBLAS_CORETYPE:+"OPENBLAS_CORETYPE=$OPENBLAS_CORETYPE"} hamuctl train staff --epochs 60 --seed 1; }
manifest() { # ID SAMPLES [PRIORITY]
  printf 'hamud: 1\nid: %s\nmodel: staff\npriority: %s\nforget:\n  samples: [%s]\n' "$1" "${3:-urgent}" "$2"
}
# hand_in ID SAMPLES [PRIORITY]: as alice drops it.
hand_in() {
  manifest "$@" | drop alice "$1.yaml"
  must "$1 is taken up" await 30 known "$1"
}
# ask ID SAMPLES: handed in and forgotten.
ask() {
  hand_in "$1" "$2"
  must "$1 is forgotten" forgotten "$1"
}
forgotten() { settled "$1" 120 && equal "$(state_of "$1")" forgotten; }

# readme COMMAND: one that README.md has on a line of its own, done as it stands there.
readme() { must "README: $1" written_and_done "$1"; }
written_and_done() {
  local command=${1//DIR/$backup}
  # To its end, so that no early exit of grep ends sed.
  sed 's/  *#.*//' "$repository/README.md" | grep -xF "    $1" > "$logs/line" || { echo "README.md has no such line"; return 1; }
  m bash -c "${command//OLD/$old}"
}

# rights PLACE...: type, mode, owner and ACL of everything there, besides what comes and goes while hamud runs.
rights() {
  m find "$@" ! -name 'ledger.sqlite-*' ! -name running ! -name purging -print0 | LC_ALL=C sort -z | m xargs -0 stat -c '%A %U:%G %n' \
    && m getfacl -R -p -s "$@" | awk 'BEGIN { RS = ""; FS = "\n" } { $1 = $1; print }'
}
# kept FILE PLACE...: what had rights then has the same now; what came since may be there besides.
kept() {
  rights "${@:2}" > "$logs/now"
  [ -s "$1" ] && not grep -vxFf "$logs/now" "$1"
}
# Of the spool, but for what users handed in and was refused: that is hamud's on a new machine.
spooled=("$spool/incoming" "$spool/accepted" "$spool/receipts")
directories() { m stat -c '%A %U:%G %n' / /etc /var /var/lib /var/spool $spool $spool/rejected; }

# new_machine: of the old one there is only what can still be read; hamud was installed as in the first story, and its user and groups
# have other numbers there.
new_machine() {
  m mkdir -p $old/etc $old/var/lib $old/var/spool
  m mv /etc/hamud $old/etc/
  m mv /var/lib/hamud $old/var/lib/
  m mv $spool $old/var/spool/
  m groupmod -g 4711 hamud-submit
  m groupmod -g 4712 hamud
  m usermod -u 4712 -g 4712 hamud
  make --no-print-directory -C "$repository" install DESTDIR="$root" > "$logs/install-anew" 2>&1
  m sh -c 'systemd-sysusers && systemd-tmpfiles --create && systemctl daemon-reload'
}
# seen BEFORE: another entry than those that were there, which says that it is a backup.
seen() {
  equal "$(count_of restoredBackup)" $(($1 + 1)) \
    && contains "$(entries_of restoredBackup | tail -n 1)" "it is a backup that was taken at 20"
}
not_done() { equal "$(state_of "$1")" accepted; }
# Elsewhere, with the public key that was asked for before all this.
valid() { "$repository/.build/release/hamuctl" verify --receipt "$root$spool/receipts/$1.yaml" --key "$logs/hamud.pub"; }
noted() { m hamuctl verify --json | python3 "$here/lib/ask.py" field findings; }

staff > "$root/etc/hamud/models.d/staff.yaml"
must "a model is trained" train
must "systemctl reload takes it up" m systemctl reload hamud
ask kept-1 200-219
hand_in waits-1 260-269 normal
as alice hamuctl key > "$logs/hamud.pub"
readme "hamuctl backup DIR"
claim "nobody else looks into it" equal "$(m stat -c '%U %a' $backup)" "root 700"
rights /etc/hamud /var/lib/hamud > "$logs/rights"
ask lost-1 300-319
m hamuctl flush staff > "$logs/flush"
must "so is what still waited when the backup was taken" forgotten waits-1
rights "${spooled[@]}" > "$logs/rights-of-spool"
directories=$(directories)
entries=$(count_of restoredBackup)

readme "systemctl stop hamud"
manifest late-1 360-369 | drop alice late-1.yaml
new_machine
readme "tar -C DIR -c etc var | tar -C / -x -p --no-same-owner --no-overwrite-dir"
readme "cp -a OLD/var/spool/hamud/{accepted,receipts,rejected} /var/spool/hamud/"
readme "chown -R hamud:hamud /var/lib/hamud /var/spool/hamud"
readme "cp -a OLD/var/spool/hamud/incoming /var/spool/hamud/"
readme "systemd-tmpfiles --create"
# As of a receipt that only the backup has: there it has no ACL.
must "a receipt comes without its ACL" \
  m python3 -c 'import os, sys; os.removexattr(sys.argv[1], "system.posix_acl_access")' $spool/receipts/kept-1.yaml
readme "systemctl start hamud"
must "the journal says that it is a backup" await 30 seen "$entries"
claim "at priority CRIT" equal "$(entries_of restoredBackup | tail -n 1 | field PRIORITY)" 2
must "what nobody had taken up on the old machine is taken up here" await 30 known late-1
claim "and is still alice's" equal "$(receipt_field late-1 submitted_by)" alice
hand_in meanwhile-1 400-409
for id in late-1 meanwhile-1; do claim "urgent as it is, $id waits" not_done $id; done
claim "hamuctl status says for what" contains "$(m hamuctl status)" "model       staff, version 2, paused: restored"
claim "current stays where it was" equal "$(current_number staff)" 2
claim "the directories above are whose they were, with the same modes" equal "$(directories)" "$directories"
claim "so are settings, ledger, key and versions" kept "$logs/rights" /etc/hamud /var/lib/hamud
claim "and the spool, with its ACLs" kept "$logs/rights-of-spool" "${spooled[@]}"
claim "the signing key is the daemon's alone" equal "$(m stat -c '%U:%G %a' /var/lib/hamud/hamud.key)" "hamud:hamud 600"
claim "it is the one that signed before" equal "$(as alice hamuctl key)" "$(cat "$logs/hamud.pub")"
claim "alice reads her receipt" as alice cat $spool/receipts/kept-1.yaml
claim "and asks hamuctl for it" as alice hamuctl show kept-1
claim "carol does not read it" not as carol cat $spool/receipts/kept-1.yaml
claim "hamuctl verify finds nothing wrong" m hamuctl verify
claim "and notes what the ledger does not know" contains "$(noted)" "$spool/receipts/lost-1.yaml"
readme "hamuctl recover --dry-run"
claim "which names what was told, and the ledger does not know" contains "$(m hamuctl recover --dry-run)" \
  "would accept again 2 requests: lost-1, waits-1"
claim "and changes nothing" paused staff
readme "hamuctl recover"
for id in lost-1 waits-1 late-1 meanwhile-1; do must "$id is forgotten" forgotten $id; done
claim "nothing is served before what was lost" at_least "$(receipt_field late-1 version)" "$(receipt_field lost-1 version)"
claim "the new receipt is what the old key signed" valid lost-1
claim "everything is whole, and nothing noted" equal "$(noted)" "[]"

# The same machine: its spool is whole, but for a manifest that is in no backup either.
m rm -r $backup $old
readme "hamuctl backup DIR"
rights /var/lib/hamud > "$logs/rights"
ask lost-2 500-519
ask orphan-2 600-619
m rm $spool/accepted/orphan-2.yaml
entries=$(count_of restoredBackup)

readme "systemctl stop hamud"
readme "mv /var/lib/hamud /var/lib/hamud.broken"
readme "cp -a DIR/var/lib/hamud /var/lib/"
readme "chown -R hamud:hamud /var/lib/hamud"
readme "systemctl start hamud"
must "the journal says that it is a backup" await 30 seen "$entries"
claim "everything there is whose it was, with the same modes" kept "$logs/rights" /var/lib/hamud
claim "a dry run of hamuctl recover names what is nowhere to be found" contains "$(m hamuctl recover --dry-run)" \
  "would accept again 1 request: lost-2; cannot be found again: orphan-2"
claim "without a word of it, it is refused: exit code 64" exits 64 m hamuctl recover
claim "and nothing was changed" paused staff
readme "hamuctl recover --sign-off"
claim "the journal says by whom" await 20 told restoreSettled HAMUD_REQUEST_ID=orphan-2
claim "with the user's number" contains "$(entries_of restoreSettled HAMUD_REQUEST_ID=orphan-2)" "User 0 settled"
must "what was found is forgotten again" forgotten lost-2
claim "what was not is no request any more: exit code 66" exits 66 m hamuctl show orphan-2
claim "its receipt stays, and is noted" contains "$(noted)" "$spool/receipts/orphan-2.yaml"
m mv $spool/receipts/orphan-2.yaml /root/
claim "moved to one's records it is not" equal "$(noted)" "[]"
ask again-2 600-619
claim "everything is whole" m hamuctl verify
m rm -r $backup /var/lib/hamud.broken
