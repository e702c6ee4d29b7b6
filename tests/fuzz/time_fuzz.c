/* The first line is a format, the rest a text: whatever is read as a time is written and read again as the same. */
#include "common/time.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void read_as(Text text, const TimeFormat *format)
{
    TimeReading reading;
    int64_t instant, again;
    int32_t days;
    bool is_date_only;
    (void)time_read_date(text, format, &days);
    if (!time_format_parse(format, text, &reading) || !time_read(text, format, NULL, NULL, &instant, &is_date_only))
        return;
    require(instant >= TIME_LOWEST && instant <= TIME_HIGHEST);
    require(is_date_only == !reading.has_time);
    char out[TIME_ISO_SIZE];
    size_t length = time_write_iso(instant, out);
    require(length < sizeof out);
    require(time_read((Text){out, length}, NULL, NULL, NULL, &again, &is_date_only));
    require(again == instant && !is_date_only);
    require(time_month_start(instant, NULL) <= time_local_date(instant, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Text all = {(const char *)data, size};
    size_t newline = text_find(all, '\n');
    read_as(all, NULL);
    if (newline == size)
        return 0;
    TimeFormat format;
    Error error = ERROR_INIT;
    if (time_format_compile((Text){all.data, newline}, &format, &error) == STATUS_OK)
        read_as((Text){all.data + newline + 1, size - newline - 1}, &format);
    return 0;
}
