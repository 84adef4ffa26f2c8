# A bad configuration fails the start with its place, exit code 78, and is not tried again.

m systemctl stop hamud
printf 'threads: many\n' > "$root/etc/hamud/hamud.yaml"
claim "systemctl start fails" not m systemctl start hamud
claim "exit code 78" equal "$(m systemctl show -p ExecMainStatus --value hamud)" 78
claim "not restarted" equal "$(m systemctl show -p NRestarts --value hamud)" 0
claim "systemctl status shows file, line and column" contains \
  "$(m systemctl status --no-pager -n 30 hamud 2>&1)" "/etc/hamud/hamud.yaml:1:10"
rm "$root/etc/hamud/hamud.yaml"
must "mended, it starts" m systemctl start hamud

m mkdir -p /run/systemd/system/hamud.service.d
m sh -c "printf '[Service]\nWatchdogSec=4s\n' > /run/systemd/system/hamud.service.d/watchdog.conf"
m systemctl daemon-reload
m systemctl restart hamud
pid=$(main_pid)
began=$(milliseconds)
m kill -STOP "$pid"
must "a process that hangs is restarted" await 20 restarted_since "$pid"
took=$(($(milliseconds) - began))
note="$took ms with WatchdogSec=4s"
claim "within WatchdogSec + 10 s" at_most "$took" 14000
m rm /run/systemd/system/hamud.service.d/watchdog.conf
m systemctl daemon-reload
must "and with the unit's own watchdog again" m systemctl restart hamud
