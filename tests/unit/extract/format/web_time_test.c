#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "extract/format/web_time.h"

static void expect(const char *time, const char *expected)
{
    char iso[WEB_TIME_SIZE];
    Text found = web_time_to_iso(text_from(time), iso);
    assert_int_equal(strlen(expected), found.size);
    assert_memory_equal(expected, found.data, found.size);
}

static void reads_mail_times(void **state)
{
    (void)state;
    expect("Sun, 06 Sep 2009 16:20:00 +0000", "2009-09-06T16:20:00+0000");
    expect("Sun, 6 Sep 09 16:20 EST", "2009-09-06T16:20:00-05:00");
    expect("06 September 1999 06:02:03 gmt", "1999-09-06T06:02:03Z");
    expect("Sunday, 06-Sep-70 6:02:03 PDT", "1970-09-06T06:02:03-07:00");
    expect("Sun,06 Sep 2009  16:20:00  -03:30", "2009-09-06T16:20:00-03:30");
    expect("05 Jan 17 13:34:55", "2017-01-05T13:34:55");
    /* no such day: for others to say */
    expect("31 Feb 2017 13:34:55 Z", "2017-02-31T13:34:55Z");
}

static void reads_parts_of_dates(void **state)
{
    (void)state;
    expect("2005", "2005-01-01");
    expect("2005-06", "2005-06-01");
}

static void leaves_the_rest(void **state)
{
    (void)state;
    static const char *const others[] = {
        "2005-06-07",
        "2005-06-07T08:09:10+02:00",
        "",
        "yesterday",
        "Sun, 06 Sep 2009",
        "06 Sep 2009 16:20:00 XYZ",
        "06 Sxp 2009 16:20:00 GMT",
        "06 Sep 2009 16:20:00 +0000 (UTC)",
        "20050607",
        "2005-",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        expect(others[i], others[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_mail_times),
        cmocka_unit_test(reads_parts_of_dates),
        cmocka_unit_test(leaves_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
