#define _GNU_SOURCE
#include "CHost.h"

#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <malloc.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

struct host_batch {
    unsigned capacity;
    size_t stretch;
    struct mmsghdr *headers;
    struct iovec *vectors;
    uint8_t *bytes;
};

host_batch *host_batch_make(unsigned capacity, size_t stretch) {
    host_batch *batch = calloc(1, sizeof *batch);
    if (!batch) return NULL;
    batch->capacity = capacity;
    batch->stretch = stretch;
    batch->headers = calloc(capacity, sizeof *batch->headers);
    batch->vectors = calloc(capacity, sizeof *batch->vectors);
    batch->bytes = calloc(capacity, stretch);
    if (!batch->headers || !batch->vectors || !batch->bytes) {
        host_batch_free(batch);
        return NULL;
    }
    for (unsigned index = 0; index < capacity; index++) {
        batch->vectors[index].iov_base = batch->bytes + index * stretch;
        batch->vectors[index].iov_len = stretch;
        batch->headers[index].msg_hdr.msg_iov = &batch->vectors[index];
        batch->headers[index].msg_hdr.msg_iovlen = 1;
    }
    return batch;
}

void host_batch_free(host_batch *batch) {
    free(batch->headers);
    free(batch->vectors);
    free(batch->bytes);
    free(batch);
}

int host_batch_receive(host_batch *batch, int socket) {
    return recvmmsg(socket, batch->headers, batch->capacity, MSG_WAITFORONE | MSG_DONTWAIT, NULL);
}

const uint8_t *host_batch_bytes(const host_batch *batch, unsigned index, size_t *length) {
    size_t received = batch->headers[index].msg_len;
    *length = received < batch->stretch ? received : batch->stretch;
    return batch->bytes + index * batch->stretch;
}

int host_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int host_peer(int socket, uid_t *user, pid_t *process) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -1;
    *user = peer.uid;
    *process = peer.pid;
    return 0;
}

int host_send_descriptor(
    int socket, const void *bytes, size_t length, int descriptor, const struct sockaddr *address,
    socklen_t address_length) {
    struct iovec vector = { .iov_base = (void *)bytes, .iov_len = length };
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof descriptor)];
    } control = { { 0 } };
    struct msghdr message = { .msg_name = (void *)address, .msg_namelen = address_length, .msg_iov = &vector,
        .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -1 : 0;
}

int host_watch_addresses(void) {
    int watch = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
    struct sockaddr_nl groups = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV4_IFADDR };
    if (watch >= 0 && bind(watch, (struct sockaddr *)&groups, sizeof groups) < 0) {
        close(watch);
        return -1;
    }
    return watch;
}

static bool is_ipv4(const struct ifaddrs *entry) {
    return entry->ifa_addr && entry->ifa_addr->sa_family == AF_INET && entry->ifa_netmask;
}

static uint32_t ipv4_of(const struct sockaddr *address) {
    return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr);
}

static bool is_own(const struct ifaddrs *first, uint32_t address) {
    for (const struct ifaddrs *entry = first; entry; entry = entry->ifa_next)
        if (is_ipv4(entry) && ipv4_of(entry->ifa_addr) == address) return true;
    return false;
}

int host_broadcast_addresses(uint32_t *list, int capacity) {
    struct ifaddrs *first;
    int count = 0;
    if (getifaddrs(&first) < 0) return -1;
    for (struct ifaddrs *entry = first; entry && count < capacity; entry = entry->ifa_next) {
        if (!is_ipv4(entry) || !(entry->ifa_flags & IFF_BROADCAST)) continue;
        // To the kernel a network's last address is for broadcasts, whether or not that was said. ifa_broadaddr is of no
        // use: where nothing was said, glibc puts the machine's own address there.
        uint32_t mask = ipv4_of(entry->ifa_netmask), last = ipv4_of(entry->ifa_addr) | ~mask;
        if (~mask > 1 && !is_own(first, last)) list[count++] = last;
    }
    freeifaddrs(first);
    return count;
}

int host_netlink_connect(int socket) {
    struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
    return connect(socket, (struct sockaddr *)&kernel, sizeof kernel);
}

void host_give_back_memory(void) {
    mallopt(M_MMAP_THRESHOLD, 16 * 1024);  // All tables are larger, and little else.
}
