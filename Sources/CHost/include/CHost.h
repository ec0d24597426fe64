/// What Glibc's Swift module leaves out of Linux: headers it lacks, and calls that want _GNU_SOURCE.
#ifndef CHOST_H
#define CHOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/types.h>

/// Many datagrams taken from a socket in one call, each in its own stretch of one buffer that is made once.
typedef struct host_batch host_batch;

/// A batch of up to `capacity` datagrams of up to `stretch` bytes; NULL when there is no memory.
host_batch *_Nullable host_batch_make(unsigned capacity, size_t stretch);
void host_batch_free(host_batch *_Nonnull batch);

/// recvmmsg(2) with MSG_WAITFORONE | MSG_DONTWAIT: how many datagrams came, or -1 with errno.
int host_batch_receive(host_batch *_Nonnull batch, int socket);

/// The bytes of datagram `index`, and how many of them there are; a datagram longer than its stretch is cut.
const uint8_t *_Nonnull host_batch_bytes(const host_batch *_Nonnull batch, unsigned index, size_t *_Nonnull length);

/// accept4(2) with SOCK_NONBLOCK | SOCK_CLOEXEC.
int host_accept(int listener);

/// The user at the other end of a Unix socket (SO_PEERCRED); -1 with errno when it can't be told.
int host_peer(int socket, uid_t *_Nonnull user, pid_t *_Nonnull process);

/// Sends a datagram to `address` with a copy of `descriptor` beside it (SCM_RIGHTS, unix(7)), without waiting; -1 with
/// errno.
int host_send_descriptor(
    int socket, const void *_Nonnull bytes, size_t length, int descriptor, const struct sockaddr *_Nonnull address,
    socklen_t address_length);

/// What this process may do (capabilities(7)), a bit for each capability: now, or as soon as it asks for it. 0 when that
/// can't be told.
uint64_t host_capabilities(bool effective);

/// Changes what this process may do, which can only become less; -1 with errno.
int host_set_capabilities(uint64_t permitted, uint64_t effective);

/// Leaves nothing of that to whatever program this process might become, as far as it may decide that.
void host_bequeath_nothing(void);

/// Lets no process of the same user look into this one's memory, no dump of it be written, and no program that it might
/// become have more rights (prctl(2), PR_SET_DUMPABLE and PR_SET_NO_NEW_PRIVS; RLIMIT_CORE); -1 with errno.
int host_shield(void);

/// Whether a filter for system calls is in force here (seccomp(2)).
bool host_is_filtered(void);

/// Closes all descriptors from `first` on (close_range(2)); -1 with errno.
int host_close_from(int first);

/// The beginnings of a fence (landlock(7)) behind which nothing is run, written, made or removed, no TCP connection made
/// and no signal sent, as far as the kernel knows how; -1 with errno.
int host_fence_make(void);

/// Opens the fence for removing files beneath `folder`, and, when `writing`, making and writing them; -1 with errno.
int host_fence_open(int fence, const char *_Nonnull folder, bool writing);

/// Puts this process behind the fence, for good; -1 with errno.
int host_fence_close(int fence);

/// A socket that becomes readable when an IPv4 address of this network namespace comes or goes (rtnetlink(7)); -1 with
/// errno.
int host_watch_addresses(void);

/// Writes the broadcast addresses of this namespace's networks (getifaddrs(3)) into `list`, in host order; how many
/// there are, at most `capacity`, or -1 with errno. Never an address of the machine's own.
int host_broadcast_addresses(uint32_t *_Nonnull list, int capacity);

/// Connects a netlink socket to the kernel, so that it hears nobody else; -1 with errno.
int host_netlink_connect(int socket);

/// Keeps large blocks of memory apart from all others from now on, so that the system has each of them back as soon as it is
/// freed: by itself malloc(3) learns, from the first that is, to keep them.
void host_give_back_memory(void);

#endif
