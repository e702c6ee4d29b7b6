#include "transform/table.h"

static const char *const view_columns[] = {"view_id",    "visitor_id", "viewed_at",   "content_id",
                                           "arrival_id", "visit_mark", "interaction", "dwell_seconds"};

#define VERSION(id) id, "ordinal", "digest", "is_deleted", "updated_at"

static const char *const identity_columns[] = {
    VERSION("identity_id"), "visitor_id", "person_key",    "identified_at", "system",
    "contact_key",          "email",      "company_domain"};

static const char *const lead_columns[] = {
    VERSION("lead_id"), "person_key",      "system",     "contact_key", "email",   "company_domain", "email_key",
    "other_email_keys", "merged_into_key", "account_id", "name",        "company", "title",          "employees",
    "country",          "industry",        "phone",      "stage",       "owner",   "source_detail",  "created_at"};

static const char *const account_columns[] = {
    VERSION("account_id"), "system",  "account_key", "domain",         "company_domain", "name", "industry",
    "employees",           "country", "owner",       "merged_into_id", "created_at"};

static const char *const deal_columns[] = {
    VERSION("deal_id"), "system",   "deal_key", "name",      "account_id",     "owner",      "stage",
    "amount",           "currency", "is_won",   "is_closed", "merged_into_id", "created_at", "closed_at"};

static const char *const deal_contact_columns[] = {
    VERSION("deal_contact_id"), "deal_id", "person_key", "system", "contact_key", "email",
    "company_domain",           "role",    "is_primary"};

static const char *const deal_split_columns[] = {
    VERSION("deal_split_id"), "deal_id", "system", "split_key", "owner", "percent"};

static const char *const activity_columns[] = {VERSION("activity_id"),
                                               "system",
                                               "activity_key",
                                               "person_key",
                                               "contact_key",
                                               "email",
                                               "deal_id",
                                               "kind",
                                               "direction",
                                               "subject",
                                               "outcome",
                                               "owner",
                                               "happened_at",
                                               "duration_seconds"};

static const char *const content_columns[] = {
    VERSION("content_id"), "url", "host", "path", "title", "kind", "topic", "stage", "persona", "author",
    "published_at"};

static const char *const question_columns[] = {VERSION("question_id"),
                                               "system",
                                               "question_key",
                                               "person_key",
                                               "contact_key",
                                               "email",
                                               "deal_id",
                                               "topic",
                                               "text",
                                               "asked_at"};

static const char *const property_change_columns[] = {VERSION("property_change_id"),
                                                      "system",
                                                      "deal_id",
                                                      "deal_key",
                                                      "person_key",
                                                      "contact_key",
                                                      "email",
                                                      "property",
                                                      "value",
                                                      "changed_at",
                                                      "source_detail"};

static const char *const cost_columns[] = {VERSION("cost_id"), "day",        "channel", "campaign", "campaign_source",
                                           "medium",           "content_id", "amount",  "currency", "detail"};

static const char *const rate_columns[] = {VERSION("rate_id"), "currency", "day", "rate"};

#undef VERSION

static const char *const content_seen_columns[] = {"content_id", "url", "host", "path", "title", "titled_at"};

static const char *const arrival_columns[] = {"arrival_id", "channel", "source",      "medium",
                                              "campaign",   "term",    "content_tag", "referrer_host"};

static const char *const present_columns[] = {"kind", "key"};

static const char *const reject_columns[] = {"file", "line", "kind", "field", "code", "reason", "raw"};

#define SPEC(name, columns)                                                                                            \
    {                                                                                                                  \
        name, columns, sizeof columns / sizeof columns[0]                                                              \
    }

static const LoadTableSpec specs[LOAD_TABLE_COUNT] = {
    [LOAD_VIEW] = SPEC("view", view_columns),
    [LOAD_IDENTITY] = SPEC("identity", identity_columns),
    [LOAD_LEAD] = SPEC("lead", lead_columns),
    [LOAD_ACCOUNT] = SPEC("account", account_columns),
    [LOAD_DEAL] = SPEC("deal", deal_columns),
    [LOAD_DEAL_CONTACT] = SPEC("deal_contact", deal_contact_columns),
    [LOAD_DEAL_SPLIT] = SPEC("deal_split", deal_split_columns),
    [LOAD_ACTIVITY] = SPEC("activity", activity_columns),
    [LOAD_CONTENT] = SPEC("content", content_columns),
    [LOAD_QUESTION] = SPEC("question", question_columns),
    [LOAD_PROPERTY_CHANGE] = SPEC("property_change", property_change_columns),
    [LOAD_COST] = SPEC("cost", cost_columns),
    [LOAD_RATE] = SPEC("rate", rate_columns),
    [LOAD_CONTENT_SEEN] = SPEC("content_seen", content_seen_columns),
    [LOAD_ARRIVAL] = SPEC("arrival", arrival_columns),
    [LOAD_PRESENT] = SPEC("present", present_columns),
    [LOAD_REJECT] = SPEC("reject", reject_columns),
};

#undef SPEC

const LoadTableSpec *load_table_spec(LoadTable table)
{
    return &specs[table];
}

LoadTable load_table_of(RecordKind kind)
{
    static const LoadTable tables[RECORD_KIND_COUNT] = {
        [RECORD_VIEW] = LOAD_VIEW,
        [RECORD_IDENTITY] = LOAD_IDENTITY,
        [RECORD_LEAD] = LOAD_LEAD,
        [RECORD_ACCOUNT] = LOAD_ACCOUNT,
        [RECORD_DEAL] = LOAD_DEAL,
        [RECORD_DEAL_CONTACT] = LOAD_DEAL_CONTACT,
        [RECORD_DEAL_SPLIT] = LOAD_DEAL_SPLIT,
        [RECORD_ACTIVITY] = LOAD_ACTIVITY,
        [RECORD_CONTENT] = LOAD_CONTENT,
        [RECORD_QUESTION] = LOAD_QUESTION,
        [RECORD_PROPERTY_CHANGE] = LOAD_PROPERTY_CHANGE,
        [RECORD_COST] = LOAD_COST,
        [RECORD_RATE] = LOAD_RATE,
        [RECORD_REJECT] = LOAD_REJECT,
    };
    return tables[kind];
}
