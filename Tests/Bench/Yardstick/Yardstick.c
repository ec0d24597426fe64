#include "Yardstick.h"

#include "complaint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static unsigned long number(const char *word, unsigned long most) {
    char *end;
    errno = 0;
    unsigned long value = strtoul(word, &end, 0);
    if (errno || *end || end == word || value > most) {
        fprintf(stderr, "not a number from 0 to %lu: \"%s\"\n", most, word);
        exit(2);
    }
    return value;
}

/// Sends a message that configures the queue, and waits for the kernel's yes.
static void configure(const struct yardstick *yardstick, struct nlmsghdr *message, const char *what) {
    char answer[MNL_SOCKET_BUFFER_SIZE];
    message->nlmsg_flags |= NLM_F_ACK;
    if (mnl_socket_sendto(yardstick->socket, message, message->nlmsg_len) < 0) fail(what);
    for (;;) {
        ssize_t length = mnl_socket_recvfrom(yardstick->socket, answer, sizeof answer);
        if (length < 0) fail(what);
        const struct nlmsghdr *header = (const struct nlmsghdr *)answer;
        if (header->nlmsg_type != NLMSG_ERROR) continue;  // A packet; nobody sends any yet.
        errno = -((const struct nlmsgerr *)mnl_nlmsg_get_payload(header))->error;
        if (errno) fail(what);
        return;
    }
}

struct yardstick yardstick_bind(int argc, char **argv, uint32_t copy_range) {
    if (argc != 6 || (strcmp(argv[5], "accept") && strcmp(argv[5], "drop"))) {
        fprintf(stderr, "usage: %s QUEUE LENGTH MARK PORT accept|drop\n", argv[0]);
        exit(2);
    }
    struct yardstick yardstick = {
        .queue = number(argv[1], UINT16_MAX), .mark = number(argv[3], UINT32_MAX), .port = number(argv[4], UINT16_MAX),
        .verdict = argv[5][0] == 'a' ? NF_ACCEPT : NF_DROP
    };
    yardstick.socket = mnl_socket_open(NETLINK_NETFILTER);
    if (!yardstick.socket || mnl_socket_bind(yardstick.socket, 0, MNL_SOCKET_AUTOPID) < 0) fail("open a netlink socket");

    char buffer[MNL_SOCKET_BUFFER_SIZE];
    struct nlmsghdr *message = nfq_nlmsg_put(buffer, NFQNL_MSG_CONFIG, yardstick.queue);
    nfq_nlmsg_cfg_put_cmd(message, AF_UNSPEC, NFQNL_CFG_CMD_BIND);
    configure(&yardstick, message, "bind the queue");

    message = nfq_nlmsg_put(buffer, NFQNL_MSG_CONFIG, yardstick.queue);
    nfq_nlmsg_cfg_put_params(message, NFQNL_COPY_PACKET, copy_range);
    nfq_nlmsg_cfg_put_qmaxlen(message, number(argv[2], 65536));
    mnl_attr_put_u32(message, NFQA_CFG_FLAGS, htonl(NFQA_CFG_F_GSO));
    mnl_attr_put_u32(message, NFQA_CFG_MASK, htonl(NFQA_CFG_F_GSO));
    configure(&yardstick, message, "set up the queue");

    int size = 16 << 20, on = 1;
    int descriptor = mnl_socket_get_fd(yardstick.socket);
    if (setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0) fail("make the buffer larger");
    mnl_socket_setsockopt(yardstick.socket, NETLINK_NO_ENOBUFS, &on, sizeof on);
    fputs("ready\n", stderr);
    return yardstick;
}

/// The destination port of a TCP packet, 0 of anything else.
static uint16_t tcp_port(const uint8_t *bytes, size_t length) {
    size_t header = 40;
    if (length < 20) return 0;
    if (bytes[0] >> 4 == 4) {
        header = (bytes[0] & 15) * 4;
        if (bytes[9] != IPPROTO_TCP) return 0;
    } else if (bytes[6] != IPPROTO_TCP) {
        return 0;
    }
    return length < header + 4 ? 0 : bytes[header + 2] << 8 | bytes[header + 3];
}

size_t yardstick_answer(const struct yardstick *yardstick, const struct nlmsghdr *message, char *buffer) {
    struct nlattr *attributes[NFQA_MAX + 1] = { 0 };
    if (nfq_nlmsg_parse(message, attributes) < 0 || !attributes[NFQA_PACKET_HDR]) return 0;
    const struct nfqnl_msg_packet_hdr *packet = mnl_attr_get_payload(attributes[NFQA_PACKET_HDR]);
    const struct nlattr *payload = attributes[NFQA_PAYLOAD];

    int is_port = payload &&
        tcp_port(mnl_attr_get_payload(payload), mnl_attr_get_payload_len(payload)) == yardstick->port;
    struct nlmsghdr *answer = nfq_nlmsg_put(buffer, NFQNL_MSG_VERDICT, yardstick->queue);
    nfq_nlmsg_verdict_put(answer, ntohl(packet->packet_id), is_port ? yardstick->verdict : NF_REPEAT);
    if (!is_port) {
        const struct nlattr *mark = attributes[NFQA_MARK];
        nfq_nlmsg_verdict_put_mark(answer, (mark ? ntohl(mnl_attr_get_u32(mark)) : 0) | yardstick->mark);
    }
    return answer->nlmsg_len;
}
