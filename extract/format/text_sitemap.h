/* A sitemap as plain text: one whole address a line, in UTF-8. */
#ifndef CLOSEDLOOP_EXTRACT_FORMAT_TEXT_SITEMAP_H
#define CLOSEDLOOP_EXTRACT_FORMAT_TEXT_SITEMAP_H

#include "extract/format.h"
#include "extract/format/entry.h"
#include "extract/format/web_document.h"

/* A line that is no http or https address is a reject. */
Status text_sitemap_read(WebDocument *document, Entry *entry, FormatResult *result, Error *error);

#endif
