/// A fast sender of made-up packets, for an interface of a network namespace that belongs to the benchmark.
///
/// It writes whole Ethernet frames to a packet socket (packet(7)), 64 in a call at most, past the interface's queue. The
/// sources are a range of addresses, one after the other or with a stride; the packets are SYNs or empty UDP datagrams,
/// IPv4 or IPv6, with good checksums, for conntrack has no eyes for others. It ends after `--count` packets, or
/// `--seconds`, whatever comes first: both have to be given.
///
/// With a rate it sends bursts of a tenth of a millisecond, each in its time. At the end it says
///     sent 100000 seconds 1.000012 cpu 0.412345
/// where cpu is its own time. The receiver's softirq runs in that, too: a frame into a veth comes out at the other end
/// on the same processor, before the call returns. That is how work that nobody else is charged for is measured here.
#define _GNU_SOURCE
#include "complaint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { batch = 64, frame_size = 128, most_knocks = 16 };

struct knock {
    uint16_t port;
    uint8_t protocol;
};

static struct knock knocks[most_knocks];
static int knock_count;
static uint8_t source[16], destination[16];  // The first of the range, and the one destination.
static int family;
static uint64_t sources = 1, stride = 1, count, rate;
static double limit;

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void sleep_until(double time) {
    struct timespec due = { .tv_sec = (time_t)time, .tv_nsec = (long)((time - (time_t)time) * 1e9) };
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
}

static uint32_t add_up(const uint8_t *bytes, size_t length, uint32_t sum) {
    for (size_t index = 0; index + 1 < length; index += 2) sum += bytes[index] << 8 | bytes[index + 1];
    return sum;
}

static void put16(uint8_t *bytes, uint16_t value) {
    bytes[0] = value >> 8;
    bytes[1] = value;
}

/// The Internet checksum (RFC 1071) of what was summed up.
static void put_checksum(uint8_t *bytes, uint32_t sum) {
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    put16(bytes, ~sum);
}

/// Writes packet `index` behind the Ethernet header, and answers how long the frame is.
static size_t forge(uint8_t *frame, uint64_t index) {
    struct knock knock = knocks[index % knock_count];
    size_t length = knock.protocol == IPPROTO_TCP ? 20 : 8;  // Of the header and what is in it: nothing.
    size_t address_length = family == AF_INET ? 4 : 16;
    uint64_t which = index / knock_count;
    uint8_t *ip = frame + ETH_HLEN, *from, *payload;
    memset(ip, 0, frame_size - ETH_HLEN);
    if (family == AF_INET) {
        payload = ip + 20;
        from = ip + 12;
        ip[0] = 0x45;  // Version 4, five words of header.
        put16(ip + 2, 20 + length);
        ip[8] = 64;  // Time to live.
        ip[9] = knock.protocol;
    } else {
        payload = ip + 40;
        from = ip + 8;
        ip[0] = 0x60;  // Version 6.
        put16(ip + 4, length);
        ip[6] = knock.protocol;
        ip[7] = 64;  // Hop limit.
    }
    memcpy(from, source, address_length);
    memcpy(from + address_length, destination, address_length);
    uint8_t *last = from + address_length - 4;
    uint32_t number = (last[0] << 24 | last[1] << 16 | last[2] << 8 | last[3]) + which * stride % sources;
    put16(last, number >> 16);
    put16(last + 2, number);
    if (family == AF_INET) put_checksum(ip + 10, add_up(ip, 20, 0));

    put16(payload, 1024 + (which / sources + which) % 60000);  // Each time round another port.
    put16(payload + 2, knock.port);
    uint32_t pseudo = add_up(from, 2 * address_length, knock.protocol + length);
    if (knock.protocol == IPPROTO_TCP) {
        put16(payload + 4, index);  // Sequence number.
        payload[12] = 5 << 4;       // Five words of header.
        payload[13] = 0x02;         // SYN.
        put16(payload + 14, 64240); // Window.
        put_checksum(payload + 16, add_up(payload, length, pseudo));
    } else {
        put16(payload + 4, length);
        put_checksum(payload + 6, add_up(payload, length, pseudo));
    }
    return payload + length - frame;
}

static uint64_t number(const char *word, uint64_t least) {
    char *end;
    errno = 0;
    unsigned long long value = strtoull(word, &end, 0);
    if (errno || *end || end == word || value < least) refuse("not a number, or too small", word);
    return value;
}

/// Reads `2222/udp,3333/tcp`: which is the next packet's, in turn.
static void read_knocks(char *list) {
    for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
        char *slash = strchr(word, '/');
        if (knock_count == most_knocks) refuse("more than 16 knocks, from", word);
        if (!slash || (strcmp(slash, "/tcp") && strcmp(slash, "/udp"))) refuse("a knock is written 22/tcp or 22/udp, not", word);
        uint8_t protocol = slash[1] == 't' ? IPPROTO_TCP : IPPROTO_UDP;
        *slash = 0;
        knocks[knock_count++] = (struct knock){ .port = number(word, 1), .protocol = protocol };
    }
}

static int read_address(const char *word, uint8_t *address) {
    int kind = strchr(word, ':') ? AF_INET6 : AF_INET;
    if (inet_pton(kind, word, address) != 1) refuse("not an address", word);
    return kind;
}

int main(int argc, char **argv) {
    static const struct option options[] = {
        { "interface", 1, NULL, 'i' }, { "mac", 1, NULL, 'm' },     { "from", 1, NULL, 'f' },  { "to", 1, NULL, 't' },
        { "sources", 1, NULL, 'n' },   { "stride", 1, NULL, 'x' },  { "knocks", 1, NULL, 'k' }, { "count", 1, NULL, 'c' },
        { "rate", 1, NULL, 'r' },      { "seconds", 1, NULL, 's' }, { NULL, 0, NULL, 0 },
    };
    unsigned interface = 0;
    int from = 0, option;
    struct ether_header header = { .ether_shost = { 2, 0, 0, 0, 0, 1 } };
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        uint8_t *mac = header.ether_dhost;
        switch (option) {
            case 'i':
                if (!(interface = if_nametoindex(optarg))) fail("find the interface");
                break;
            case 'm':
                if (sscanf(optarg, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5) != 6)
                    refuse("not an Ethernet address", optarg);
                break;
            case 'f': from = read_address(optarg, source); break;
            case 't': family = read_address(optarg, destination); break;
            case 'n': sources = number(optarg, 1); break;
            case 'x': stride = number(optarg, 1); break;
            case 'k': read_knocks(optarg); break;
            case 'c': count = number(optarg, 1); break;
            case 'r': rate = number(optarg, 1); break;
            case 's': limit = number(optarg, 1); break;
            default: exit(2);
        }
    }
    if (!interface || !from || from != family || !knock_count || !count || !limit || optind < argc) {
        fprintf(stderr, "usage: %s --interface NAME --mac MAC --from ADDRESS --to ADDRESS --knocks 2222/udp,3333/tcp\n"
            "    --count PACKETS --seconds AT-MOST [--sources HOW-MANY] [--stride STEP] [--rate PER-SECOND]\n", argv[0]);
        exit(2);
    }
    header.ether_type = htons(family == AF_INET ? ETHERTYPE_IP : ETHERTYPE_IPV6);

    int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);  // Protocol 0: it receives nothing.
    struct sockaddr_ll end = { .sll_family = AF_PACKET, .sll_ifindex = interface };
    if (descriptor < 0 || bind(descriptor, (struct sockaddr *)&end, sizeof end) < 0) fail("open a packet socket");
    int on = 1;
    if (setsockopt(descriptor, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) < 0) fail("pass by the interface's queue");
    prctl(PR_SET_TIMERSLACK, 1);  // Wake up in time, not within 50 µs of it.

    static uint8_t frames[batch][frame_size];
    static struct iovec vectors[batch];
    static struct mmsghdr messages[batch];
    for (int index = 0; index < batch; index++) {
        memcpy(frames[index], &header, sizeof header);
        vectors[index].iov_base = frames[index];
        messages[index].msg_hdr = (struct msghdr){ .msg_iov = &vectors[index], .msg_iovlen = 1 };
    }
    uint64_t burst = rate ? rate / 10000 : batch;
    burst = burst < 1 ? 1 : burst > batch ? batch : burst;

    double start = now(CLOCK_MONOTONIC), time = start;
    uint64_t sent = 0;
    while (sent < count && time < start + limit) {
        if (rate && time < start + (double)sent / rate) sleep_until(start + (double)sent / rate);
        int some = count - sent < burst ? count - sent : burst, done = 0;
        for (int index = 0; index < some; index++) vectors[index].iov_len = forge(frames[index], sent + index);
        while (done < some) {
            int result = sendmmsg(descriptor, messages + done, some - done, 0);
            if (result < 0 && errno != ENOBUFS && errno != EINTR && errno != EAGAIN) fail("send");
            if (result > 0) done += result;
            if (now(CLOCK_MONOTONIC) >= start + limit) break;
        }
        sent += done;
        time = now(CLOCK_MONOTONIC);
    }
    printf("sent %llu seconds %.6f cpu %.6f\n", (unsigned long long)sent, time - start, now(CLOCK_PROCESS_CPUTIME_ID));
}
