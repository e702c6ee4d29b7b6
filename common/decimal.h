/* Exact decimal numbers: from text to integers in minor units, or to PostgreSQL's binary numeric, with no floating
 * point on the way.
 *
 *     Decimal amount;
 *     int64_t cents;
 *     bool is_exact;
 *     if (!decimal_parse(TEXT("1,234.50"), (DecimalStyle){.group = ','}, &amount) ||
 *         !decimal_to_minor(amount, 2, &cents, &is_exact))
 *         reject(...);
 */
#ifndef CLOSEDLOOP_COMMON_DECIMAL_H
#define CLOSEDLOOP_COMMON_DECIMAL_H

#include "common/text.h"

#include <stdint.h>

enum {
    DECIMAL_DIGITS = 38,       /* the most that a Decimal holds, and the highest scale */
    DECIMAL_NUMERIC_SIZE = 30, /* the longest that decimal_to_numeric_binary() writes */
};

/* coefficient / 10^scale */
typedef struct Decimal {
    __int128 coefficient; /* at most 38 digits */
    int scale;            /* 0 to 38 */
} Decimal;

/* How a source writes its numbers. A zeroed style is "1234.50". */
typedef struct DecimalStyle {
    char decimal;         /* the decimal point; 0 is '.' */
    char group;           /* stands between groups of digits; 0: no groups are allowed */
    bool has_parentheses; /* "(12.50)" is allowed, and is -12.50 */
} DecimalStyle;

/* Whether the two bytes can be told from each other and from the rest of a number. */
bool decimal_style_is_valid(DecimalStyle style);

/* A whole text: optional sign, digits with an optional decimal point among, before or behind them, optional exponent
 * ("1.5E+3"). Where groups are allowed, the last has three digits and those before it three, or, as in India, two:
 * "1,5" is refused and not read as 15. Trailing zeros count in the scale. False for anything else (blanks, currency
 * signs, nan, infinity) and for more than 38 digits on the whole or behind the point. */
bool decimal_parse(Text text, DecimalStyle style, Decimal *ret_decimal);

/* The value in units of 10^-exponent (cents: 2), rounded half away from zero; ret_is_exact says whether nothing was
 * rounded off. False if it does not fit. exponent is 0 to 18. */
bool decimal_to_minor(Decimal decimal, int exponent, int64_t *ret_minor, bool *ret_is_exact);

static inline Decimal decimal_from_minor(int64_t minor, int exponent)
{
    return (Decimal){.coefficient = minor, .scale = exponent};
}

/* PostgreSQL's binary form of numeric: the number of base-10000 digits, the weight of the first, the sign, the display
 * scale, the digits, all 16 bits with the high byte first. False if capacity is too small; DECIMAL_NUMERIC_SIZE never
 * is. */
bool decimal_to_numeric_binary(Decimal decimal, uint8_t *out, size_t capacity, size_t *ret_size);

#endif
