/* Runs a program and writes what it took into a file: seconds by the clock, seconds of CPU, and the most memory that it
 * had, in kilobytes.
 *
 *     bench_measure FILE PROGRAM [ARGUMENT...]
 *
 * Its exit status is the program's; 128 and the signal's number if one ended it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: bench_measure FILE PROGRAM [ARGUMENT...]\n", stderr);
        return 64;
    }
    double started_at = clock_seconds();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("bench_measure");
        return 70;
    }
    double taken = clock_seconds() - started_at;
    FILE *file = fopen(argv[1], "w");
    if (!file ||
        fprintf(file, "%.3f %.3f %ld\n", taken, seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
                usage.ru_maxrss) < 0 ||
        fclose(file) != 0) {
        perror(argv[1]);
        return 74;
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
