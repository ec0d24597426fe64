/// The system calls of the stage that Swift's Glibc module doesn't offer. All answer -errno when they fail.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Moves the calling thread, and no other, into the network namespace behind this file (setns(2)).
int stage_enter(const char *_Nonnull file);

/// Starts a program in the calling thread's network namespace, with `input` as its standard input and its complaints
/// appended to the file `errors`. Answers its process id.
int stage_spawn(char *_Nullable const *_Nonnull arguments, int input, const char *_Nonnull errors);

/// A stream to the Unix socket at `path` that waits for two seconds at most: to be let in, and for what it reads.
int stage_dial(const char *_Nonnull path);

/// Writes `request` to the Unix socket at `path`, and puts what comes back until the end into `reply`, at most `length`
/// bytes of it. Answers how many came.
int stage_ask(const char *_Nonnull path, const char *_Nonnull request, void *_Nonnull reply, size_t length);

/// A socket of `type` (SOCK_STREAM or SOCK_DGRAM) bound to `from` that has begun to connect to `port` at `to`.
/// Both addresses have `length` bytes: 4 for IPv4, 16 for IPv6. `error` is connect(2)'s errno, 0 if it's done already.
int stage_connect(
    int type, const uint8_t *_Nonnull from, const uint8_t *_Nonnull to, size_t length, uint16_t port,
    int *_Nonnull error);

/// A TCP socket that listens on `port` at all addresses, IPv4 and IPv6.
int stage_listen(uint16_t port);

/// A socket for packets with IP headers of their own (raw(7), IPPROTO_RAW), to broadcast addresses, too.
int stage_raw_socket(int is_ipv6);

/// Sends a whole IPv4 or IPv6 packet to the destination that stands in its header.
int stage_send_packet(int descriptor, const uint8_t *_Nonnull packet, size_t length);

/// Receives a datagram of at most `length` bytes without waiting, and the descriptor that came with it, -1 if none did.
int stage_receive(int socket, void *_Nonnull bytes, size_t length, int *_Nonnull descriptor);

/// A netlink socket that is bound to queue `number` and takes nothing out of it (nfnetlink_queue.h).
int stage_take_queue(uint16_t number);

/// Lets go of queue `number` by the socket that is bound to it, or by a copy of that.
int stage_release_queue(int descriptor, uint16_t number);

/// A stream to the Unix socket at `path`; waits while as many are waiting there as may.
int stage_call(const char *_Nonnull path);

/// The error that waits at a socket (SO_ERROR), 0 if there's none.
int stage_pending_error(int descriptor);

/// How many segments of a connection were sent again (TCP_INFO, tcpi_total_retrans).
int stage_retransmissions(int descriptor);

/// 1 where this kernel has Landlock (landlock(7)), 0 elsewhere.
int stage_knows_landlock(void);
