#include "common/config/page.h"

#include <limits.h>

static const SchemaName languages[] = {{"en", PAGE_ENGLISH}, {"de", PAGE_GERMAN}, {NULL, 0}};

static const SchemaField fields[] = {
    {"language", SCHEMA_ENUM, offsetof(PageEntry, language), .default_text = "en", .names = languages,
     .meaning = "the language of the page that `closedloop report` writes"},
    {"file", SCHEMA_STRING, offsetof(PageEntry, file), .minimum = 1, .maximum = PATH_MAX,
     .meaning = "where it is written; report.html in the spool unless given"},
};
const Schema page_schema = {fields, sizeof fields / sizeof fields[0], sizeof(PageEntry), .has_node = true};

const char *page_language_name(PageLanguage language)
{
    return languages[language].name;
}
