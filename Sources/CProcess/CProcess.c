#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_BYTES (64 * 1024)

typedef struct {
    const martlet_child *child;
    int input;
    int output;
    pid_t parent;
    // Written by the child, which shares our memory until it has called exec.
    volatile int error;
} launch;

static void close_all_from(unsigned first) {
    if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
    struct rlimit limit;
    unsigned end = 65536;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < end) end = (unsigned)limit.rlim_cur;
    for (unsigned fd = first; fd < end; fd++) close((int)fd);
}

// Runs in the child on a stack of its own, in our memory, while our thread is suspended. Only async-signal-safe calls.
static int run_child(void *argument) {
    launch *launch = argument;
    const martlet_child *child = launch->child;

    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);

    if (setpgid(0, 0) != 0) goto failed;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) goto failed;
    // The parent may have died before the line above.
    if (getppid() != launch->parent) _exit(127);
    if (child->directory && chdir(child->directory) != 0) goto failed;
    if (dup2(launch->input, 0) < 0 || dup2(launch->output, 1) < 0 || dup2(launch->output, 2) < 0) goto failed;
    close_all_from(3);
    execve(child->path, child->arguments, child->environment);
failed:
    launch->error = errno ? errno : EINVAL;
    _exit(127);
}

// Moves a descriptor away from 0, 1 and 2, which the child overwrites.
static int above_standard(int fd) {
    if (fd < 0 || fd > 2) return fd;
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    int saved = errno;
    close(fd);
    errno = saved;
    return moved;
}

int martlet_child_start(const martlet_child *child, martlet_child_started *started) {
    int result = 0;
    int pipe_ends[2] = {-1, -1};
    launch launch = {.child = child, .input = -1, .output = -1, .parent = getpid(), .error = 0};
    void *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) return errno;

    launch.input = above_standard(open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (launch.input < 0 || pipe2(pipe_ends, O_CLOEXEC) != 0) {
        result = errno;
        goto out;
    }
    pipe_ends[0] = above_standard(pipe_ends[0]);
    pipe_ends[1] = above_standard(pipe_ends[1]);
    launch.output = pipe_ends[1];
    if (pipe_ends[0] < 0 || pipe_ends[1] < 0 || fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK) != 0) {
        result = errno;
        goto out;
    }

    // No handler of ours may run in the child, which shares our memory.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = clone(run_child, (char *)stack + STACK_BYTES, CLONE_VM | CLONE_VFORK | SIGCHLD, &launch);
    int clone_error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);

    if (pid < 0) {
        result = clone_error;
    } else if (launch.error != 0) {
        result = launch.error;
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    } else {
        started->pid = pid;
        started->ended = (int)syscall(SYS_pidfd_open, pid, 0);
        started->output = pipe_ends[0];
        pipe_ends[0] = -1;
    }
out:
    if (launch.input >= 0) close(launch.input);
    if (pipe_ends[0] >= 0) close(pipe_ends[0]);
    if (pipe_ends[1] >= 0) close(pipe_ends[1]);
    munmap(stack, STACK_BYTES);
    return result;
}

int martlet_child_has_ended(pid_t pid, int block) {
    siginfo_t info = {0};
    int options = WEXITED | WNOWAIT | (block ? 0 : WNOHANG);
    while (waitid(P_PID, (id_t)pid, &info, options) != 0) {
        if (errno != EINTR) return -errno;
    }
    return info.si_pid == pid;
}

int martlet_child_reap(pid_t pid, int *code, int *signal) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) return errno;
    }
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    *signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return 0;
}
