#define _GNU_SOURCE
#include "CFiles.h"

#include <errno.h>
#include <fcntl.h>

#ifdef __linux__
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int martlet_open_beneath(int folder, const char *path, int flags, mode_t mode) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = (unsigned long long)(flags | O_CLOEXEC);
    how.mode = flags & O_CREAT ? mode : 0;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    for (;;) {
        long descriptor = syscall(SYS_openat2, folder, path, &how, sizeof how);
        if (descriptor >= 0) return (int)descriptor;
        /* The kernel gives up where a folder moved while it walked. */
        if (errno != EINTR && errno != EAGAIN) return -errno;
    }
}

int martlet_look_beneath(int folder, const char *path) { return martlet_open_beneath(folder, path, O_PATH | O_NOFOLLOW, 0); }
#else
int martlet_open_beneath(int folder, const char *path, int flags, mode_t mode) {
    (void)folder, (void)path, (void)flags, (void)mode;
    return -ENOSYS;
}

int martlet_look_beneath(int folder, const char *path) { return martlet_open_beneath(folder, path, 0, 0); }
#endif
