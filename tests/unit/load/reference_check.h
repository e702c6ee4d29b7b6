/* Reads published attribution results: the folder reference at $CLOSEDLOOP_REFERENCE, or beside
 * $CLOSEDLOOP_CONFORMANCE, or ../shared/reference. eeghor/mta (MIT) as lines of
 *
 *     case,model,"path:conversions:nulls | path:conversions:nulls",conversions,nulls,channel,expected,source
 *
 * and DP6/Marketing-Attribution-Models (Apache-2.0) as nine journeys of a value of 3 each, all won.
 */
#ifndef CLOSEDLOOP_TESTS_REFERENCE_CHECK_H
#define CLOSEDLOOP_TESTS_REFERENCE_CHECK_H

#include "common/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define TOUCHES_MAX 8
#define JOURNEYS_MAX 16

/* A fraction, as "19/6" or "3.5". */
typedef struct Figure {
    int64_t numerator, denominator;
} Figure;

typedef struct Journey {
    Text channels[TOUCHES_MAX];
    size_t count;
    int64_t value; /* conversions, or money */
    int64_t lost;  /* journeys by this path that led to nothing */
} Journey;

typedef struct Journeys {
    Journey items[JOURNEYS_MAX];
    size_t count;
} Journeys;

typedef struct MtaLine {
    Text name, model, channel;
    Journeys journeys;
    Figure expected;
} MtaLine;

static inline FILE *reference_open(const char *name)
{
    const char *folder = getenv("CLOSEDLOOP_REFERENCE"), *beside = getenv("CLOSEDLOOP_CONFORMANCE");
    char path[4096];
    if (folder)
        snprintf(path, sizeof path, "%s/%s", folder, name);
    else
        snprintf(path, sizeof path, "%s/../reference/%s", beside ? beside : "../shared/conformance", name);
    FILE *file = fopen(path, "r");
    if (!file)
        print_message("%s is not there: skipped\n", path);
    return file;
}

/* Cuts the next part off the front of the text, at the separator; the separator goes too. */
static inline Text text_cut(Text *rest, const char *separator)
{
    Text whole = *rest, wanted = text_from(separator);
    for (size_t i = 0; i + wanted.size <= whole.size; i++) {
        if (memcmp(whole.data + i, wanted.data, wanted.size) == 0) {
            *rest = (Text){whole.data + i + wanted.size, whole.size - i - wanted.size};
            return (Text){whole.data, i};
        }
    }
    *rest = (Text){whole.data + whole.size, 0};
    return whole;
}

static inline int64_t integer_of(Text text)
{
    long long value = 0;
    assert_true(text_to_int64(text, &value));
    return value;
}

static inline Figure figure_of(Text text)
{
    Text rest = text;
    Text whole = text_cut(&rest, "/");
    if (rest.size > 0)
        return (Figure){integer_of(whole), integer_of(rest)};
    rest = text;
    Figure figure = {integer_of(text_cut(&rest, ".")), 1};
    for (size_t i = 0; i < rest.size; i++)
        figure = (Figure){figure.numerator * 10 + (rest.data[i] - '0'), figure.denominator * 10};
    return figure;
}

static inline void journeys_add(Journeys *journeys, Text path, int64_t value, int64_t lost)
{
    assert_true(journeys->count < JOURNEYS_MAX);
    Journey *journey = &journeys->items[journeys->count++];
    *journey = (Journey){.value = value, .lost = lost};
    while (path.size > 0) {
        assert_true(journey->count < TOUCHES_MAX);
        journey->channels[journey->count++] = text_trim(text_cut(&path, ">"));
    }
}

/* False for the line of the columns' names. The line must outlive what is read from it. */
static inline bool mta_read(Text line, MtaLine *ret_line)
{
    Text rest = text_trim(line);
    *ret_line = (MtaLine){.name = text_cut(&rest, ","), .model = text_cut(&rest, ",")};
    if (text_is(ret_line->name, "case"))
        return false;
    text_cut(&rest, "\"");
    Text paths = text_cut(&rest, "\",");
    while (paths.size > 0) {
        Text entry = text_cut(&paths, "|");
        Text path = text_cut(&entry, ":");
        int64_t won = integer_of(text_cut(&entry, ":"));
        journeys_add(&ret_line->journeys, path, won, integer_of(text_trim(entry)));
    }
    text_cut(&rest, ",");
    text_cut(&rest, ",");
    ret_line->channel = text_cut(&rest, ",");
    ret_line->expected = figure_of(text_cut(&rest, ","));
    return true;
}

/* False if they are not there. */
static inline bool mam_read(Journeys *ret_journeys)
{
    static char lines[JOURNEYS_MAX][256];
    FILE *file = reference_open("dp6_mam/paths.csv");
    if (!file)
        return false;
    assert_non_null(fgets(lines[0], sizeof lines[0], file));
    for (size_t i = 0; i < JOURNEYS_MAX && fgets(lines[i], sizeof lines[i], file); i++) {
        Text rest = text_from(lines[i]);
        Text path = text_cut(&rest, ",");
        journeys_add(ret_journeys, path, integer_of(text_cut(&rest, ",")), 0);
    }
    fclose(file);
    assert_int_equal(ret_journeys->count, 9);
    return true;
}

#endif
