/// The third yardstick: the floor, below which no listener in user space can come. Up to 64 messages are received in one
/// call, nothing but the last of them is read, and one message answers them all (NFQNL_MSG_VERDICT_BATCH): its answer is
/// theirs. No gate may do that. What is left is the kernel's: to hand the packets over, and to carry the verdicts out.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "Yardstick.h"

enum { batch = 64, copy_range = 2048, message_size = 4096, answer_size = 64 };

int main(int argc, char **argv) {
    struct yardstick yardstick = yardstick_bind(argc, argv, copy_range);
    int descriptor = mnl_socket_get_fd(yardstick.socket);
    static char messages[batch][message_size] __attribute__((aligned(8)));
    static char answer[answer_size] __attribute__((aligned(8)));
    static struct iovec vectors[batch];
    static struct mmsghdr headers[batch];
    for (int index = 0; index < batch; index++) {
        vectors[index] = (struct iovec){ .iov_base = messages[index], .iov_len = message_size };
        headers[index].msg_hdr = (struct msghdr){ .msg_iov = &vectors[index], .msg_iovlen = 1 };
    }
    for (;;) {
        int count = recvmmsg(descriptor, headers, batch, MSG_WAITFORONE, NULL);
        if (count < 0 && errno == EINTR) continue;
        size_t length = 0;
        const struct nlmsghdr *last = (const struct nlmsghdr *)messages[count > 0 ? count - 1 : 0];
        if (count > 0 && mnl_nlmsg_ok(last, headers[count - 1].msg_len)) {
            length = yardstick_answer(&yardstick, last, answer);
            ((struct nlmsghdr *)answer)->nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_VERDICT_BATCH;
        }
        if (count < 0 || (length && send(descriptor, answer, length, 0) < 0)) {
            fprintf(stderr, "can't %s: %s\n", count < 0 ? "receive" : "answer packets", strerror(errno));
            return EXIT_FAILURE;
        }
    }
}
