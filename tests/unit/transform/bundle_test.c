#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/bundle.h"

static const BatchInput inputs[] = {{.file = "a"}, {.file = "b"}};
/* Of b extract left one record out and rejected one. */
static const BatchCount counts_of_a[] = {{RECORD_VIEW, 3, 3, 0, 0, 0}}, counts_of_b[] = {{RECORD_VIEW, 4, 2, 1, 0, 1}};
static const BatchMember members[] = {
    {.batch_id = {{1}}, .sequence = 7, .counts = counts_of_a, .count_count = 1},
    {.batch_id = {{2}}, .sequence = 9, .counts = counts_of_b, .count_count = 1},
};
static const Manifest manifest = {.source = "web",
                                  .system = "web",
                                  .mode = MODE_APPEND,
                                  .inputs = inputs,
                                  .input_count = 2,
                                  .members = members,
                                  .member_count = 2};

static void assert_count(const BatchCount *count, BatchCount expected)
{
    assert_int_equal(count->kind, expected.kind);
    assert_int_equal(count->read, expected.read);
    assert_int_equal(count->emitted, expected.emitted);
    assert_int_equal(count->rejected, expected.rejected);
    assert_int_equal(count->duplicate, expected.duplicate);
    assert_int_equal(count->filtered, expected.filtered);
}

/* One view at that time. */
static void emit(Tally *tally, int64_t at)
{
    tally->ordinal++;
    tally->counts[RECORD_VIEW].emitted++;
    if (at < tally->first_at)
        tally->first_at = at;
    if (at > tally->last_at)
        tally->last_at = at;
}

static void test_what_is_counted_between_entering_and_leaving_is_the_members(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(arena_done) Arena arena = arena_make(1 << 20);
    cleanup(bundle_done) Bundle bundle = {0};
    assert_int_equal(bundle_make(&manifest, &bundle, &error), STATUS_OK);
    Tally tally = TALLY_INIT;
    bundle_enter(&bundle, 0, &tally);
    emit(&tally, 100);
    emit(&tally, 50);
    tally.ordinal++;
    tally.counts[RECORD_VIEW].duplicate++;
    bundle_enter(&bundle, 1, &tally);
    assert_int_equal(tally.ordinal, 0);
    assert_int_equal(tally.first_at, INT64_MAX);
    emit(&tally, 70);
    tally.ordinal++;
    tally.counts[RECORD_VIEW].filtered++;
    tally.filtered[FILTER_ROBOT]++;
    bundle_leave(&bundle, &tally);
    assert_int_equal(tally.first_at, 50);
    assert_int_equal(tally.last_at, 100);
    bundle_leave(&bundle, &tally);
    /* A view of a gave an identity: it goes on where it was left. */
    bundle_enter(&bundle, 0, &tally);
    assert_int_equal(tally.ordinal, 3);
    tally.derived++;
    tally.counts[RECORD_IDENTITY].read++;
    tally.counts[RECORD_IDENTITY].emitted++;
    bundle_leave(&bundle, &tally);

    BatchMember *list;
    assert_int_equal(bundle_list(&bundle, &arena, &list, &error), STATUS_OK);
    assert_int_equal(list[0].batch_id.bytes[0], 1);
    assert_int_equal(list[0].sequence, 7);
    assert_int_equal(list[0].first_at, 50);
    assert_int_equal(list[0].last_at, 100);
    assert_int_equal(list[0].count_count, 2);
    assert_count(&list[0].counts[0], (BatchCount){RECORD_VIEW, 3, 2, 0, 1, 0});
    assert_count(&list[0].counts[1], (BatchCount){RECORD_IDENTITY, 1, 1, 0, 0, 0});
    assert_int_equal(list[0].filter_count, 0);
    assert_int_equal(list[1].count_count, 1);
    assert_count(&list[1].counts[0], (BatchCount){RECORD_VIEW, 4, 1, 1, 0, 2});
    assert_int_equal(list[1].first_at, 70);
    assert_int_equal(list[1].filter_count, 2);
    assert_string_equal(list[1].filters[0].reason, "mapping");
    assert_string_equal(list[1].filters[1].reason, "robot");
    assert_int_equal(bundle.members[0].derived, 1);
}

static void test_a_rehearsal_leaves_nothing(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    cleanup(bundle_done) Bundle bundle = {0};
    assert_int_equal(bundle_make(&manifest, &bundle, &error), STATUS_OK);
    Tally tally = TALLY_INIT;
    tally.ordinal = 5;
    bundle.is_rehearsal = true;
    bundle_enter(&bundle, 1, &tally);
    emit(&tally, 1);
    bundle_leave(&bundle, &tally);
    assert_int_equal(tally.ordinal, 5);
    assert_int_equal(tally.counts[RECORD_VIEW].emitted, 0);
    assert_int_equal(bundle.members[1].ordinal, 0);
    assert_int_equal(bundle.members[1].first_at, INT64_MAX);
}

static void test_a_batch_alone_is_no_bundle(void **state)
{
    (void)state;
    Error error = ERROR_INIT;
    Manifest alone = manifest;
    alone.member_count = 0;
    cleanup(bundle_done) Bundle bundle = {0};
    assert_int_equal(bundle_make(&alone, &bundle, &error), STATUS_OK);
    Tally tally = TALLY_INIT;
    emit(&tally, 1);
    bundle_leave(&bundle, &tally);
    assert_int_equal(tally.counts[RECORD_VIEW].emitted, 1);
    assert_int_equal(tally.first_at, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_counted_between_entering_and_leaving_is_the_members),
        cmocka_unit_test(test_a_rehearsal_leaves_nothing),
        cmocka_unit_test(test_a_batch_alone_is_no_bundle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
