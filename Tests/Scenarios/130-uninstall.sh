# make uninstall takes the program away and leaves what belongs to the machine: the ledger is the record of what was
# erased.

uninstall_in_machine() { m make --no-print-directory -C /srv/hamud uninstall; }
# As when it was installed in the first story.
install_again() {
  make --no-print-directory -C "$repository" install DESTDIR="$root" > "$logs/install-again" 2>&1 \
    && m systemctl daemon-reload
}

# On the machine itself, where systemd has to hear of it; uninstalling needs nothing else of the checkout.
install -D "$repository/Makefile" "$root/srv/hamud/Makefile"
install -D "$repository/.ci/install" "$root/srv/hamud/.ci/install"
m systemctl stop hamud
must "it is stopped, and would start with the machine" equal "$(m systemctl is-enabled hamud)" enabled
claim "make uninstall, where it runs" uninstall_in_machine
claim "the unit is gone" not m test -e /usr/local/lib/systemd/system/hamud.service
claim "nothing is left that would start it" \
  equal "$(find "$root/etc/systemd/system" -path '*.wants/*' -name hamud.service)" ""
must "it is installed again" install_again
claim "and does not start with the machine before a person says so" equal "$(m systemctl is-enabled hamud)" disabled

claim "make uninstall, with a DESTDIR" make --no-print-directory -C "$repository" uninstall DESTDIR="$root"
claim "the programs are gone" not m sh -c 'command -v hamud || command -v hamuctl'
claim "the unit too" not m test -e /usr/local/lib/systemd/system/hamud.service
claim "the ledger stays" m test -e /var/lib/hamud/ledger.sqlite
claim "and the configuration" m test -e /etc/hamud/models.d/cifar10.yaml
