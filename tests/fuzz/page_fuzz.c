/* What a server says of the next page: its body, its headers, its addresses, its times. Where a page leads must be an
 * address that can be asked for, on the same server. The first byte chooses the kind of paging. */
#include "extract/transport/address.h"
#include "extract/transport/page.h"
#include "extract/transport/patience.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char url[] = "https://a.example/deals?x=1";

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static void lead(HttpPaging kind, Text input)
{
    Error error = ERROR_INIT;
    cleanup(arena_done) Arena arena = arena_make(4 << 20);
    HttpSource http = {.url = text_from(url), .paging = {.kind = kind}, .error = TEXT("message")};
    http.paging.from = kind == HTTP_PAGING_LINK      ? TEXT("next")
                       : kind == HTTP_PAGING_LOCATOR ? TEXT("locator")
                                                     : TEXT("a.0.b");
    http.paging.parameter = TEXT("after");
    http.paging.more = TEXT("more");
    http.auth.kind = HTTP_AUTH_PARAMETER;
    http.auth.name = TEXT("key");
    Source source = {.format = FORMAT_JSON, .record = TEXT("items"), .record_ceiling = 1000, .http = &http};
    HttpAnswer answer = {.headers = buffer_make(1 << 20)};
    if (kind == HTTP_PAGING_LINK || kind == HTTP_PAGING_LOCATOR) {
        source.format = FORMAT_CSV;
        require(buffer_append(&answer.headers, kind == HTTP_PAGING_LINK ? TEXT("Link: ") : TEXT("locator: "), &error) ==
                STATUS_OK);
        require(buffer_append(&answer.headers, input, &error) == STATUS_OK);
    }
    Page page = {.address = url, .answer = &answer, .body = input};
    const char *next = NULL;
    if (page_next(&source, &page, &arena, &next, &error) == STATUS_OK && next) {
        PageQuestion question = {.source = &source};
        HttpRequest request;
        require(page_request(&question, next, &arena, &request, &error) == STATUS_OK);
        require(address_is_same_server(url, request.address));
    }
    http_answer_done(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 1)
        return 0;
    Text input = {(const char *)bytes + 1, size - 1};
    lead((HttpPaging)(bytes[0] % (HTTP_PAGING_LOCATOR + 1)), input);
    require(retry_after_seconds(input, 0) >= -1);
    return 0;
}
