// The journal's header turns its functions into macros that add the caller's C source line; the daemon
// gives its own fields through sd_journal_sendv, so the macros are switched off.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
#include <systemd/sd-id128.h>
