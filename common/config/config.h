/* closedloop's configuration: one YAML file, strictly checked, in structs.
 *
 *     cleanup(config_done) Config config = {0};
 *     TRY(config_load(option_path, &config, error));
 *
 * Relative paths in it are relative to its own folder. Everything lives in the Config's arena.
 */
#ifndef CLOSEDLOOP_COMMON_CONFIG_H
#define CLOSEDLOOP_COMMON_CONFIG_H

#include "common/arena.h"
#include "common/classification.h"
#include "common/config/attribution.h"
#include "common/config/page.h"
#include "common/config/persona.h"
#include "common/config/score.h"
#include "common/config/sla.h"
#include "common/config/stage.h"
#include "common/config/traffic.h"
#include "common/error.h"
#include "common/hash.h"
#include "common/record.h"
#include "common/weblog/format.h"

typedef enum SourceFormat {
    FORMAT_CSV,
    FORMAT_TSV,
    FORMAT_NDJSON,
    FORMAT_JSON,
    FORMAT_XML,
    FORMAT_SITEMAP,
    FORMAT_FEED,
    FORMAT_WEBLOG,
} SourceFormat;

typedef enum SourceMode {
    MODE_APPEND,   /* events: the first of a key stays */
    MODE_UPSERT,   /* records that change: the newest of a key wins */
    MODE_SNAPSHOT, /* each file is the whole: what is missing is deleted */
} SourceMode;

/* A value as it is written in another way. */
typedef enum FieldForm {
    FORM_NONE,
    FORM_LOWER,
    FORM_SALESFORCE_ID,
    FORM_EMAIL,
    FORM_NO_EMAIL,
    FORM_WHOLE,
    FORM_MILLISECONDS,
    FORM_DATE,
    FORM_FIRST,
} FieldForm;

/* A small table in which fields look things up. */
typedef struct SourceLookup {
    Text name;
    const char *path;    /* absolute */
    Text key;            /* the column, or path, by which a row is found */
    SourceFormat format; /* csv, tsv or ndjson */
    char delimiter;
    bool takes_first; /* of several rows of one key; else they must say the same */
    unsigned int line;
} SourceLookup;

typedef struct FieldMapEntry {
    Text from, to;
} FieldMapEntry;

/* How a field gets its value where that is more than one path's: from the paths, in its form, looked up, mapped. */
typedef struct FieldExpression {
    const Text *paths; /* at least one: the first that yields something, or */
    size_t path_count;
    Text separator; /* all of them that do, with this between them; absent: the first */
    FieldForm form;
    int lookup; /* of the source; -1: none */
    Text take;  /* the lookup's column */
    const FieldMapEntry *map;
    size_t map_count;
} FieldExpression;

/* How a field gets its value: a constant, the value at a path, or an expression. */
typedef struct FieldMapping {
    int field;         /* index in the record's kind */
    Text path;         /* in the source, see common/config/path.h; absent: a constant or an expression */
    Text value;        /* the constant, or the default where the path yields nothing; absent: none */
    bool is_optional;  /* of a table: its columns need not be there */
    unsigned int line; /* in the configuration, for messages */
    const FieldExpression *expression; /* or NULL */
} FieldMapping;

/* Take only records, or leave out those, whose path holds one of these values, or is like one of them. */
typedef struct OnlyFilter {
    Text path;
    const Text *values;
    size_t value_count;
    bool is_like; /* the values are patterns, see text_is_like() */
    unsigned int line;
} OnlyFilter;

/* What a mapping makes a record of. */
typedef enum EachForm {
    EACH_RECORD,  /* the source record */
    EACH_ELEMENT, /* each nested element at a path */
    EACH_PIECE,   /* each piece of a text that is a list; its only path is "." */
    EACH_COLUMNS, /* each group of numbered columns of a table; its paths are what stands behind their beginning */
} EachForm;

/* What becomes of one source record: one record of a kind, or, with `each`, one of each part of it. */
typedef struct RecordMapping {
    RecordKind kind;
    EachForm each_form;
    Text each; /* the path of the elements or of the list; of columns their beginning, in which # stands for a number.
                  Field paths start at the part, and a leading ../ climbs to the record around it */
    Text each_by;               /* what stands between the pieces of a list */
    bool each_is_optional;      /* the column of the list need not be there */
    const FieldMapping *fields; /* in the order of the kind, each at most once */
    size_t field_count;
    const OnlyFilter *only;
    size_t only_count;
    const OnlyFilter *unless;
    size_t unless_count;
    unsigned int line;
} RecordMapping;

/* A query whose rows are the input, in place of files. */
typedef struct SourceQuery {
    const char *database; /* a libpq connection string */
    Text sql;             /* absent: the source is no query */
    int64_t timeout;      /* seconds that the server gives it; 0: no limit */
} SourceQuery;

/* Requests whose pages are the input: see common/config/http_source.h. */
typedef struct HttpSource HttpSource;

typedef struct Source {
    const char *name, *system;
    SourceFormat format;
    SourceMode mode;
    const Text *paths; /* files and globs, absolute; each is followed by a NUL */
    size_t path_count; /* 0 if there is a query or http */
    SourceQuery query;
    const HttpSource *http; /* NULL: none */
    const char *charset;    /* as declared; NULL: UTF-8, or what a byte order mark says */
    Text record;            /* XML: the element; JSON: path of the array, absent for the top level */
    bool together;          /* parts: together — all files are one snapshot */
    /* Rejects that a batch may have: a count, or, if is_percent, whole per cent of what was read. */
    long long max_rejects, max_deleted; /* max_deleted: per cent of the source's records that a snapshot may delete */
    bool max_rejects_is_percent;
    const char *timezone;     /* of times that carry none; UTC unless given */
    const Text *time_formats; /* tried in order; "iso" unless given */
    size_t time_format_count;
    char delimiter, quote; /* csv and tsv, else 0; quote 0: none, as in tsv unless given */
    bool has_header;       /* false, and no columns: paths are column numbers from 1 */
    const Text *columns;   /* header: a list of names, when the file has none */
    size_t column_count;
    Text log_format_text;           /* weblog: as it was given, combined unless it was */
    const WeblogFormat *log_format; /* what it says; NULL unless weblog */
    char decimal, grouping;         /* of amounts; grouping 0: none */
    size_t record_ceiling;          /* bytes of one record */
    const Text *keep_parameters;    /* only these query parameters belong to the content; NULL: all but tracking */
    size_t keep_parameter_count;
    Text base_url;         /* for addresses without a host */
    const Text *own_hosts; /* hosts that are no outside referrer, besides the page's own */
    size_t own_host_count;
    const SourceLookup *lookups; /* in the order of their names */
    size_t lookup_count;
    const RecordMapping *mappings; /* the first is the main kind, the others stand under `also` */
    size_t mapping_count;
    /* Over everything that decides what a record becomes, but what lookups hold: a change makes new batches. */
    Key mapping_digest;
    unsigned int line;
} Source;

enum { TIME_FORMATS_MAX = 8 };

/* What content is whose address fits, where no catalogue says it. In patterns * is any characters. */
typedef struct ContentRule {
    const Text *paths; /* one of these fits, or there are none; with a question mark: path and parameters */
    size_t path_count;
    const Text *hosts;
    size_t host_count;
    Text kind, topic, stage, persona; /* absent: it does not say */
} ContentRule;

typedef struct Config {
    Arena arena;
    const char *path;   /* of the file itself, absolute */
    const char *folder; /* that holds it */
    const char
        *writable_by_others; /* the first file, it or a preset of the user's own, to which they may write; or NULL */
    const char *database;    /* a libpq connection string; may be empty: libpq's own environment decides */
    const char *spool;       /* absolute */
    const char *secret_file; /* absolute; closedloop.secret beside the configuration unless given */
    struct {
        const char *timezone;
        char currency[4];
    } reporting;
    Attribution attribution;
    Classification classification;
    Traffic traffic;
    const ContentRule *content_rules; /* of each property the first counts that fits and has it */
    size_t content_rule_count;
    const Stage *stages; /* in the order of the file; those of one name need not follow each other */
    size_t stage_count;
    const Persona *personas;
    size_t persona_count;
    Score score;
    Sla sla;
    PageSetting page;
    const Source *sources;
    size_t source_count;
} Config;

/* The file that --config names, or else $CLOSEDLOOP_CONFIG, ./closedloop.yaml, /etc/closedloop/closedloop.yaml, the
 * first of the latter two that is there. $CLOSEDLOOP_SPOOL, $CLOSEDLOOP_SECRET_FILE, $CLOSEDLOOP_REPORT and
 * $CLOSEDLOOP_DATABASE come before what the file says; paths in the environment are relative to the working folder, and
 * an empty variable counts as not set. Where the file says nothing, reports are in UTC and EUR, and the spool is
 * /var/spool/closedloop. ERROR_CONFIG with file, line and column for what is wrong in it; ERROR_CONFIG if there is no
 * file. */
Status config_load(const char *option_path, Config *ret_config, Error *error);

/* The source of that name; NULL if there is none. */
const Source *config_source(const Config *config, const char *name);

/* Every --source must name one; ERROR_USAGE with the nearest name otherwise. */
Status config_check_sources(const Config *config, const char *const *names, size_t name_count, Error *error);

/* Whether its records are rows, and its paths names of columns. */
static inline bool source_format_is_table(SourceFormat format)
{
    return format == FORMAT_CSV || format == FORMAT_TSV || format == FORMAT_SITEMAP || format == FORMAT_FEED ||
           format == FORMAT_WEBLOG;
}

const char *source_format_name(SourceFormat format);
const char *source_mode_name(SourceMode mode);

void config_done(Config *config);

#endif
