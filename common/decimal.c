#include "common/decimal.h"

enum {
    NUMERIC_HEADER = 8,
    NUMERIC_GROUPS = 11, /* 38 digits that begin and end within a base-10000 digit */
    NUMERIC_NEGATIVE = 0x4000,
    EXPONENT_LIMIT = 1000, /* further digits of an exponent change nothing: the number is refused */
};

typedef struct Cursor {
    const char *at, *end;
    DecimalStyle style;
} Cursor;

static bool at_digit(const Cursor *cursor)
{
    return cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9';
}

static bool take(Cursor *cursor, char byte)
{
    if (cursor->at == cursor->end || *cursor->at != byte)
        return false;
    cursor->at++;
    return true;
}

/* Multiplies by ten and adds a digit; false past 38 digits. */
static bool push_digit(unsigned __int128 *coefficient, unsigned digit)
{
    const unsigned __int128 highest =
        (unsigned __int128)UINT64_C(10000000000000000000) * UINT64_C(10000000000000000000);
    if (*coefficient >= highest / 10)
        return false;
    *coefficient = *coefficient * 10 + digit;
    return true;
}

/* A run of digits, maybe none. */
static bool take_digits(Cursor *cursor, unsigned __int128 *coefficient, size_t *ret_count)
{
    size_t count = 0;
    for (; at_digit(cursor); cursor->at++, count++)
        if (!push_digit(coefficient, (unsigned)(*cursor->at - '0')))
            return false;
    *ret_count = count;
    return true;
}

/* The digits before the decimal point, in groups if there is a group byte. */
static bool take_whole(Cursor *cursor, unsigned __int128 *coefficient, size_t *ret_count)
{
    size_t first, inner = 0, last, separators = 0;
    if (!take_digits(cursor, coefficient, &first))
        return false;
    for (last = first; cursor->style.group && take(cursor, cursor->style.group); separators++) {
        if (separators > 0) {
            if (inner != 0 && last != inner)
                return false;
            inner = last;
        }
        if (!take_digits(cursor, coefficient, &last) || (last != 2 && last != 3))
            return false;
    }
    *ret_count = first;
    return separators == 0 || (last == 3 && first >= 1 && first <= (inner ? inner : 3));
}

/* "E+3", if it is there. */
static bool take_exponent(Cursor *cursor, int *ret_exponent)
{
    int exponent = 0;
    if (!take(cursor, 'e') && !take(cursor, 'E')) {
        *ret_exponent = 0;
        return true;
    }
    bool is_negative = take(cursor, '-');
    if (!is_negative)
        take(cursor, '+');
    if (!at_digit(cursor))
        return false;
    for (; at_digit(cursor); cursor->at++)
        if (exponent < EXPONENT_LIMIT)
            exponent = exponent * 10 + (*cursor->at - '0');
    *ret_exponent = is_negative ? -exponent : exponent;
    return true;
}

/* An unsigned number up to wherever it ends. */
static bool take_magnitude(Cursor *cursor, unsigned __int128 *ret_coefficient, int *ret_scale)
{
    unsigned __int128 coefficient = 0;
    size_t whole, fraction = 0;
    int exponent;
    if (!take_whole(cursor, &coefficient, &whole))
        return false;
    if (take(cursor, cursor->style.decimal) && !take_digits(cursor, &coefficient, &fraction))
        return false;
    if (whole + fraction == 0 || fraction > DECIMAL_DIGITS || !take_exponent(cursor, &exponent))
        return false;
    int scale = (int)fraction - exponent;
    for (; scale < 0 && coefficient != 0; scale++)
        if (!push_digit(&coefficient, 0))
            return false;
    if (scale > DECIMAL_DIGITS)
        return false;
    *ret_coefficient = coefficient;
    *ret_scale = scale > 0 ? scale : 0;
    return true;
}

static bool is_part_of_numbers(char byte)
{
    return (byte >= '0' && byte <= '9') || byte == '+' || byte == '-' || byte == 'e' || byte == 'E' || byte == '(' ||
           byte == ')';
}

bool decimal_style_is_valid(DecimalStyle style)
{
    char decimal = style.decimal ? style.decimal : '.';
    return decimal != style.group && !is_part_of_numbers(decimal) && !is_part_of_numbers(style.group);
}

bool decimal_parse(Text text, DecimalStyle style, Decimal *ret_decimal)
{
    if (text_is_empty(text))
        return false;
    if (!style.decimal)
        style.decimal = '.';
    Cursor cursor = {text.data, text.data + text.size, style};
    unsigned __int128 coefficient;
    int scale;
    bool is_parenthesised = style.has_parentheses && take(&cursor, '(');
    bool is_negative = is_parenthesised || take(&cursor, '-');
    if (!is_negative)
        take(&cursor, '+');
    if (!take_magnitude(&cursor, &coefficient, &scale) || (is_parenthesised && !take(&cursor, ')')) ||
        cursor.at != cursor.end)
        return false;
    *ret_decimal = (Decimal){
        .coefficient = is_negative ? -(__int128)coefficient : (__int128)coefficient,
        .scale = scale,
    };
    return true;
}

static unsigned __int128 power_of_ten(int exponent)
{
    unsigned __int128 power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

static unsigned __int128 magnitude(__int128 value)
{
    return value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
}

bool decimal_to_minor(Decimal decimal, int exponent, int64_t *ret_minor, bool *ret_is_exact)
{
    unsigned __int128 value = magnitude(decimal.coefficient), remainder = 0;
    if (exponent >= decimal.scale) {
        if (__builtin_mul_overflow(value, power_of_ten(exponent - decimal.scale), &value))
            return false;
    } else {
        unsigned __int128 divisor = power_of_ten(decimal.scale - exponent);
        remainder = value % divisor;
        value = value / divisor + (remainder * 2 >= divisor);
    }
    bool is_negative = decimal.coefficient < 0;
    if (value > (unsigned __int128)INT64_MAX + is_negative)
        return false;
    *ret_minor = (int64_t)(is_negative ? -(__int128)value : (__int128)value);
    *ret_is_exact = remainder == 0;
    return true;
}

static uint8_t *write_16(uint8_t *out, int value)
{
    out[0] = (uint8_t)((unsigned)value >> 8);
    out[1] = (uint8_t)value;
    return out + 2;
}

bool decimal_to_numeric_binary(Decimal decimal, uint8_t *out, size_t capacity, size_t *ret_size)
{
    /* Base-10000 digits from the lowest on; the lowest is filled up to where the decimal point wants it. */
    int digits[NUMERIC_GROUPS], count = 0, lowest = 0;
    int missing = (4 - decimal.scale % 4) % 4;
    unsigned __int128 rest = magnitude(decimal.coefficient);
    while (rest && count < NUMERIC_GROUPS) {
        unsigned __int128 unit = count == 0 ? power_of_ten(4 - missing) : 10000;
        digits[count] = (int)(rest % unit) * (count == 0 ? (int)power_of_ten(missing) : 1);
        count++;
        rest /= unit;
    }
    while (lowest < count && digits[lowest] == 0)
        lowest++;
    size_t size = NUMERIC_HEADER + 2 * (size_t)(count - lowest);
    if (size > capacity)
        return false;
    out = write_16(out, count - lowest);
    out = write_16(out, count ? count - 1 - (decimal.scale + missing) / 4 : 0);
    out = write_16(out, decimal.coefficient < 0 ? NUMERIC_NEGATIVE : 0);
    out = write_16(out, decimal.scale);
    for (int i = count - 1; i >= lowest; i--)
        out = write_16(out, digits[i]);
    *ret_size = size;
    return true;
}
