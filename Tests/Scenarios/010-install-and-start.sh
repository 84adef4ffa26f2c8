# Installed with make, started with systemctl: users and directories are there, it is ready at once, small, and can do little.

install_log=$logs/install
must "make install puts everything in its place" \
  sh -c "make --no-print-directory -C '$repository' install DESTDIR='$root' > '$install_log' 2>&1"
# What the installation says has to be done on the machine itself, done.
while read -r command; do
  [ "$command" = "systemctl enable --now hamud" ] || must "$command" m sh -c "$command"
done < <(sed -n 's/^  //p' "$install_log")

for user in alice carol mallory; do m useradd -m "$user" 2>&1; done
m usermod -aG hamud-submit alice
m usermod -aG hamud-submit carol
m useradd -m -G hamud oscar
install -d "$root/srv/models" "$root/srv/data"
cp -r "$shared/models/resnet20-cifar10-10k" "$root/srv/models/resnet20"
cp -r "$shared/data/cifar10-10k" "$root/srv/data/cifar10"
chmod -R u+w,a+rX "$root/srv/models" "$root/srv/data"

claim "the daemon's user may submit too" contains "$(m id -nG hamud)" hamud-submit
claim "incoming/ is a drop box" equal "$(m stat -c '%U:%G %a' $spool/incoming)" "hamud:hamud-submit 3730"
for place in accepted rejected receipts; do
  claim "$place/ can be entered and not listed" equal "$(m stat -c '%a' $spool/$place)" 751
done
score=$(m systemd-analyze security --no-pager hamud | sed -n 's/.*exposure level for hamud.service: \([0-9.]*\).*/\1/p')
note=$score
claim "systemd-analyze security: 0.6 or better" at_most "$score" 0.6
claim "the unit has no mistake" m systemd-analyze verify --man=no hamud.service
claim "no Swift toolchain is in sight" not m test -e /opt/swift/usr/bin/swift

configure cifar10
# A processor on which Debian's OpenBLAS computes wrong results needs this, and the self-check would say so.
if [ -n "${OPENBLAS_CORETYPE:-}" ]; then
  mkdir -p "$root/etc/systemd/system/hamud.service.d"
  printf '[Service]\nEnvironment=OPENBLAS_CORETYPE=%s\n' "$OPENBLAS_CORETYPE" \
    > "$root/etc/systemd/system/hamud.service.d/openblas.conf"
  m systemctl daemon-reload
fi

must "systemctl enable --now hamud" m systemctl enable --now hamud
must "it is active" active
claim "version 1 is the configured model" await 60 test -e "$(versions_of cifar10)/000001/hamud.json"
claim "current points at it" equal "$(readlink "$root/var/lib/hamud/models/cifar10/current")" versions/000001
claim "its weights are the model's, byte for byte" \
  equal "$(weights_of cifar10)" "$(sha256sum < "$shared/models/resnet20-cifar10-10k/model.safetensors" | cut -d ' ' -f 1)"
claim "hamuctl check finds nothing wrong" m hamuctl check
claim "the ledger is the daemon's and its group's" \
  equal "$(m stat -c '%U:%G %a' /var/lib/hamud/ledger.sqlite)" "hamud:hamud 640"
claim "the control socket is everybody's to ask" equal "$(m stat -c '%a' /run/hamud/control)" 666

evaluation=$(m hamuctl evaluate --model cifar10 --split heldout --json)
note="$(field loss <<< "$evaluation"), $(field accuracy <<< "$evaluation")"
claim "the shared model on the shared held-out rows: loss 1.4122, accuracy 0.681" equal \
  "$(printf '%.4f %.3f' "$(field loss <<< "$evaluation")" "$(field accuracy <<< "$evaluation")")" "1.4122 0.681"

# Readiness: from the fork of the main process to READY=1, as systemd saw it.
readiness() {
  local name value forked=0 ready=0
  while IFS='=' read -r name value; do
    case "$name" in
      ExecMainStartTimestampMonotonic) forked=$value ;;
      ActiveEnterTimestampMonotonic) ready=$value ;;
    esac
  done < <(m systemctl show hamud -p ExecMainStartTimestampMonotonic -p ActiveEnterTimestampMonotonic)
  echo $(((ready - forked) / 1000))
}
times=()
for _ in 1 2 3 4 5; do
  m systemctl restart hamud
  times+=("$(readiness)")
done
median=$(printf '%s\n' "${times[@]}" | sort -n | sed -n 3p)
note="${times[*]} ms"
claim "ready within 200 ms of its start (median of 5)" at_most "$median" 200

# Idle memory: resident, without the pages of mapped model files.
model_open() { not paused cifar10 && equal "$(m hamuctl status --json | field models.0.version)" 1; }
claim "its model is open" await 60 model_open
resident=$(m awk '/^[0-9a-f]+-/ { model = /\/var\/lib\/hamud\/models\// } /^Rss:/ && !model { sum += $2 } END { print sum }' \
  "/proc/$(main_pid)/smaps")
note="$((resident / 1024)) MiB"
claim "idle memory below 40 MiB besides the mapped model" at_most "$resident" $((40 * 1024))
claim "systemctl status shows a live line" contains "$(m systemctl status --no-pager hamud)" 'Status: "'
claim "the start is in the journal, with an explanation" \
  contains "$(m journalctl -q --no-pager -x -u hamud)" 'Subject: hamud takes requests'
