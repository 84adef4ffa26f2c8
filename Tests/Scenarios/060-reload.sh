# A broken configuration at a reload: named with its line, and the one in force stays.

pid=$(main_pid)
printf '# settings\nthreads: 0\nscan_intervall: 60s\n' > "$root/etc/hamud/hamud.yaml"
claim "systemctl reload fails" not m systemctl reload hamud
claim "hamuctl reload says where: file, line, column" contains "$(m hamuctl reload 2>&1)" "/etc/hamud/hamud.yaml:3:1"
claim "and names the nearest key" contains "$(m hamuctl reload 2>&1)" "scan_interval"
claim "the journal says it too" at_least "$(count_of configurationRejected)" 1
claim "the service is active, the same process" equal "$(m systemctl is-active hamud) $(main_pid)" "active $pid"
printf 'hamud: 1\nmodel: cifar10\nforget: {samples: [5]}\n' | drop alice while-broken.yaml
claim "and takes requests" await 20 known while-broken
claim "which can be cancelled by who asked" as alice hamuctl cancel while-broken

printf 'threads: 0\nscan_interval: 30s\n' > "$root/etc/hamud/hamud.yaml"
claim "with that mended, systemctl reload works" m systemctl reload hamud
printf 'model: /srv/models/resnet20\ndata: {format: cifar11}\n' > "$root/etc/hamud/models.d/broken.yaml"
claim "a reload names the model whose file is wrong" contains "$(m hamuctl reload 2>&1)" "wrong: broken"
# It pauses that model, and the others go on.
only_broken_is_paused() { paused broken && not paused cifar10; }
claim "one bad model file pauses that model alone" await 20 only_broken_is_paused
claim "the journal names the line" contains "$(entries_of modelUnusable HAMUD_MODEL=broken)" "broken.yaml:2:16"
claim "hamuctl check names the line" contains "$(m hamuctl check 2>&1)" "broken.yaml:2:"
rm "$root/etc/hamud/models.d/broken.yaml" "$root/etc/hamud/hamud.yaml"
claim "without it, all is well again" m systemctl reload hamud
