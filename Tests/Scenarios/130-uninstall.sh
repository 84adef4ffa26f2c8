# make uninstall takes the program away and leaves what belongs to the machine: the ledger is the record of what was erased.

m systemctl disable --now hamud
claim "make uninstall" make --no-print-directory -C "$repository" uninstall DESTDIR="$root"
claim "the programs are gone" not m sh -c 'command -v hamud || command -v hamuctl'
claim "the unit too" not m test -e /usr/local/lib/systemd/system/hamud.service
claim "the ledger stays" m test -e /var/lib/hamud/ledger.sqlite
claim "and the configuration" m test -e /etc/hamud/models.d/cifar10.yaml
