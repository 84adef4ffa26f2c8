# The machine goes down and comes up: everything is where it was.

before=$(m hamuctl list --json)
machine_off
machine_boot "$logs/boot-2"
echo "$leader $nspawn" > "$logs/machine"
must "the machine comes up again" equal "$(m systemctl is-active basic.target)" active
must "hamud with it" await 30 active
claim "with the same requests" equal "$(m hamuctl list --json)" "$before"
claim "and the same versions" equal "$(current_number cifar10)" 3
claim "its journal is the old one, continued" at_least "$(count_of requestForgotten HAMUD_REQUEST_ID=airplane-1)" 1
