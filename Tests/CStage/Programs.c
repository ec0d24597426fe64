#define _GNU_SOURCE
#include "CStage.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(int descriptor) {
    int error = errno;
    close(descriptor);
    return -error;
}

int stage_spawn(char *const *arguments, int input, const char *errors) {
    posix_spawn_file_actions_t actions;
    pid_t process;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_APPEND, 0600);
    int error = posix_spawn(&process, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error ? -error : process;
}

int stage_dial(const char *path) {
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path));
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    struct timeval patience = { .tv_sec = 2 };
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0) return fail(descriptor);
    return descriptor;
}

int stage_ask(const char *path, const char *request, void *reply, size_t length) {
    int descriptor = stage_dial(path);
    if (descriptor < 0) return descriptor;
    if (send(descriptor, request, strlen(request), MSG_NOSIGNAL) < 0) return fail(descriptor);
    size_t received = 0;
    ssize_t count;
    while (received < length && (count = read(descriptor, (char *)reply + received, length - received)) > 0)
        received += count;
    close(descriptor);
    return received;
}
