/* Any bytes as a list of sites and as one of robots: a list, or an error that says where. What can be used answers. */
#include "common/classification.h"
#include "transform/bot.h"
#include "transform/site_index.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const site_columns[] = {"category", "pattern", "source"};
    static const char *const bot_columns[] = {"says", "word"};
    cleanup(arena_done) Arena arena = arena_make(16 << 20);
    Error error = ERROR_INIT;
    FactList list;
    Text content = {(const char *)data, size};
    if (fact_list_parse(content, "s", site_columns, 3, &arena, &list, &error) == STATUS_OK) {
        cleanup(site_index_done) SiteIndex index = {.sites = NULL};
        require(list.row_count > 0 && list.date[0]);
        if (site_index_make(&list, &index, &error) == STATUS_OK)
            for (size_t i = 0; i < list.row_count; i++) {
                const Site *site = site_index_find(&index, list.rows[i].values[2]);
                require(site || text_starts_with(list.rows[i].values[2], TEXT("www.")) ||
                        text_starts_with(list.rows[i].values[2], TEXT("m.")) || list.rows[i].values[2].size > 253);
                site_index_find(&index, list.rows[i].values[1]);
            }
    }
    if (fact_list_parse(content, "b", bot_columns, 2, &arena, &list, &error) == STATUS_OK) {
        cleanup(bot_matcher_done) BotMatcher matcher = {.next = NULL};
        if (bot_matcher_make(&list, &matcher, &error) == STATUS_OK)
            for (size_t i = 0; i < list.row_count; i++)
                if (text_is(list.rows[i].values[0], "robot"))
                    require(bot_verdict(&matcher, list.rows[i].values[1]) != BOT_NONE);
    }
    return 0;
}
