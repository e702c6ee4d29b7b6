/* From the values of one source record to the records of its kinds: filters, defaults, constants, and the check that a
 * value can be stored at all. Readers fill it, a sink takes what comes out, and every record is counted.
 *
 *     cleanup(emitter_done) Emitter emitter = EMITTER_INIT;
 *     TRY(emitter_make(&mapping, sink, &emitter, error));
 *     while (more) {
 *         TRY(emitter_begin(&emitter, line, raw, error));
 *         emitter.values[slot] = (Value){text, VALUE_PLAIN};
 *         TRY(emitter_emit(&emitter, 0, raw, error));
 *     }
 */
#ifndef CLOSEDLOOP_EXTRACT_EMITTER_H
#define CLOSEDLOOP_EXTRACT_EMITTER_H

#include "common/arena.h"
#include "common/batch.h"
#include "common/error.h"
#include "common/record.h"
#include "extract/mapping/mapping.h"
#include "extract/mapping/slot_value.h"

enum { REJECT_RAW_MAX = 4096 };

/* Who takes the records. What is NULL is not called. Values are valid during the call alone. */
typedef struct RecordSink {
    Status (*record)(void *context, RecordKind kind, const Record *record, Error *error);
    Status (*reject)(void *context, RecordKind kind, const Record *reject, Error *error);
    void (*name)(void *context, Text path);    /* a place of the source that nobody asks for; may repeat */
    void (*missing)(void *context, Text path); /* a column that would be read, and is not there; likewise */
    void *context;
    void (*progress)(void *progress_context); /* now and then */
    void *progress_context;
} RecordSink;

typedef struct Emitter {
    const Mapping *mapping;
    RecordSink sink;
    Value *values;           /* one for each slot of the mapping; readers set them */
    uint16_t file;           /* the index of the input being read */
    uint64_t limit;          /* of source records that give something, 0: none; see emitter_is_full() */
    Record *records;         /* one for each rule, with its constants */
    const MappingRule *rule; /* of the record that is being made */
    Arena arena;             /* of the record that is being made */
    Arena record_arena;      /* of the source record: what readers, documents and lists need for all its records */
    uint32_t line;
    uint64_t source_records, shown;
    bool can_outgrow; /* a record can be larger than a record file takes */
    bool has_output;  /* of the current source record */
    BatchCount counts[RECORD_KIND_COUNT];
} Emitter;

#define EMITTER_INIT                                                                                                   \
    {                                                                                                                  \
        .mapping = NULL                                                                                                \
    }

/* The mapping must outlive the emitter. */
Status emitter_make(const Mapping *mapping, RecordSink sink, Emitter *ret_emitter, Error *error);

/* A new source record: forgets all values. ERROR_INTERRUPTED or ERROR_TERMINATED once a signal has come. */
Status emitter_begin(Emitter *emitter, size_t line, Error *error);

/* A new element of a scope: forgets its values. */
void emitter_clear_scope(Emitter *emitter, size_t scope);

/* Emits the rules of a scope: 0 once for each source record, with the pieces of its lists; another one for each of its
 * elements. raw is what a reject
 * shows of it, absent if nothing can be shown. */
Status emitter_emit(Emitter *emitter, size_t scope, Text raw, Error *error);

/* A source record that could not be read: counts as read and rejected of the main kind. */
Status emitter_reject(Emitter *emitter, size_t line, const char *code, const char *reason, Text raw, Error *error);

/* The same of the record that was begun last. */
Status emitter_reject_begun(Emitter *emitter, const char *code, const char *reason, Text raw, Error *error);

/* A last line without a line end that is not known to be whole: an input that is appended to may still grow, so this is
 * no fault of it. */
Status emitter_reject_cut_off(Emitter *emitter, size_t line, Text raw, Error *error);

/* What stands in a slot, made into text in the emitter's arena; a document is opened. False as slot_value_resolve(). */
bool emitter_value(Emitter *emitter, int slot, Text *ret_text, ValueFlaw *ret_flaw);

/* As many source records as were asked for have given something: a preview stops. */
bool emitter_is_full(const Emitter *emitter);

/* May be called again, and on EMITTER_INIT. */
void emitter_done(Emitter *emitter);

#endif
