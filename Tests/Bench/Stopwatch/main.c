/// Has listeners go on that were stopped, and says how long it takes until no packet waits any more in any queue of this
/// network namespace.
///
///     stopwatch PID…        seconds 0.051234
///
/// The scheduler puts it before everybody else (SCHED_FIFO): a listener that wakes up on this processor would otherwise
/// run ahead of the next one's signal, and the end would be seen late. It looks twice a millisecond, for some 20 µs.
#define _GNU_SOURCE
#include "complaint.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const double limit = 20;  // Seconds.

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

/// How many packets wait: the third number of each line.
static unsigned long waiting(void) {
    FILE *list = fopen("/proc/self/net/netfilter/nfnetlink_queue", "r");
    if (!list) fail("read how many packets wait");
    char line[256];
    unsigned long sum = 0, some;
    while (fgets(line, sizeof line, list))
        if (sscanf(line, "%*u %*u %lu", &some) == 1) sum += some;
    fclose(list);
    return sum;
}

int main(int argc, char **argv) {
    pid_t listeners[16];
    int count = argc - 1;
    if (count < 1 || count > 16) {
        fprintf(stderr, "usage: %s PID…, 16 at most\n", argv[0]);
        exit(2);
    }
    for (int index = 0; index < count; index++) {
        char *end;
        errno = 0;
        long pid = strtol(argv[index + 1], &end, 10);
        // 0 and below are groups of processes, 1 is init.
        if (errno || *end || pid < 2 || pid > 1 << 22) refuse("not a process's number", argv[index + 1]);
        listeners[index] = (pid_t)pid;
    }
    struct sched_param first = { .sched_priority = 1 };
    if (sched_setscheduler(0, SCHED_FIFO, &first) < 0) fail("come before other programs");
    double start = now();
    for (int index = 0; index < count; index++)
        if (kill(listeners[index], SIGCONT) < 0) fail("have a listener go on");
    while (waiting()) {
        if (now() > start + limit) {
            errno = ETIMEDOUT;
            fail("see the queues empty");
        }
        nanosleep(&(struct timespec){ .tv_nsec = 500000 }, NULL);
    }
    printf("seconds %.6f\n", now() - start);
}
