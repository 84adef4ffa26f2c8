# A machine of our own with a real systemd: an overlay of / in memory, booted by systemd-nspawn. Whatever happens in it is
# gone with it, and nothing of it reaches the system below. Sourced by `run`.
#
#   root      the machine's root directory, seen from outside
#   m CMD...  runs a command in the machine, as root
#   as USER CMD...

machine_home=""
root=""
leader=""
nspawn=""

# Why a machine cannot be booted here; empty when it can.
machine_obstacle() {
  [ "$(id -u)" -eq 0 ] || { echo "only root boots a machine"; return; }
  for program in systemd-nspawn nsenter; do
    command -v $program > /dev/null || { echo "no $program"; return; }
  done
  grep -qw overlay /proc/filesystems || modprobe overlay 2> /dev/null || { echo "no overlay file system"; return; }
  unshare --mount true 2> /dev/null || { echo "no mount namespaces"; return; }
}

# Sets up the file system; what is laid below $root before machine_boot is there when it boots.
machine_make() {
  machine_home=$(mktemp -d /var/tmp/hamud-machine.XXXXXX)
  mkdir "$machine_home/memory" "$machine_home/root"
  mount -t tmpfs -o mode=755,size=75% hamud-machine "$machine_home/memory"
  mkdir "$machine_home/memory/upper" "$machine_home/memory/work"
  root=$machine_home/root
  mount -t overlay hamud-machine "$root" \
    -o "lowerdir=/,upperdir=$machine_home/memory/upper,workdir=$machine_home/memory/work"
  # This system's own services have no business there, and neither has its earlier state.
  rm -rf "$root"/etc/systemd/system/*.wants "$root"/etc/systemd/system/*.requires "$root"/var/log/journal \
    "$root"/var/lib/hamud "$root"/var/spool/hamud "$root"/etc/hamud "$root"/etc/systemd/system/hamud*
  # Some packages start theirs through a generator (postgresql does).
  find "$root/usr/lib/systemd/system-generators" "$root/etc/systemd/system-generators" \
    -mindepth 1 ! -name 'systemd-*' -delete 2> /dev/null || true
  mkdir -p "$root/var/log/journal" "$root/srv" "$root/etc/systemd/journald.conf.d"
  printf '[Journal]\nStorage=persistent\nRateLimitBurst=0\n' > "$root/etc/systemd/journald.conf.d/hamud-e2e.conf"
  rm -f "$root/etc/machine-id"
  echo hamud-e2e > "$root/etc/hostname"
}

# machine_boot LOG: boots and returns when the basic system is up.
machine_boot() {
  local log=$1 options=()
  # The programs must run without a Swift toolchain: it is out of sight in the machine.
  [ ! -d /opt/swift ] || options+=(--tmpfs=/opt/swift)
  (
    unset SYSTEMD_NSPAWN_UNIFIED_HIERARCHY
    exec systemd-nspawn -q --keep-unit --register=no --machine="hamud-e2e-$$" "${options[@]}" -D "$root" --boot \
      < /dev/null > "$log" 2>&1
  ) &
  nspawn=$!
  local tries
  for tries in $(seq 600); do
    kill -0 "$nspawn" 2> /dev/null || break
    leader=$(pgrep -P "$nspawn" -x systemd || true)
    if [ -n "$leader" ]; then
      [ "$(m systemctl is-active basic.target 2> /dev/null)" != active ] || return 0
    fi
    sleep 0.2
  done
  echo "the machine did not boot; its last words:" >&2
  tail -n 20 "$log" >&2
  return 1
}

machine_off() {
  local tries
  if [ -n "$leader" ] && kill -0 "$leader" 2> /dev/null; then
    m systemctl poweroff 2> /dev/null || true
    for tries in $(seq 100); do
      kill -0 "$nspawn" 2> /dev/null || break
      sleep 0.1
    done
  fi
  if [ -n "$nspawn" ] && kill -0 "$nspawn" 2> /dev/null; then
    kill -KILL "$nspawn" || true
    wait "$nspawn" 2> /dev/null || true
  fi
  leader="" nspawn=""
}

machine_unmake() {
  machine_off
  [ -n "$machine_home" ] || return 0
  umount "$machine_home/root" 2> /dev/null || umount -l "$machine_home/root" 2> /dev/null || true
  umount "$machine_home/memory" 2> /dev/null || umount -l "$machine_home/memory" 2> /dev/null || true
  rmdir "$machine_home/root" "$machine_home/memory" "$machine_home" 2> /dev/null || true
  machine_home=""
}

m() {
  nsenter -t "$leader" -m -u -i -n -p -C -r -w -- \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb \
    PAGER=cat SYSTEMD_COLORS=0 "$@"
}

as() {
  local user=$1
  shift
  m setpriv --reuid "$user" --regid "$user" --init-groups -- env HOME="/home/$user" "$@"
}
