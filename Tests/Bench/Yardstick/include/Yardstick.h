/// What both yardsticks share: how a queue is bound, and which answer a packet gets. How packets are received and how
/// answers are sent is what they differ in.
#pragma once

#include <libmnl/libmnl.h>
#include <stddef.h>
#include <stdint.h>

struct yardstick {
    struct mnl_socket *socket;
    uint16_t queue;
    /// The bit that is set in the mark of a packet that goes on to the rest of the firewall.
    uint32_t mark;
    /// The TCP port that a gate would protect.
    uint16_t port;
    /// What becomes of packets to it: NF_ACCEPT, as for one who has knocked, or NF_DROP.
    uint32_t verdict;
};

/// Reads the words `QUEUE LENGTH MARK PORT accept|drop`, binds the queue, and says "ready" on standard error.
/// Ends the program with a message if something is amiss.
///
/// The socket's buffer has 16 MiB, as the gate's has: the kernel's own default holds 256 SYNs, and none of the rows is
/// about losing what comes then.
struct yardstick yardstick_bind(int argc, char **argv, uint32_t copy_range);

/// Writes the answer to the packet of this message into `buffer`, and answers its length; 0 if there is no packet in it.
/// At the port it is the one it was told, elsewhere what the gate calls next (NF_REPEAT, with the mark).
size_t yardstick_answer(const struct yardstick *yardstick, const struct nlmsghdr *message, char *buffer);
