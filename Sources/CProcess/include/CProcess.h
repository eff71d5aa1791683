#pragma once

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a child is started with. All pointers stay the caller's and must live until the call returns.
typedef struct {
    /// Absolute path of the program.
    const char *path;
    /// NULL-terminated.
    char *const *arguments;
    /// NULL-terminated; nothing else is inherited.
    char *const *environment;
    /// NULL: the caller's.
    const char *directory;
} martlet_child;

typedef struct {
    /// The child, also the id of its new process group.
    pid_t pid;
    /// Becomes readable when the child ends; -1 where the kernel has none. Close it.
    int ended;
    /// The read end of the child's output and errors, non-blocking, closed on exec. Close it.
    int output;
} martlet_child_started;

/// Starts a child in its own process group: standard input empty, output and errors in one pipe, no other descriptor,
/// default signal handling. The kernel kills it (SIGKILL) when the *calling thread* ends, so call this from a
/// thread that lives as long as the process. Returns 0 or an errno value; then nothing is left behind.
int martlet_child_start(const martlet_child *child, martlet_child_started *started);

/// Whether the child has ended; leaves it unreaped, so that its process group id can't be given out again.
/// Waits if `block` is not 0. Returns 1, 0, or a negative errno value.
int martlet_child_has_ended(pid_t pid, int block);

/// Reaps an ended child. Gives its exit code and 0 in `signal`, or the signal that ended it. Returns 0 or an errno value.
int martlet_child_reap(pid_t pid, int *code, int *signal);

#ifdef __cplusplus
}
#endif
