#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/interaction.h"

static void check(const char *raw, const char *expected)
{
    char space[INTERACTION_SIZE];
    Text found;
    if (!interaction_conform(text_from(raw), space, &found))
        fail_msg("'%s' is refused", raw);
    if (!text_is(found, expected))
        fail_msg("'%s' became '%.*s'", raw, TEXT_PRINTF(found));
}

static void check_refused(const char *raw)
{
    char space[INTERACTION_SIZE];
    Text found;
    if (interaction_conform(text_from(raw), space, &found))
        fail_msg("'%s' became '%.*s'", raw, TEXT_PRINTF(found));
}

static void test_names(void **state)
{
    (void)state;
    check("", "page_view");
    check(NULL, "page_view");
    check("download", "download");
    check("Email Click", "email_click");
    check("$pageview", "pageview");
    check("form - submit!", "form_submit");
    check("video_50", "video_50");
    check("__a__b__", "a_b");
    check("Gespr\xC3\xA4"
          "ch gebucht",
          "gespr\xC3\xA4"
          "ch_gebucht");
}

static void test_what_is_no_name(void **state)
{
    (void)state;
    check_refused("---");
    check_refused(" ");
}

static void test_length(void **state)
{
    char name[INTERACTION_SIZE + 4], cut[INTERACTION_SIZE + 1];
    (void)state;
    memset(name, 'a', sizeof name);
    memset(cut, 'a', sizeof cut);
    cut[INTERACTION_SIZE] = '\0';
    name[INTERACTION_SIZE] = '\0';
    check(name, name);
    name[INTERACTION_SIZE] = 'a';
    name[INTERACTION_SIZE + 1] = '\0';
    check(name, cut);
    /* neither a word's first letter nor a character of two bytes is cut in two */
    cut[INTERACTION_SIZE - 1] = '\0';
    name[INTERACTION_SIZE - 1] = ' ';
    check(name, cut);
    memcpy(name + INTERACTION_SIZE - 1, "\xC3\xA4", 3);
    check(name, cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_what_is_no_name),
        cmocka_unit_test(test_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
