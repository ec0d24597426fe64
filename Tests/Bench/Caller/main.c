/// An honest client, with a clock in its hand.
///
///     caller serve PORT
///         takes connections and closes them; says "ready" on standard error
///     caller connect FROM TO PORT TIMES PAUSE-US
///         connects so many times, each time from a port of its own, and prints how long each took: a line with nanoseconds,
///         or "never" after a second
///     caller knock FROM SOURCES TO PORT PATIENCE-MS PAUSE-MS GAP-MS KNOCK...
///         as one address after the other of a range: knocks, connects at once, and once more whenever it is refused, until
///         its patience is over; the gap lies between two knocks, the pause between two clients; prints for each how long it took from the last knock until it was in (nanoseconds), and how
///         many times it tried: "never" if it didn't get in
///
/// A knock is 2222/udp, 3333/tcp, or 62201/udp=FILE, where FILE.0, FILE.1, ... hold what each source's datagram says.
///
/// A connection is given up with a reset, so that neither side has to remember it.
#define _GNU_SOURCE
#include "complaint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void wait_for(int64_t nanoseconds) {
    struct timespec time = { .tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000 };
    nanosleep(&time, NULL);
}

static long number(const char *word, long least) {
    char *end;
    long value = strtol(word, &end, 10);
    if (*end || end == word || value < least) refuse("not a number, or too small", word);
    return value;
}

static struct sockaddr_in address(const char *word) {
    struct sockaddr_in address = { .sin_family = AF_INET };
    if (inet_pton(AF_INET, word, &address.sin_addr) != 1) refuse("not an IPv4 address", word);
    return address;
}

/// A socket that has begun to connect; `*error` is 0 if it is connected already.
static int begin(int type, const struct sockaddr_in *from, struct sockaddr_in to, long port, int *error) {
    int descriptor = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) fail("open a socket");
    if (bind(descriptor, (const struct sockaddr *)from, sizeof *from) < 0) fail("use the source address");
    struct linger reset = { .l_onoff = 1 };
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    to.sin_port = htons(port);
    *error = connect(descriptor, (const struct sockaddr *)&to, sizeof to) < 0 ? errno : 0;
    return descriptor;
}

/// Whether a connection is made before `deadline`; sets errno if it was refused, and 0 if no answer came.
static int connects(const struct sockaddr_in *from, struct sockaddr_in to, long port, int64_t deadline) {
    int error;
    int descriptor = begin(SOCK_STREAM, from, to, port, &error);
    if (error == EINPROGRESS) {
        struct pollfd entry = { .fd = descriptor, .events = POLLOUT };
        int64_t rest = deadline - now();
        struct timespec patience = { .tv_sec = rest / 1000000000, .tv_nsec = rest % 1000000000 };
        socklen_t size = sizeof error;
        int ready = rest > 0 ? ppoll(&entry, 1, &patience, NULL) : 0;
        if (ready == 1) getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
        if (ready != 1) error = EINPROGRESS;
    }
    close(descriptor);
    if (error && error != EINPROGRESS && error != ECONNREFUSED && error != EHOSTUNREACH && error != ENETUNREACH) {
        errno = error;
        fail("connect");
    }
    errno = error == EINPROGRESS ? 0 : error;
    return error == 0;
}

static void knock(char *word, int which, const struct sockaddr_in *from, struct sockaddr_in to) {
    char payload[2048], path[4096], *slash = strchr(word, '/'), *file = strchr(word, '=');
    size_t length = 0;
    if (!slash || (strncmp(slash, "/tcp", 4) && strncmp(slash, "/udp", 4))) refuse("a knock is written 22/tcp or 22/udp, not", word);
    if (file) {
        snprintf(path, sizeof path, "%s.%d", file + 1, which);
        FILE *content = fopen(path, "r");
        if (!content) fail("open what the knock says");
        length = fread(payload, 1, sizeof payload, content);
        fclose(content);
        while (length && payload[length - 1] == '\n') length--;
    }
    int is_tcp = slash[1] == 't', error;
    *slash = 0;
    int descriptor = begin(is_tcp ? SOCK_STREAM : SOCK_DGRAM, from, to, number(word, 1), &error);
    *slash = '/';
    if (!is_tcp && send(descriptor, payload, length, 0) < 0) fail("knock");
    close(descriptor);
}

static void serve(long port) {
    int listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&any, sizeof any) < 0 || listen(listener, 4096) < 0) fail("listen");
    fputs("ready\n", stderr);
    for (;;) {
        int descriptor = accept(listener, NULL, NULL);
        if (descriptor >= 0) close(descriptor);
        else if (errno != EINTR && errno != ECONNABORTED) fail("accept");
    }
}

static void measure_connects(char **words) {
    struct sockaddr_in from = address(words[0]), to = address(words[1]);
    long port = number(words[2], 1), times = number(words[3], 1), pause = number(words[4], 0);
    while (times--) {
        int64_t start = now();
        if (connects(&from, to, port, start + 1000000000)) printf("%lld\n", (long long)(now() - start));
        else puts("never");
        wait_for(pause * 1000);
    }
}

static void measure_knocks(char **words, char **end) {
    struct sockaddr_in from = address(words[0]), to = address(words[2]);
    long sources = number(words[1], 1), port = number(words[3], 1);
    int64_t patience = number(words[4], 1) * 1000000, pause = number(words[5], 0) * 1000000;
    int64_t gap = number(words[6], 0) * 1000000;
    for (int which = 0; which < sources; which++) {
        int tries = 0, is_in = 0;
        for (char **word = words + 7; word < end; word++) {
            if (gap && word > words + 7) wait_for(gap);
            knock(*word, which, &from, to);
        }
        int64_t knocked = now();
        for (;;) {
            tries++;
            is_in = connects(&from, to, port, knocked + patience);
            int was_refused = errno != 0;
            if (is_in || !was_refused || now() >= knocked + patience) break;
            wait_for(100000);  // A tenth of a millisecond, so that whoever opens the door gets to work.
        }
        if (is_in) printf("%lld %d\n", (long long)(now() - knocked), tries);
        else printf("never %d\n", tries);
        fflush(stdout);
        from.sin_addr.s_addr = htonl(ntohl(from.sin_addr.s_addr) + 1);
        wait_for(pause);
    }
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    if (!strcmp(mode, "serve") && argc == 3) serve(number(argv[2], 1));
    else if (!strcmp(mode, "connect") && argc == 7) measure_connects(argv + 2);
    else if (!strcmp(mode, "knock") && argc > 9) measure_knocks(argv + 2, argv + argc);
    else refuse("the first lines of this program's source say how it is used; it doesn't know", mode);
}
