#define _GNU_SOURCE
#include "CHost.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

struct capability_sets {
    struct __user_cap_header_struct header;
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
};

static int get_sets(struct capability_sets *sets) {
    sets->header = (struct __user_cap_header_struct){ .version = _LINUX_CAPABILITY_VERSION_3, .pid = 0 };
    return syscall(SYS_capget, &sets->header, sets->data);
}

uint64_t host_capabilities(bool effective) {
    struct capability_sets sets;
    uint64_t set = 0;
    if (get_sets(&sets) < 0) return 0;
    for (int half = 0; half < _LINUX_CAPABILITY_U32S_3; half++)
        set |= (uint64_t)(effective ? sets.data[half].effective : sets.data[half].permitted) << (32 * half);
    return set;
}

int host_set_capabilities(uint64_t permitted, uint64_t effective) {
    struct capability_sets sets;
    if (get_sets(&sets) < 0) return -1;
    for (int half = 0; half < _LINUX_CAPABILITY_U32S_3; half++) {
        sets.data[half].permitted = permitted >> (32 * half);
        sets.data[half].effective = effective >> (32 * half);
        sets.data[half].inheritable = 0;
    }
    return syscall(SYS_capset, &sets.header, sets.data);
}

void host_bequeath_nothing(void) {
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
}

int host_shield(void) {
    struct rlimit none = { 0, 0 };
    return setrlimit(RLIMIT_CORE, &none) | prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) | prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

bool host_is_filtered(void) {
    return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) > 0;
}

int host_close_from(int first) {
    return syscall(SYS_close_range, first, ~0u, 0);
}

// Debian's headers are older than some of these; a kernel that is so, too, doesn't name them in its version.
enum {
    truncate_file = 1 << 14,  // LANDLOCK_ACCESS_FS_TRUNCATE, version 3
    bind_tcp = 1 << 0,        // LANDLOCK_ACCESS_NET_BIND_TCP, version 4
    connect_tcp = 1 << 1,     // LANDLOCK_ACCESS_NET_CONNECT_TCP, version 4
    send_signal = 1 << 1,     // LANDLOCK_SCOPE_SIGNAL, version 6
};

// All that changes a file system, and running programs. Reading isn't in it: a configuration may be a link to anywhere.
static const uint64_t changes = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

struct ruleset {
    uint64_t files, network, scopes;
};

static int version(void) {
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

int host_fence_make(void) {
    int known = version();
    if (known < 0) return -1;
    struct ruleset ruleset = { .files = changes | (known >= 3 ? truncate_file : 0),
        .network = known >= 4 ? bind_tcp | connect_tcp : 0, .scopes = known >= 6 ? send_signal : 0 };
    // An older kernel takes the longer structure, as long as what it doesn't know of is 0.
    return syscall(SYS_landlock_create_ruleset, &ruleset, sizeof ruleset, 0);
}

int host_fence_open(int fence, const char *folder, bool writing) {
    uint64_t writes = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | (version() >= 3 ? truncate_file : 0);
    struct landlock_path_beneath_attr place = { .parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC),
        .allowed_access = LANDLOCK_ACCESS_FS_REMOVE_FILE | (writing ? writes : 0) };
    if (place.parent_fd < 0) return -1;
    int result = syscall(SYS_landlock_add_rule, fence, LANDLOCK_RULE_PATH_BENEATH, &place, 0), error = errno;
    close(place.parent_fd);
    errno = error;
    return result;
}

int host_fence_close(int fence) {
    return syscall(SYS_landlock_restrict_self, fence, 0);
}
