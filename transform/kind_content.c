#include "transform/kind.h"
#include "transform/record_key.h"

static void check(Conversion *conversion, Value *values, Failure *failure)
{
    kind_check_url(conversion, "url", &values[CONTENT_URL], failure);
}

static bool make_key(Conversion *conversion, const Value *values, Key *ret_key)
{
    if (!value_is_set(&values[CONTENT_URL]))
        return false;
    *ret_key = content_key_of(conversion->url.text);
    return true;
}

static Status put(Conversion *conversion, const Value *values, CopyWriter *writer, Error *error)
{
    (void)error;
    copy_put_text(writer, conversion->url.text);
    copy_put_text(writer, conversion->url.host);
    copy_put_text(writer, conversion->url.path);
    kind_put_text(writer, &values[CONTENT_TITLE]);
    kind_put_text(writer, &values[CONTENT_KIND]);
    kind_put_text(writer, &values[CONTENT_TOPIC]);
    kind_put_text(writer, &values[CONTENT_STAGE]);
    kind_put_text(writer, &values[CONTENT_PERSONA]);
    kind_put_text(writer, &values[CONTENT_AUTHOR]);
    kind_put_timestamp(writer, &values[CONTENT_PUBLISHED_AT]);
    return STATUS_OK;
}

const Kind kind_content = {.check = check, .key = make_key, .put = put};
