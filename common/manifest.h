/* The members of a manifest.json, declared once: reading and writing both walk these tables. The parts of
 * common/batch's manifest functions share this; others include common/batch.h.
 *
 *     for (size_t i = 0; i < manifest_shape.count; i++)
 *         write_member(&writer, &manifest_shape.members[i], &document);
 */
#ifndef CLOSEDLOOP_COMMON_MANIFEST_H
#define CLOSEDLOOP_COMMON_MANIFEST_H

#include "common/batch.h"

typedef enum MemberType {
    MEMBER_VERSION,     /* int64_t: MANIFEST_VERSION and no other */
    MEMBER_TEXT,        /* const char * */
    MEMBER_KEY,         /* Key, as hexadecimal digits */
    MEMBER_KEY_OR_NULL, /* the same; null is all zero */
    MEMBER_COUNT,       /* int64_t or long long, of 0 and more */
    MEMBER_FLAG,        /* bool */
    MEMBER_TIME,        /* int64_t, as ISO text */
    MEMBER_FIRST,       /* the same; null is INT64_MAX */
    MEMBER_LAST,        /* the same; null is INT64_MIN */
    MEMBER_MODE,        /* SourceMode, by name */
    MEMBER_KIND,        /* RecordKind, by name */
    MEMBER_DAYS,        /* const int32_t * and size_t: a list of dates */
    MEMBER_TEXTS,       /* const char *const * and size_t: a list of texts; null is NULL */
    MEMBER_OBJECTS,     /* structs of the member's shape, and size_t */
} MemberType;

typedef struct Shape Shape;

typedef struct Member {
    const char *name;
    MemberType type;
    size_t offset, count_offset;
    const Shape *shape;
} Member;

struct Shape {
    const Member *members;
    size_t count, struct_size;
};

/* What stands in the file. */
typedef struct Document {
    int64_t version;
    Manifest manifest;
} Document;

extern const Shape manifest_shape; /* of a Document */

/* What is wrong with a manifest as the end of "the manifest ..."; NULL if nothing is. */
const char *manifest_flaw(const Manifest *manifest);

#endif
