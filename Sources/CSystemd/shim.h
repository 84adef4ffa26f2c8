// What Platform needs of Linux and libsystemd that Swift's Glibc module does not show.
//
// That module is compiled without the GNU extensions, and this one must be too: with them some structures of the same
// headers (fd_set) come out differently, and a program that sees both modules does not compile. So the few GNU functions
// are declared here by hand, as their manual pages have them.
#include <pthread.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>

// The journal's header turns its functions into macros that add the caller's C source line; the daemon
// gives its own fields through sd_journal_sendv, so the macros are switched off.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
#include <systemd/sd-id128.h>

extern int renameat2(int, const char *, int, const char *, unsigned int);
extern int accept4(int, struct sockaddr *, socklen_t *, int);
extern int pthread_setname_np(pthread_t, const char *);
extern const char *strerrorname_np(int);
extern const char *strerrordesc_np(int);
extern int malloc_trim(size_t);

// <linux/fs.h>, whose other names clash with Glibc's.
enum { hamud_rename_noreplace = 1 };

// O_PATH of open(2), on every architecture that Swift runs on.
enum { hamud_o_path = 010000000 };

// What SO_PEERCRED writes: `struct ucred` of unix(7).
struct hamud_credentials {
  pid_t pid;
  uid_t uid;
  gid_t gid;
};

// Nobody needs the address of a peer of a Unix socket.
static inline int hamud_accept(int listener) {
  return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

// The C library's cpu_set_t holds 1024 processors and its macros are GNU's; the kernel writes plain bits and returns how
// many bytes.
static inline int hamud_affinity_count(void) {
  unsigned long bits[1024] = {0};
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof bits, bits);
  int count = 0;
  for (long i = 0; i < bytes / (long)sizeof bits[0]; i++) count += __builtin_popcountl(bits[i]);
  return count;
}
