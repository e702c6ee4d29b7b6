#include "extract/transport/patience.h"

#include "common/signal.h"

#include <curl/curl.h>
#include <sys/random.h>
#include <time.h>

enum { FIRST_WAIT = 1000, LONGEST_WAIT = 60000, SLICE = 100, DATE_SIZE = 64 };

static int64_t now_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

Patience patience_make(int64_t attempts, int64_t within_seconds)
{
    Patience patience = {.attempts = attempts, .deadline = now_milliseconds() + within_seconds * 1000};
    if (getrandom(&patience.random, sizeof patience.random, 0) != sizeof patience.random)
        patience.random = (uint64_t)now_milliseconds();
    patience.random |= 1;
    return patience;
}

/* xorshift64: nobody gains by guessing it. */
static uint64_t next_random(Patience *patience)
{
    patience->random ^= patience->random << 13;
    patience->random ^= patience->random >> 7;
    patience->random ^= patience->random << 17;
    return patience->random;
}

bool patience_take(Patience *patience, int64_t retry_after, int64_t *ret_wait)
{
    int64_t wait = FIRST_WAIT;
    for (int64_t i = 0; i < patience->failures && wait < LONGEST_WAIT; i++)
        wait *= 2;
    wait = wait < LONGEST_WAIT ? wait : LONGEST_WAIT;
    wait = wait / 2 + (int64_t)(next_random(patience) % (uint64_t)(wait / 2 + 1));
    if (retry_after > 0)
        wait = retry_after > INT32_MAX ? (int64_t)INT32_MAX * 1000 : retry_after * 1000;
    patience->failures++;
    if (patience->failures >= patience->attempts || now_milliseconds() + wait >= patience->deadline)
        return false;
    *ret_wait = wait;
    return true;
}

void patience_renew(Patience *patience)
{
    patience->failures = 0;
}

int64_t patience_left(const Patience *patience)
{
    int64_t left = patience->deadline - now_milliseconds();
    return left > 0 ? (left + 999) / 1000 : 0;
}

Status patience_wait(int64_t milliseconds, Error *error)
{
    int64_t until = now_milliseconds() + milliseconds, left;
    while ((left = until - now_milliseconds()) > 0) {
        int64_t slice = left < SLICE ? left : SLICE;
        nanosleep(&(struct timespec){.tv_nsec = slice * 1000000}, NULL);
        TRY(signal_check(error));
    }
    return signal_check(error);
}

bool http_date_read(Text value, int64_t *ret_seconds)
{
    char date[DATE_SIZE];
    if (text_is_empty(value) || value.size >= sizeof date)
        return false;
    memcpy(date, value.data, value.size);
    date[value.size] = '\0';
    time_t at = curl_getdate(date, NULL);
    if (at == (time_t)-1)
        return false;
    *ret_seconds = (int64_t)at;
    return true;
}

static bool is_number(Text value)
{
    for (size_t i = 0; i < value.size; i++)
        if (value.data[i] < '0' || value.data[i] > '9')
            return false;
    return value.size > 0;
}

int64_t retry_after_seconds(Text value, int64_t now)
{
    long long seconds;
    int64_t at;
    if (text_to_int64(value, &seconds))
        return seconds < 0 ? -1 : seconds;
    if (is_number(value))
        return INT64_MAX;
    if (!http_date_read(value, &at))
        return -1;
    return at > now ? at - now : 0;
}
