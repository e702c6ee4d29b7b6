#include "transform/punycode.h"

#include "transform/code_point.h"

/* The parameters of RFC 3492, section 5. */
enum {
    BASE = 36,
    TMIN = 1,
    TMAX = 26,
    SKEW = 38,
    DAMP = 700,
    INITIAL_BIAS = 72,
    INITIAL_POINT = 128,
};

typedef struct Encoder {
    uint32_t points[PUNYCODE_SPACE]; /* each takes a byte of the output at least */
    size_t count;
    char *out;
    size_t size; /* more than PUNYCODE_SPACE: it does not fit */
    uint64_t bias;
} Encoder;

static bool read_points(Encoder *encoder, Text label)
{
    for (size_t at = 0; at < label.size; encoder->count++) {
        if (encoder->count == PUNYCODE_SPACE)
            return false;
        at += code_point_read(label.data + at, &encoder->points[encoder->count]);
    }
    return encoder->count > 0;
}

static void put(Encoder *encoder, char byte)
{
    if (encoder->size < PUNYCODE_SPACE)
        encoder->out[encoder->size] = byte;
    encoder->size++;
}

static char digit_of(uint64_t value)
{
    return (char)(value < 26 ? 'a' + value : '0' + (value - 26));
}

/* Section 6.1. */
static uint64_t adapt(uint64_t delta, uint64_t count, bool is_first)
{
    uint64_t bias = 0;
    delta /= is_first ? DAMP : 2;
    delta += delta / count;
    for (; delta > (BASE - TMIN) * TMAX / 2; bias += BASE)
        delta /= BASE - TMIN;
    return bias + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

/* A number of variable length, the inner loop of section 6.3. */
static void put_number(Encoder *encoder, uint64_t number)
{
    for (uint64_t k = BASE;; k += BASE) {
        uint64_t threshold = k <= encoder->bias ? TMIN : k >= encoder->bias + TMAX ? TMAX : k - encoder->bias;
        if (number < threshold)
            break;
        put(encoder, digit_of(threshold + (number - threshold) % (BASE - threshold)));
        number = (number - threshold) / (BASE - threshold);
    }
    put(encoder, digit_of(number));
}

static uint32_t lowest_from(const Encoder *encoder, uint32_t from)
{
    uint32_t lowest = UINT32_MAX;
    for (size_t i = 0; i < encoder->count; i++)
        if (encoder->points[i] >= from && encoder->points[i] < lowest)
            lowest = encoder->points[i];
    return lowest;
}

/* Section 6.3. A delta stays below 2^21 x 60: nothing overflows. */
static void put_others(Encoder *encoder, uint64_t basic)
{
    uint64_t delta = 0, handled = basic;
    for (uint32_t point = INITIAL_POINT; handled < encoder->count; delta++, point++) {
        uint32_t next = lowest_from(encoder, point);
        delta += (uint64_t)(next - point) * (handled + 1);
        point = next;
        for (size_t i = 0; i < encoder->count; i++) {
            delta += encoder->points[i] < point;
            if (encoder->points[i] != point)
                continue;
            put_number(encoder, delta);
            encoder->bias = adapt(delta, handled + 1, handled == basic);
            delta = 0;
            handled++;
        }
    }
}

size_t punycode_encode(Text label, char out[PUNYCODE_SPACE])
{
    Encoder encoder = {.out = out, .bias = INITIAL_BIAS};
    if (!read_points(&encoder, label))
        return 0;
    for (size_t i = 0; i < encoder.count; i++)
        if (encoder.points[i] < INITIAL_POINT)
            put(&encoder, (char)encoder.points[i]);
    uint64_t basic = encoder.size;
    if (basic)
        put(&encoder, '-');
    put_others(&encoder, basic);
    return encoder.size <= PUNYCODE_SPACE ? encoder.size : 0;
}
