/* The first two bytes are a style, the rest a number: what is read fits its limits, in every form. */
#include "common/decimal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check(Decimal decimal)
{
    uint8_t out[DECIMAL_NUMERIC_SIZE];
    size_t size;
    require(decimal.scale >= 0 && decimal.scale <= DECIMAL_DIGITS);
    require(decimal_to_numeric_binary(decimal, out, sizeof out, &size));
    require(size == 8 + 2 * ((size_t)out[0] << 8 | out[1]));
    for (size_t i = 8; i < size; i += 2)
        require((out[i] << 8 | out[i + 1]) < 10000);
    require(size == 8 || ((out[8] | out[9]) && (out[size - 2] | out[size - 1])));
    for (int exponent = 0; exponent <= 18; exponent++) {
        int64_t minor;
        bool is_exact;
        if (!decimal_to_minor(decimal, exponent, &minor, &is_exact) || !is_exact)
            continue;
        __int128 back = minor, value = decimal.coefficient;
        int scale = exponent;
        for (; scale < decimal.scale; scale++)
            back *= 10;
        for (int more = decimal.scale; more < exponent; more++)
            value *= 10;
        require(back == value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    DecimalStyle style = {.decimal = (char)data[0], .group = (char)data[1], .has_parentheses = data[0] == '.'};
    Decimal decimal;
    Text text = {(const char *)data + 2, size - 2};
    if (decimal_parse(text, (DecimalStyle){0}, &decimal))
        check(decimal);
    if (decimal_style_is_valid(style) && decimal_parse(text, style, &decimal))
        check(decimal);
    return 0;
}
