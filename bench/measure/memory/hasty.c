/* What libfaketime 0.9.10 leaves out: Python 3.11 waits for its locks by sem_clockwait(3). */
#define _GNU_SOURCE
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <dlfcn.h>
#include <errno.h>

static double speed(void) {
    const char *told = getenv("FAKETIME"), *x = told ? strchr(told, 'x') : 0;
    return x ? atof(x + 1) : 1.0;
}

int sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *until) {
    static int (*real)(sem_t *, clockid_t, const struct timespec *);
    struct timespec shown, now;
    if (!real) real = (int (*)(sem_t *, clockid_t, const struct timespec *))dlsym(RTLD_NEXT, "sem_clockwait");
    clock_gettime(clock, &shown);
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    double left = ((until->tv_sec - shown.tv_sec) + (until->tv_nsec - shown.tv_nsec) * 1e-9) / speed();
    if (left < 0) left = 0;
    long whole = (long)left, nano = now.tv_nsec + (long)((left - whole) * 1e9);
    now.tv_sec += whole + nano / 1000000000L;
    now.tv_nsec = nano % 1000000000L;
    return real(sem, CLOCK_MONOTONIC, &now);
}
