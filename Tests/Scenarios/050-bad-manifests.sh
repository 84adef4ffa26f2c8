# Twenty manifests that are wrong in twenty ways: twenty answers that say where and how to mend it, and a daemon that did not notice.

planted="Mallory Planted"
before_pid=$(main_pid)
started=$(m date '+%Y-%m-%d %H:%M:%S')
kinds=0
head='hamud: 1
model: cifar10
forget:
  samples: [1]
'

# The name of the receipt that answers the refused file STEM.yaml.
rejected_receipt() { ls "$root$spool/rejected/" | grep -E "^$1\.[0-9a-f]{12}\.receipt\.yaml$"; }

# bad NAME REASON [unplaced]: standard input is dropped as a file of that name, and must be refused for that reason.
bad() {
  drop alice "$1.yaml"
  refused "$1" "$2" "${3:-placed}"
}
refused() {
  local receipt
  kinds=$((kinds + 1))
  await 20 rejected_receipt "$1" > /dev/null
  receipt=$(rejected_receipt "$1")
  note=$(sed -n 's/^detail: *//p' "$root$spool/rejected/$receipt" 2> /dev/null | cut -c 1-100)
  claim "$1: refused as $2" grep -qx "reason: $2" "$root$spool/rejected/${receipt:-nothing}"
  if [ "${3:-placed}" = placed ]; then
    claim "$1: with line and column" grep -qE '[0-9]+:[0-9]+: ' "$root$spool/rejected/${receipt:-nothing}"
  fi
}

# No close and no rename tells of these: they are found when the directory is scanned for one of the others.
as alice ln -s /etc/shadow $spool/incoming/symlink.yaml
as alice sh -c "printf '%s' 'hamud: 1' > /home/alice/linked && ln /home/alice/linked $spool/incoming/hard-link.yaml"
as alice mkfifo $spool/incoming/fifo.yaml

bad unknown-key invalid < <(printf '%s%s: yes\n' "$head" "$planted")
bad wrong-type invalid < <(printf 'hamud: 1\nmodel: cifar10\nforget: {samples: "%s"}\n' "$planted")
bad duplicate-key invalid < <(printf '%smodel: cifar10\n' "$head")
bad anchor invalid < <(printf 'hamud: 1\nmodel: cifar10\nforget: &a {samples: [1]}\nreason: *a\n')
bad custom-tag invalid < <(printf 'hamud: 1\nmodel: !!python/object "%s"\nforget: {samples: [1]}\n' "$planted")
bad second-document invalid < <(printf '%s---\nhamud: 1\n' "$head")
bad not-utf8 invalid < <(printf 'hamud: 1\nmodel: cifar10\nforget: {samples: [1]}\nreason: \xff\xfe\n')
{ printf '%sreason: "' "$head"; head -c 1048577 /dev/zero | tr '\0' x; printf '"\n'; } > "$root/home/alice/too-large.yaml"
as alice cp /home/alice/too-large.yaml $spool/incoming/too-large.yaml
refused too-large too_large unplaced
bad too-deep invalid < <({ printf 'hamud: 1\nmodel: cifar10\nforget: '; for _ in $(seq 40); do printf '['; done; for _ in $(seq 40); do printf ']'; done; })
bad unknown-model unknown_model < <(printf 'hamud: 1\nmodel: cifar1O\nforget: {samples: [1]}\n')
bad row-past-the-end nothing_selected < <(printf 'hamud: 1\nmodel: cifar10\nforget: {samples: [10000]}\n')
bad unknown-id nothing_selected < <(printf 'hamud: 1\nmodel: cifar10\nforget: {samples: ["%s"]}\n' "$planted")
bad unknown-subject nothing_selected < <(printf 'hamud: 1\nmodel: cifar10\nforget: {subjects: ["%s"]}\n' "$planted")
bad id-taken id_taken < <(printf 'hamud: 1\nid: airplane-1\nmodel: cifar10\nforget: {samples: [2]}\n')
bad classes-beside-rows invalid < <(printf 'hamud: 1\nmodel: cifar10\nforget: {samples: [1], classes: [cat]}\n')
bad other-format invalid < <(printf 'hamud: 2\nmodel: cifar10\nforget: {samples: [1]}\n')
bad range-backwards invalid < <(printf 'hamud: 1\nmodel: cifar10\nforget: {samples: [20-10]}\n')
bad empty invalid < <(printf '')
bad unknown-class nothing_selected < <(printf 'hamud: 1\nmodel: cifar10\nforget: {classes: [zebra]}\n')
bad bad-id invalid < <(printf 'hamud: 1\nid: ../etc/passwd\nmodel: cifar10\nforget: {samples: [1]}\n')
refused symlink not_a_file unplaced
refused hard-link not_a_file unplaced
refused fifo not_a_file unplaced

note="$kinds kinds"
claim "as many refusals in the journal" at_least "$(count_of requestRefused --since "$started")" "$kinds"
claim "the service is active, the same process" equal "$(m systemctl is-active hamud) $(main_pid)" "active $before_pid"
claim "nothing but what was too large is left in the spool" equal "$(ls "$root$spool/incoming")" too-large.yaml
claim "and its owner takes it back" as alice mv $spool/incoming/too-large.yaml /home/alice/taken-back.yaml
claim "no request came of it" equal "$(m hamuctl list --json | grep -c 'unknown-key\|wrong-type\|fifo')" 0
journal_text=$(m journalctl -q --no-pager -o json -u hamud --since "$started")
claim "no name from a manifest is in the journal" not contains "$journal_text" "Planted"
claim "nor a dropped file's name" not contains "$journal_text" "range-backwards"
claim "the submitter reads why" as alice cat "$spool/rejected/$(rejected_receipt unknown-key)"
claim "the existing request is untouched" equal "$(receipt_field airplane-1 state)" forgotten
for name in .hidden.yaml notes.txt; do printf 'left alone' | drop alice "$name"; done
left_alone() { equal "$(m hamuctl status --json | field left_alone)" 2; }
claim "what is no manifest is left alone, and counted" await 20 left_alone
claim "it is still there" test -e "$root$spool/incoming/notes.txt" -a -e "$root$spool/incoming/.hidden.yaml"
m rm -f $spool/incoming/.hidden.yaml $spool/incoming/notes.txt
