# What was said can be checked: elsewhere with a receipt and a key, here down to every byte; damage is named and not built upon.

elsewhere() { "$repository/.build/release/hamuctl" verify --receipt "$1" --key "$logs/hamud.pub"; }
receipt=$root$spool/receipts/airplane-1.yaml

must "whatever the stories left is whole" m hamuctl verify
claim "beside a daemon, and said for programs" equal "$(m hamuctl verify --json | field verdict)" whole
as alice hamuctl key > "$logs/hamud.pub"
must "who may submit may ask for the key" grep -q "BEGIN PUBLIC KEY" "$logs/hamud.pub"
claim "and may not read what hamud keeps: exit code 77" exits 77 as alice hamuctl verify
claim "who may do nothing gets no key: exit code 77" exits 77 as mallory hamuctl key
claim "the private key is the daemon's alone" equal "$(m stat -c '%U %a' /var/lib/hamud/hamud.key)" "hamud 600"

claim "elsewhere the receipt is what the key signed" elsewhere "$receipt"
sed 's/^rows: .*/rows: 1/' "$receipt" > "$logs/changed.yaml"
claim "with another number of rows it is not: exit code 65" exits 65 elsewhere "$logs/changed.yaml"
head -n -1 "$receipt" > "$logs/unsigned.yaml"
claim "without its last line nothing proves it: exit code 76" exits 76 elsewhere "$logs/unsigned.yaml"
if command -v openssl > "$logs/openssl"; then
  tail -n 1 "$receipt" | cut -d : -f 4 | base64 -d > "$logs/signature"
  claim "OpenSSL says so too" openssl pkeyutl -verify -pubin -inkey "$logs/hamud.pub" -rawin -in "$logs/unsigned.yaml" \
    -sigfile "$logs/signature"
else
  skip "openssl is not here"
fi

number=$(readlink "$root/var/lib/hamud/models/cifar10/current")
version=$root/var/lib/hamud/models/cifar10/$number
cp -a "$version" "$logs/kept"
# One bit, in the middle of the weights.
middle=$(($(stat -c %s "$version/model.safetensors") / 2))
byte=$(od -An -tu1 -j "$middle" -N 1 "$version/model.safetensors")
printf "\\x$(printf %x $((byte ^ 1)))" | dd of="$version/model.safetensors" bs=1 seek="$middle" conv=notrunc status=none
claim "a flipped bit is found: exit code 65" exits 65 m hamuctl verify cifar10
claim "and the file named" contains "$(m hamuctl verify cifar10)" "$number/model.safetensors"
m hamuctl flush cifar10 > "$logs/flush"
claim "the daemon sees it at its next look" await 30 paused cifar10
claim "says so at priority CRIT" contains "$(entries_of versionDamaged HAMUD_MODEL=cifar10)" '"PRIORITY":"2"'
claim "with what to do" contains "$(m journalctl -q --no-pager -x -u hamud)" "Subject: A version of a model is damaged"
cp -a "$logs/kept/." "$version/"
m hamuctl flush cifar10 > "$logs/flush"
whole_again() { m hamuctl flush cifar10 && not paused cifar10; }
claim "brought back from a copy, the model goes on by itself" await 90 whole_again
claim "and everything is whole" m hamuctl verify
