/// The first yardstick: a listener as libnetfilter_queue's documentation writes it (examples/nf-queue.c). One message is
/// received in a call, walked through by libmnl, and answered in a call: two calls into the kernel for each packet.
///
/// What the example does beside that is left out, for it would only make the yardstick longer: a line printed for each
/// packet, and a mark for the connection.
#include <errno.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "Yardstick.h"

static int answer(const struct nlmsghdr *message, void *data) {
    const struct yardstick *yardstick = data;
    char buffer[MNL_SOCKET_BUFFER_SIZE];
    size_t length = yardstick_answer(yardstick, message, buffer);
    if (length && mnl_socket_sendto(yardstick->socket, buffer, length) < 0) {
        fprintf(stderr, "can't answer a packet: %s\n", strerror(errno));
        return MNL_CB_ERROR;
    }
    return MNL_CB_OK;
}

int main(int argc, char **argv) {
    struct yardstick yardstick = yardstick_bind(argc, argv, 0xffff);
    unsigned port = mnl_socket_get_portid(yardstick.socket);
    // The largest packet, and what netlink puts before it.
    static char buffer[0xffff + 4096];
    for (;;) {
        ssize_t length = mnl_socket_recvfrom(yardstick.socket, buffer, sizeof buffer);
        if (length < 0) {
            fprintf(stderr, "can't receive: %s\n", strerror(errno));
            return EXIT_FAILURE;
        }
        if (mnl_cb_run(buffer, length, 0, port, answer, &yardstick) < 0) return EXIT_FAILURE;
    }
}
