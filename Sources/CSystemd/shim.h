// What Platform needs of Linux and libsystemd that Swift's Glibc module does not show: that module is compiled
// without the GNU extensions, so epoll, eventfd, ACL attributes and peer credentials are imported from here.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/xattr.h>

// The journal's header turns its functions into macros that add the caller's C source line; the daemon
// gives its own fields through sd_journal_sendv, so the macros are switched off.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
#include <systemd/sd-id128.h>

// The address argument is a transparent union under _GNU_SOURCE, which Swift cannot pass; nobody needs the
// address of a peer of a Unix socket.
static inline int hamud_accept(int listener) {
  return accept4(listener, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

// CPU_COUNT is a macro with arguments, which Swift does not import.
static inline int hamud_affinity_count(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return -1;
  return CPU_COUNT(&set);
}
