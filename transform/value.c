#include "transform/value.h"

#include "common/utf8.h"
#include "transform/email.h"

void failure_note(Failure *failure, const char *field, const char *code, const char *reason)
{
    if (!failure->code)
        *failure = (Failure){field, code, reason};
}

/* What is wrong with a value: NULL code if nothing is. */
typedef struct Fault {
    const char *code, *reason;
} Fault;

static const Fault none = {NULL, NULL};

static Fault read_time(const SourceRules *rules, Value *value)
{
    bool is_date_only;
    for (size_t i = 0; i < rules->time_format_count; i++)
        if (time_read(value->text, &rules->time_formats[i], rules->source_zone, rules->reporting_zone, &value->number,
                      &is_date_only))
            return none;
    return (Fault){"bad_time", "is no time in the source's time_format, or one that does not exist"};
}

static Fault read_date(const SourceRules *rules, Value *value)
{
    int32_t days;
    for (size_t i = 0; i < rules->time_format_count; i++)
        if (time_read_date(value->text, &rules->time_formats[i], &days)) {
            value->number = days;
            return none;
        }
    return (Fault){"bad_time", "is no date in the source's time_format, or one that does not exist"};
}

/* Most are a few plain digits; others may be written as the source writes its amounts ("1,200", "50.0"). */
static Fault read_integer(const SourceRules *rules, Value *value)
{
    Text text = value->text;
    int64_t number = 0;
    size_t i = 0;
    while (i < text.size && i < 9 && text.data[i] >= '0' && text.data[i] <= '9')
        number = number * 10 + (text.data[i++] - '0');
    if (i < text.size) {
        Decimal decimal;
        bool is_exact;
        if (!decimal_parse(text, rules->style, &decimal))
            return (Fault){"bad_number", "is no number"};
        if (!decimal_to_minor(decimal, 0, &number, &is_exact) || number > INT32_MAX)
            return (Fault){"bad_number", "is too large"};
        if (!is_exact || number < 0)
            return (Fault){"bad_number", "is no whole number of zero or more"};
    }
    value->number = number;
    return none;
}

static Fault read_boolean(Value *value)
{
    static const char *const words[2][6] = {{"false", "no", "f", "n", "0", "off"},
                                            {"true", "yes", "t", "y", "1", "on"}};
    for (int truth = 0; truth < 2; truth++)
        for (size_t i = 0; i < sizeof words[truth] / sizeof *words[truth]; i++)
            if (text_is_ignore_case(value->text, words[truth][i])) {
                value->number = truth;
                return none;
            }
    return (Fault){"bad_boolean", "is neither true nor false"};
}

static Fault read_decimal(const SourceRules *rules, const char *code, Value *value)
{
    Decimal decimal;
    if (!decimal_parse(value->text, rules->style, &decimal))
        return (Fault){code, "is no number as the source writes them"};
    value->decimal = decimal;
    return none;
}

static Fault read_currency(Arena *arena, Value *value)
{
    char code[CURRENCY_SIZE];
    if (!currency_normalize(value->text, code))
        return (Fault){"bad_currency", "is no currency of ISO 4217"};
    value->text = arena_copy_text(arena, text_from(code));
    return none;
}

static const Fault bad_email = {EMAIL_BAD, "is no e-mail address"};

static Fault read_email(Arena *arena, Value *value)
{
    Text email;
    if (!email_normalize(value->text, arena, &email))
        return bad_email;
    value->text = email;
    return none;
}

static bool is_blank(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* The next address of a list. White space parts addresses too, unless there is a display name: "Ann Lee <a@b.example>".
 */
static Text next_address(Text *rest)
{
    size_t end = 0;
    while (end < rest->size && rest->data[end] != ';' && rest->data[end] != ',')
        end++;
    Text piece = text_trim((Text){rest->data, end});
    size_t used = end < rest->size ? end + 1 : end;
    if (!memchr(piece.data, '<', piece.size)) {
        size_t word = 0;
        while (word < piece.size && !is_blank(piece.data[word]))
            word++;
        if (word < piece.size) {
            piece.size = word;
            used = (size_t)(piece.data + word - rest->data);
        }
    }
    *rest = (Text){rest->data + used, rest->size - used};
    return piece;
}

static Fault read_emails(Arena *arena, Value *value)
{
    /* No address is shorter than "a@b.c" and what parts it from the next. */
    Text *items = arena_allocate(arena, (value->text.size / 6 + 1) * sizeof *items);
    size_t capacity = items ? value->text.size / 6 + 1 : 0, count = 0;
    for (Text rest = value->text; rest.size;) {
        Text piece = next_address(&rest);
        if (piece.size == 0)
            continue;
        if (count == capacity || !email_normalize(piece, arena, &items[count]))
            return bad_email;
        count++;
    }
    value->list.items = items;
    value->list.count = count;
    return none;
}

static Fault read_value(const SourceRules *rules, FieldType type, size_t ceiling, Arena *arena, Value *value)
{
    if (value->text.size > ceiling)
        return (Fault){"too_long", ceiling == VALUE_MAX ? "takes more than 8 KiB" : "takes more than 64 KiB"};
    if (!utf8_is_storable(value->text))
        return (Fault){"bad_text", "holds a NUL, or bytes that are no UTF-8"};
    switch (type) {
    case FIELD_TEXT:
    case FIELD_URL:
        break;
    case FIELD_TIME:
        return read_time(rules, value);
    case FIELD_DATE:
        return read_date(rules, value);
    case FIELD_INTEGER:
        return read_integer(rules, value);
    case FIELD_BOOLEAN:
        return read_boolean(value);
    case FIELD_AMOUNT:
        return read_decimal(rules, "bad_amount", value);
    case FIELD_DECIMAL:
        return read_decimal(rules, "bad_number", value);
    case FIELD_CURRENCY:
        return read_currency(arena, value);
    case FIELD_EMAIL:
        return read_email(arena, value);
    case FIELD_EMAILS:
        return read_emails(arena, value);
    }
    return none;
}

static bool is_deleted(RecordKind kind, const Value *values)
{
    int field = record_field_find(kind, TEXT("is_deleted"));
    return field >= 0 && value_is_true(&values[field]);
}

bool values_read(const SourceRules *rules, RecordKind kind, const Record *record, Arena *arena,
                 Value values[RECORD_FIELDS_MAX], Failure *failure)
{
    const RecordSpec *spec = record_spec(kind);
    const char *missing = NULL;
    for (size_t i = 0; i < spec->field_count; i++) {
        const RecordField *field = &spec->fields[i];
        Value *value = &values[i];
        value->text = text_trim(record->values[i]);
        if (value->text.size == 0) {
            value->text = TEXT_NULL;
            value->state = VALUE_ABSENT;
            if (field->is_required && !missing)
                missing = field->name;
            continue;
        }
        size_t ceiling = kind == RECORD_QUESTION && i == QUESTION_TEXT ? VALUE_QUESTION_MAX : VALUE_MAX;
        Fault fault = read_value(rules, field->type, ceiling, arena, value);
        value->state = fault.code ? VALUE_BAD : VALUE_SET;
        if (fault.code) {
            value->text = TEXT_NULL;
            failure_note(failure, field->name, fault.code, fault.reason);
        }
    }
    if (missing && !is_deleted(kind, values))
        failure_note(failure, missing, "missing", "is required");
    return !failure->code;
}
