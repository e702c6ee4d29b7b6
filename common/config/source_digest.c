#include "common/config/source.h"
#include "common/public_suffix.h"

enum { DIGEST_CEILING = 16 << 20 };

/* What a digest is made of: each value behind its name and its length, so that no two contents look alike and a later
 * version can leave out what was not given. The first failure sticks. */
typedef struct Content {
    Buffer buffer;
    Status status;
    Error *error;
} Content;

static void add_text(Content *content, Text text)
{
    uint32_t size = text_is_null(text) ? UINT32_MAX : (uint32_t)text.size;
    char length[4];
    for (int i = 0; i < 4; i++)
        length[i] = (char)(size >> (8 * i));
    if (content->status == STATUS_OK)
        content->status = buffer_append_bytes(&content->buffer, length, sizeof length, content->error);
    if (content->status == STATUS_OK)
        content->status = buffer_append(&content->buffer, text, content->error);
}

static void add(Content *content, const char *name, Text value)
{
    add_text(content, text_from(name));
    add_text(content, value);
}

static void add_number(Content *content, const char *name, uint64_t number)
{
    char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(number >> (8 * i));
    add(content, name, (Text){bytes, sizeof bytes});
}

static void add_list(Content *content, const char *name, const Text *items, size_t count)
{
    if (!items) {
        add(content, name, TEXT_NULL);
        return;
    }
    add_number(content, name, count);
    for (size_t i = 0; i < count; i++)
        add_text(content, items[i]);
}

static void add_expression(Content *content, const FieldExpression *expression)
{
    add_list(content, "from", expression->paths, expression->path_count);
    if (!text_is_null(expression->separator))
        add(content, "with", expression->separator);
    if (expression->form)
        add_number(content, "form", expression->form);
    if (expression->lookup >= 0) {
        add_number(content, "lookup", (uint64_t)expression->lookup);
        add(content, "take", expression->take);
    }
    if (expression->map_count)
        add_number(content, "map", expression->map_count);
    for (size_t i = 0; i < expression->map_count; i++) {
        add_text(content, expression->map[i].from);
        add_text(content, expression->map[i].to);
    }
}

static void add_field(Content *content, const char *name, const FieldMapping *field)
{
    add(content, name, field->path);
    add_text(content, field->value);
    if (field->expression)
        add_expression(content, field->expression);
}

static void add_filters(Content *content, const char *name, const OnlyFilter *filters, size_t count)
{
    add_number(content, name, count);
    for (size_t i = 0; i < count; i++) {
        add_text(content, filters[i].path);
        add_list(content, filters[i].is_like ? "like" : "values", filters[i].values, filters[i].value_count);
    }
}

static void add_mapping(Content *content, const RecordMapping *mapping)
{
    const RecordSpec *spec = record_spec(mapping->kind);
    add(content, "kind", text_from(spec->name));
    add(content, "each", mapping->each);
    if (mapping->each_form == EACH_PIECE)
        add(content, "by", mapping->each_by);
    if (mapping->each_form == EACH_COLUMNS)
        add_number(content, "columns", true);
    add_number(content, "fields", mapping->field_count);
    for (size_t i = 0; i < mapping->field_count; i++)
        add_field(content, spec->fields[mapping->fields[i].field].name, &mapping->fields[i]);
    add_filters(content, "only", mapping->only, mapping->only_count);
    if (mapping->unless_count)
        add_filters(content, "unless", mapping->unless, mapping->unless_count);
}

/* What it holds is read when the source is. */
static void add_lookup(Content *content, const SourceLookup *lookup)
{
    add(content, "name", lookup->name);
    add(content, "key", lookup->key);
    add(content, "format", text_from(source_format_name(lookup->format)));
    add_number(content, "delimiter", (unsigned char)lookup->delimiter);
    add_number(content, "takes_first", lookup->takes_first);
}

static void add_source(Content *content, const Source *source)
{
    add(content, "name", text_from(source->name));
    add(content, "system", text_from(source->system));
    add(content, "format", text_from(source_format_name(source->format)));
    add(content, "mode", text_from(source_mode_name(source->mode)));
    add(content, "record", source->record);
    add(content, "timezone", text_from(source->timezone));
    for (size_t i = 0; i < source->time_format_count; i++)
        add(content, "time_format", source->time_formats[i]);
    add_number(content, "delimiter", (unsigned char)source->delimiter);
    add_number(content, "quote", (unsigned char)source->quote);
    add_number(content, "has_header", source->has_header);
    add_list(content, "columns", source->columns, source->column_count);
    if (source->charset)
        add(content, "charset", text_from(source->charset));
    if (!text_is_null(source->log_format_text))
        add(content, "log_format", source->log_format_text);
    add_number(content, "decimal", (unsigned char)source->decimal);
    add_number(content, "grouping", (unsigned char)source->grouping);
    add_number(content, "record_ceiling", source->record_ceiling);
    add_list(content, "keep_parameters", source->keep_parameters, source->keep_parameter_count);
    add(content, "base_url", source->base_url);
    add_list(content, "own_hosts", source->own_hosts, source->own_host_count);
    if (!text_is_null(source->query.sql))
        add(content, "sql", source->query.sql);
    if (source->lookup_count)
        add_number(content, "lookups", source->lookup_count);
    for (size_t i = 0; i < source->lookup_count; i++)
        add_lookup(content, &source->lookups[i]);
    if (source->http)
        add(content, "http", (Text){(const char *)source->http->digest.bytes, sizeof source->http->digest.bytes});
    add_number(content, "mappings", source->mapping_count);
    for (size_t i = 0; i < source->mapping_count; i++)
        add_mapping(content, &source->mappings[i]);
}

static bool has_views(const Source *source)
{
    for (size_t i = 0; i < source->mapping_count; i++)
        if (source->mappings[i].kind == RECORD_VIEW)
            return true;
    return false;
}

/* Whether a company's domain is made of what the source says: an address, or an account's own domain. */
static bool has_company_domains(const Source *source)
{
    for (size_t i = 0; i < source->mapping_count; i++) {
        const RecordMapping *mapping = &source->mappings[i];
        if (mapping->kind != RECORD_VIEW && mapping->kind != RECORD_IDENTITY && mapping->kind != RECORD_LEAD &&
            mapping->kind != RECORD_DEAL_CONTACT && mapping->kind != RECORD_ACCOUNT)
            continue;
        const char *name = mapping->kind == RECORD_ACCOUNT ? "domain" : "email";
        int field = record_field_find(mapping->kind, text_from(name));
        for (size_t j = 0; j < mapping->field_count; j++)
            if (mapping->fields[j].field == field)
                return true;
    }
    return false;
}

static void add_key(Content *content, const char *name, const Key *key)
{
    add(content, name, (Text){(const char *)key->bytes, sizeof key->bytes});
}

/* What views are classified by. */
static void add_classification(Content *content, const Config *config)
{
    add_key(content, "sites", &config->classification.sites.digest);
    add_key(content, "bots", &config->classification.bots.digest);
}

/* What companies' domains are made by. The list of public suffixes is the library's, so that another one makes other
 * batches: the domains of people and of accounts are then always made by the same. */
static void add_company_domains(Content *content, const Config *config)
{
    add_key(content, "free_mail", &config->classification.free_mail.digest);
    add(content, "public_suffixes", public_suffix_digest());
}

static void add_traffic(Content *content, const Traffic *traffic)
{
    add_number(content, "internal_addresses", traffic->internal_range_count);
    for (size_t i = 0; i < traffic->internal_range_count; i++) {
        const IpRange *range = &traffic->internal_ranges[i];
        add_number(content, "bits", range->bits);
        add_text(content, (Text){(const char *)range->first.bytes, sizeof range->first.bytes});
    }
    add_number(content, "internal_parameters", traffic->internal_parameter_count);
    for (size_t i = 0; i < traffic->internal_parameter_count; i++) {
        add_text(content, traffic->internal_parameters[i].name);
        add_list(content, "values", traffic->internal_parameters[i].values,
                 traffic->internal_parameters[i].value_count);
    }
}

Status source_digest(const Source *source, const Config *config, Key *ret_digest, Error *error)
{
    Content content = {.buffer = buffer_make(DIGEST_CEILING), .error = error};
    add(&content, "reporting_timezone", text_from(config->reporting.timezone));
    add(&content, "reporting_currency", text_from(config->reporting.currency));
    if (has_views(source)) {
        add_classification(&content, config);
        add_traffic(&content, &config->traffic);
    }
    if (has_company_domains(source))
        add_company_domains(&content, config);
    add_source(&content, source);
    Text all = buffer_text(&content.buffer);
    if (content.status == STATUS_OK)
        *ret_digest = key_of(TEXT("mapping"), &all, 1);
    buffer_done(&content.buffer);
    return content.status;
}
