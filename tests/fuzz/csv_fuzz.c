/* The CSV scanner: nothing is lost, and where the input is cut makes no difference. The first four bytes choose the
 * options and the size of the pieces. */
#include "tests/unit/common/csv_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4)
        return 0;
    CsvOptions options = {
        .delimiter = ",;\t|"[data[0] & 3],
        .quote = "\"'"[data[0] >> 2 & 1],
        .is_unquoted = (data[0] & 0x70) == 0x70,
        .column_count = data[1] & 3,
        .record_ceiling = data[2] & 0x80 ? 0 : 1 + (data[2] & 0x7F),
    };
    Text input = {(const char *)data + 4, size - 4};
    cleanup(buffer_done) Buffer whole = buffer_make(1 << 26), cut = buffer_make(1 << 26);
    CsvCounts counts;
    Error error = ERROR_INIT, error_cut = ERROR_INIT;
    Status status = csv_check(&options, input, 0, &whole, &counts, &error);
    Status status_cut = csv_check(&options, input, 1 + data[3] % 100, &cut, &counts, &error_cut);
    CSV_CHECK(status == status_cut && strcmp(error.message, error_cut.message) == 0);
    /* A damaged gzip file gives what it can before the error: how much depends on the pieces. */
    CSV_CHECK(status == STATUS_ERROR || text_equal(buffer_text(&whole), buffer_text(&cut)));
    return 0;
}
