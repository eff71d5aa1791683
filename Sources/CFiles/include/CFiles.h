#pragma once

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Opens a path below a folder. No component of it, links included, leads out of the folder: the kernel watches over that while it walks
/// (openat2 with RESOLVE_BENEATH), so that nobody can exchange a component in between. Closed on exec.
/// Returns a descriptor, or a negative errno value; -ENOSYS where the kernel can't (before Linux 5.6, other systems).
int martlet_open_beneath(int folder, const char *path, int flags, mode_t mode);

/// The same for looking at what is there: neither opens a file nor follows a link at the path's end; the descriptor is good for fstat.
int martlet_look_beneath(int folder, const char *path);

#ifdef __cplusplus
}
#endif
