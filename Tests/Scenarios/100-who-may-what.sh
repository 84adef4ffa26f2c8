# Who may drop, look and command.

printf 'hamud: 1\nmodel: cifar10\nforget: {samples: [6]}\n' > "$root/home/mallory/m.yaml"
m chown mallory /home/mallory/m.yaml
claim "who is not in hamud-submit cannot drop" not as mallory cp /home/mallory/m.yaml $spool/incoming/
claim "nor submit: exit code 77" exits 77 as mallory hamuctl submit /home/mallory/m.yaml
claim "nobody lists the drop box" not as alice ls $spool/incoming
as alice sh -c "umask 077; printf 'hamud: 1\nmodel: cifar10\nforget: {samples: [7]}\n' > $spool/incoming/private.yaml"
file_left() { at_least "$(count_of fileLeft)" 1; }
claim "a file that the daemon may not read is left" await 20 file_left
claim "with one warning that says what to do" contains "$(entries_of fileLeft | tail -n 1)" "hamuctl submit FILE"
claim "and without its name" not contains "$(entries_of fileLeft)" private
claim "carol cannot remove it" not as carol rm -f $spool/incoming/private.yaml
claim "its owner hands it in" as alice hamuctl submit $spool/incoming/private.yaml
as alice rm -f $spool/incoming/private.yaml
claim "alice shows hers" as alice hamuctl show private
claim "carol does not: exit code 77" exits 77 as carol hamuctl show private
claim "nor cancels it" exits 77 as carol hamuctl cancel private
claim "alice cannot pause a model" exits 77 as alice hamuctl pause cifar10
claim "an operator can" as oscar hamuctl pause cifar10
claim "its requests wait" equal "$(receipt_field private state)" accepted
claim "and go on afterwards" as oscar hamuctl unpause cifar10
claim "alice cancels hers" as alice hamuctl cancel private
claim "exit code 73" exits 73 settled private
claim "an unknown id: exit code 66" exits 66 m hamuctl show nobody-knows-this
claim "a dry run says what would happen" m hamuctl pause cifar10 --dry-run
claim "and changes nothing" not paused cifar10
