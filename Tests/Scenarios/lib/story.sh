# What scenarios are written in: claims that are checked, and the few things a user does. Sourced by `run` after machine.sh.

spool=/var/spool/hamud
passed=0
failed=0
skipped=0

# claim "SENTENCE" CMD...: the sentence holds when the command succeeds. What the command printed is shown when it does not.
claim() {
  local sentence=$1 output
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    printf '  ok      %s%s\n' "$sentence" "${note:+ ($note)}"
  else
    failed=$((failed + 1))
    printf '  FAILED  %s%s\n' "$sentence" "${note:+ ($note)}"
    printf '          %s\n' "$*"
    [ -z "$output" ] || printf '%s\n' "$output" | tail -n 15 | sed 's/^/          | /'
  fi
  note=""
}

# Said beside the next claim: the figure that was measured.
note=""

# The rest of a scenario makes no sense without this one.
must() {
  local before=$failed
  claim "$@"
  [ "$failed" -eq "$before" ] || { echo "  the rest of this story is left out"; exit 1; }
}

skip() {
  skipped=$((skipped + 1))
  printf '  SKIPPED: %s\n' "$1"
}

tell() { printf '  %s\n' "$*"; }

not() { ! "$@"; }
equal() { [ "$1" = "$2" ] || { echo "expected: $2"; echo "found:    $1"; return 1; }; }
# Numbers, also with exponents. A value that is no number never holds.
compare() { awk -v a="$1" -v b="$3" 'BEGIN { exit !(a ~ /^-?[0-9.]+([eE][-+]?[0-9]+)?$/ && a + 0 '"$2"' b + 0) }' \
  || { echo "$1 is not $2 $3"; return 1; }; }
at_most() { compare "$1" '<=' "$2"; }
at_least() { compare "$1" '>=' "$2"; }
contains() { case "$1" in *"$2"*) ;; *) echo "without \"$2\":"; echo "$1"; return 1 ;; esac; }
exits() { # exits CODE CMD...
  local wanted=$1 code=0
  shift
  "$@" || code=$?
  [ "$code" -eq "$wanted" ] || { echo "exit code $code, expected $wanted"; return 1; }
}

# field PATH: one value of the JSON on standard input; nothing where it is absent. after.hardness.kappa, 0.request
field() { python3 "$here/lib/ask.py" field "$1"; }

show() { m hamuctl show "$1" --json; }
state_of() { show "$1" | field state; }
receipt_field() { show "$1" | field "$2"; }

# drop USER NAME: standard input becomes a file in the spool, as a user drops one (cp).
drop() {
  local user=$1 name=$2
  as "$user" sh -c "cat > /home/$user/$name && cp /home/$user/$name $spool/incoming/$name"
}

# settled ID [SECONDS]: waits until the request has ended or is held; its exit code is hamuctl's.
settled() { m timeout "${2:-900}" hamuctl show "$1" --wait > /dev/null; }

# await SECONDS CMD...: until the command succeeds.
await() {
  local end=$((SECONDS + $1))
  shift
  until "$@" > /dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || { echo "waited in vain for: $*"; return 1; }
    sleep 0.1
  done
}

known() { show "$1"; }
running_step_at_least() { # MODEL STEP
  local status
  status=$(m hamuctl status --json) || return 1
  [ "$(field running.model <<< "$status")" = "$1" ] && at_least "$(field running.step <<< "$status")" "$2"
}

active() { equal "$(m systemctl is-active hamud)" active; }
restarted_since() { active && [ "$(main_pid)" != "$1" ] && [ "$(main_pid)" != 0 ]; }
# Whether a model is paused, as status says.
paused() {
  m hamuctl status --json | python3 -c 'import json, sys
models = {each["model"]: each["paused"] for each in json.load(sys.stdin)["models"]}
sys.exit(0 if models.get(sys.argv[1]) not in (None, False, "") else 1)' "$1"
}
main_pid() { m systemctl show -p MainPID --value hamud; }
# The journal of the service since a cursor, or of one message.
journal() { m journalctl --no-pager -q -u hamud "$@"; }
message_id() { python3 "$here/lib/ask.py" message-id "$repository/Sources/Service/Events/EventKind.swift" "$1"; }
entries_of() { # KIND [MATCH...]: the entries of one kind as JSON lines
  local id
  id=$(message_id "$1")
  shift
  m journalctl --no-pager -q -o json -u hamud "MESSAGE_ID=$id" "$@"
}
count_of() { entries_of "$@" | grep -c . || true; }
told() { [ "$(count_of "$@")" -gt 0 ]; } # the journal comes after the ledger, by a moment: to be awaited

versions_of() { echo "$root/var/lib/hamud/models/$1/versions"; }
current_number() { basename "$(readlink "$root/var/lib/hamud/models/$1/current")" | sed 's/^0*//'; }
weights_of() { # MODEL: the sha256 of what is current
  sha256sum "$root/var/lib/hamud/models/$1/current/model.safetensors" | cut -d ' ' -f 1
}
milliseconds() { echo $(($(date +%s%N) / 1000000)); }

# configure MODEL [LINES]: a model with the shared network and data, and nothing else but these settings.
configure() {
  {
    printf 'model: /srv/models/resnet20\ndata:\n  format: cifar10\n'
    printf '  train: /srv/data/cifar10/data_batch_*.bin\n  heldout: /srv/data/cifar10/test_batch.bin\n'
    printf '  ids: /srv/data/cifar10/ids.csv\n'
    [ -z "${2:-}" ] || printf '%s\n' "$2"
  } > "$root/etc/hamud/models.d/$1.yaml"
}

# airplane ID MODEL: the manifest of the easy request.
airplane() { printf 'hamud: 1\nid: %s\nmodel: %s\nforget:\n  classes: [airplane]\npriority: urgent\n' "$1" "$2"; }
