#define _GNU_SOURCE
#include "CStage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

union end {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
};

/// Fills in one end of a connection and answers how long it is.
static socklen_t fill(union end *end, const uint8_t *address, size_t length, uint16_t port) {
    memset(end, 0, sizeof *end);
    if (length == 4) {
        end->ipv4.sin_family = AF_INET;
        end->ipv4.sin_port = htons(port);
        memcpy(&end->ipv4.sin_addr, address, 4);
        return sizeof end->ipv4;
    }
    end->ipv6.sin6_family = AF_INET6;
    end->ipv6.sin6_port = htons(port);
    memcpy(&end->ipv6.sin6_addr, address, 16);
    return sizeof end->ipv6;
}

static int close_and_fail(int descriptor) {
    int error = errno;
    close(descriptor);
    return -error;
}

int stage_enter(const char *file) {
    int descriptor = open(file, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    if (setns(descriptor, CLONE_NEWNET) < 0) return close_and_fail(descriptor);
    close(descriptor);
    return 0;
}

int stage_connect(
    int type, const uint8_t *from, const uint8_t *to, size_t length, uint16_t port, int *error) {
    int descriptor = socket(length == 4 ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    union end end;
    socklen_t size = fill(&end, from, length, 0);
    if (bind(descriptor, &end.any, size) < 0) return close_and_fail(descriptor);
    size = fill(&end, to, length, port);
    *error = connect(descriptor, &end.any, size) < 0 ? errno : 0;
    return descriptor;
}

int stage_listen(uint16_t port) {
    int descriptor = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    int yes = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    union end end;
    socklen_t size = fill(&end, in6addr_any.s6_addr, 16, port);
    if (bind(descriptor, &end.any, size) < 0 || listen(descriptor, 4096) < 0) return close_and_fail(descriptor);
    return descriptor;
}

int stage_raw_socket(int is_ipv6) {
    int descriptor = socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (descriptor < 0) return -errno;
    if (setsockopt(descriptor, SOL_SOCKET, SO_BROADCAST, &(int){1}, sizeof(int)) < 0) return close_and_fail(descriptor);
    return descriptor;
}

int stage_send_packet(int descriptor, const uint8_t *packet, size_t length) {
    int is_ipv6 = length >= 40 && packet[0] >> 4 == 6;
    if (!is_ipv6 && length < 20) return -EINVAL;
    union end end;
    socklen_t size = is_ipv6 ? fill(&end, packet + 24, 16, 0) : fill(&end, packet + 16, 4, 0);
    return sendto(descriptor, packet, length, 0, &end.any, size) < 0 ? -errno : 0;
}

int stage_receive(int socket, void *bytes, size_t length, int *descriptor) {
    struct iovec vector = { .iov_base = bytes, .iov_len = length };
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof *descriptor)];
    } control;
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control,
        .msg_controllen = sizeof control };
    ssize_t count = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (count < 0) return -errno;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *descriptor = -1;
    if (header && header->cmsg_type == SCM_RIGHTS) memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
    return count;
}

/// Sends the kernel a command about a queue: who answers for it (NFQNL_CFG_CMD_BIND), or that nobody does (…_UNBIND).
static int command(int descriptor, uint16_t number, uint8_t command, uint16_t flags) {
    struct {
        struct nlmsghdr header;
        struct nfgenmsg queue;
        struct nlattr attribute;
        struct nfqnl_msg_config_cmd command;
    } message = {
        .header = { .nlmsg_len = sizeof message, .nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_CONFIG,
            .nlmsg_flags = NLM_F_REQUEST | flags },
        .queue = { .version = NFNETLINK_V0, .res_id = htons(number) },
        .attribute = { .nla_len = sizeof(struct nlattr) + sizeof(struct nfqnl_msg_config_cmd),
            .nla_type = NFQA_CFG_CMD },
        .command = { .command = command },
    };
    return send(descriptor, &message, sizeof message, 0) < 0 ? -errno : 0;
}

int stage_take_queue(uint16_t number) {
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    if (descriptor < 0) return -errno;
    struct {
        struct nlmsghdr header;
        struct nlmsgerr answer;
    } reply = { .answer.error = -EPROTO };
    int result = command(descriptor, number, NFQNL_CFG_CMD_BIND, NLM_F_ACK);
    if (result == 0 && recv(descriptor, &reply, sizeof reply, 0) < 0) result = -errno;
    if (result == 0) result = reply.answer.error;
    if (result == 0) return descriptor;
    close(descriptor);
    return result;
}

int stage_release_queue(int descriptor, uint16_t number) {
    return command(descriptor, number, NFQNL_CFG_CMD_UNBIND, 0);
}

int stage_call(const char *path) {
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path));
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0) return close_and_fail(descriptor);
    return descriptor;
}

int stage_pending_error(int descriptor) {
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? -errno : error;
}

int stage_retransmissions(int descriptor) {
    struct tcp_info info;
    socklen_t size = sizeof info;
    return getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) < 0 ? -errno : (int)info.tcpi_total_retrans;
}

int stage_knows_landlock(void) {
    return syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* LANDLOCK_CREATE_RULESET_VERSION */) > 0;
}
