/// The second yardstick: the best that a plain listener can do. Up to 64 messages are received in one call, which waits
/// for the first of them alone (MSG_WAITFORONE), and the verdicts on them all are sent in one. Each packet has a verdict
/// message of its own, and the loop never waits for a batch to form.
#define _GNU_SOURCE
#include <errno.h>
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
    static char answers[batch * answer_size] __attribute__((aligned(8)));
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
        for (int index = 0; index < count; index++) {
            const struct nlmsghdr *message = (const struct nlmsghdr *)messages[index];
            if (!mnl_nlmsg_ok(message, headers[index].msg_len)) continue;
            length += yardstick_answer(&yardstick, message, answers + length);
        }
        if (count < 0 || (length && send(descriptor, answers, length, 0) < 0)) {
            fprintf(stderr, "can't %s: %s\n", count < 0 ? "receive" : "answer packets", strerror(errno));
            return EXIT_FAILURE;
        }
    }
}
