# hamuctl | head -n 1: a reader that has seen enough and goes away is no failure of the command, and no signal ends it.

# unread CMD...: its standard output goes to a reader that has left before the command begins. Whoever runs the stories
# may ignore the signal; a user's shell does not.
unread() { m env --default-signal=PIPE bash -c 'exec 3> >(exec true); wait $!; "$@" >&3' unread "$@"; }
# unheard CMD...: standard error too.
unheard() { unread sh -c '"$@" 2>&1' unheard "$@"; }

must "a command that does nothing about it ends by the signal: exit code 141" exits 141 unread seq 3
for command in "list" "list --json" "status" "--help"; do
  # Word by word, as a user types it.
  claim "hamuctl $command: exit code 0" exits 0 unread hamuctl $command
  claim "and not a word" equal "$(unread hamuctl $command 2>&1)" ""
done
claim "what went wrong stays the exit code: 66" exits 66 unread hamuctl show nobody-knows-this
claim "also where nobody hears it" exits 66 unheard hamuctl show nobody-knows-this
