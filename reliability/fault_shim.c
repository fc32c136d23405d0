/* Preloaded library: slow, hanging or failing disk for the files of an account, and a moved wall clock.
 *
 * It replaces functions of the C library in a process that is started with LD_PRELOAD. What it does is in a page of
 * shared memory, the file named by SMSMODE_FAULT_SHIM, which fault_shim.py maps as well and may change at any time.
 * Files of an account are those whose name begins with "smsmode.": the database, its journal and its index.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum operation { OPEN, WRITE, SYNC, OPERATIONS };

/* The same layout as class Control in fault_shim.py. */
struct control {
    volatile int64_t delay_ms[OPERATIONS];
    volatile int64_t error[OPERATIONS]; /* errno; 0 succeeds */
    volatile int64_t hang[OPERATIONS];  /* while it is not 0, calls do not return */
    volatile int64_t calls[OPERATIONS]; /* counted here, for files of an account */
    volatile int64_t clock_offset_ns;
};

#define MAX_FILES 65536
#define NANOSECONDS 1000000000L

static struct control *control;
static unsigned char is_account_file[MAX_FILES];

/* The function of the C library that the one of the same name replaces. */
#define REAL(name)                                                                                                     \
    static __typeof__(&name) real;                                                                                     \
    if (!real)                                                                                                         \
    real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static void pause_ms(int64_t duration) {
    struct timespec time = {duration / 1000, (duration % 1000) * 1000000L};
    nanosleep(&time, NULL);
}

/* Waits as the control page says; returns 0, or -1 with errno if the operation is to fail. */
static int before(enum operation operation) {
    __sync_add_and_fetch(&control->calls[operation], 1);
    if (control->delay_ms[operation])
        pause_ms(control->delay_ms[operation]);
    while (control->hang[operation])
        pause_ms(10);
    errno = (int)control->error[operation];
    return errno ? -1 : 0;
}

static int names_account_file(const char *path) {
    const char *slash = strrchr(path, '/');
    return strncmp(slash ? slash + 1 : path, "smsmode.", 8) == 0;
}

static int is_tracked(int file) { return control && file >= 0 && file < MAX_FILES && is_account_file[file]; }

static int opened(int file, int tracked) {
    if (file >= 0 && file < MAX_FILES)
        is_account_file[file] = (unsigned char)tracked;
    return file;
}

static mode_t mode_of(int flags, va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) ? (mode_t)va_arg(arguments, int) : 0;
}

/* The four functions that open a file: only opening for writing has faults. */
#define OPENING(name, parameters, call)                                                                                \
    int name parameters {                                                                                              \
        REAL(name);                                                                                                    \
        va_list arguments;                                                                                             \
        va_start(arguments, flags);                                                                                    \
        mode_t mode = mode_of(flags, arguments);                                                                       \
        va_end(arguments);                                                                                             \
        int tracked = control && names_account_file(path);                                                             \
        if (tracked && (flags & (O_WRONLY | O_RDWR | O_CREAT)) && before(OPEN))                                        \
            return -1;                                                                                                 \
        return opened(real call, tracked);                                                                             \
    }

OPENING(open, (const char *path, int flags, ...), (path, flags, mode))
OPENING(open64, (const char *path, int flags, ...), (path, flags, mode))
OPENING(openat, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))
OPENING(openat64, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))

int close(int file) {
    REAL(close);
    opened(file, 0);
    return real(file);
}

int fsync(int file) {
    REAL(fsync);
    return is_tracked(file) && before(SYNC) ? -1 : real(file);
}

int fdatasync(int file) {
    REAL(fdatasync);
    return is_tracked(file) && before(SYNC) ? -1 : real(file);
}

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(write);
    return is_tracked(file) && before(WRITE) ? -1 : real(file, bytes, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    REAL(pwrite);
    return is_tracked(file) && before(WRITE) ? -1 : real(file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    REAL(pwrite64);
    return is_tracked(file) && before(WRITE) ? -1 : real(file, bytes, count, offset);
}

static int64_t clock_offset(void) { return control ? control->clock_offset_ns : 0; }

static void move(struct timespec *time, int64_t offset) {
    int64_t nanoseconds = time->tv_nsec + offset % NANOSECONDS;
    time->tv_sec += offset / NANOSECONDS + (nanoseconds >= NANOSECONDS) - (nanoseconds < 0);
    time->tv_nsec = (nanoseconds + NANOSECONDS) % NANOSECONDS;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    REAL(clock_gettime);
    int result = real(clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        move(time, clock_offset());
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    REAL(gettimeofday);
    int result = real(time, zone);
    if (result == 0) {
        struct timespec moved = {time->tv_sec, time->tv_usec * 1000L};
        move(&moved, clock_offset());
        time->tv_sec = moved.tv_sec;
        time->tv_usec = moved.tv_nsec / 1000;
    }
    return result;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result)
        *result = now.tv_sec;
    return now.tv_sec;
}

__attribute__((constructor)) static void map_control(void) {
    const char *path = getenv("SMSMODE_FAULT_SHIM");
    int file = path ? open(path, O_RDWR) : -1;
    if (file < 0)
        return;
    void *page = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (page != MAP_FAILED)
        control = page;
}
