#include "transform/punycode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_encoded(const char *label, const char *expected)
{
    char out[PUNYCODE_SPACE];
    size_t size = punycode_encode(text_from(label), out);
    if (size != strlen(expected) || memcmp(out, expected, size) != 0)
        fail_msg("%s: %.*s, not %s", label, (int)size, out, expected);
}

/* RFC 3492, section 7.1: (A), (B), (E), (G) in lower case, (K), (M) to (R), (S) in lower case. */
static void test_samples_of_the_standard(void **state)
{
    (void)state;
    assert_encoded("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn");
    assert_encoded("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye");
    assert_encoded("למההםפשוטלאמדבריםעברית", "4dbcagdahymbxekheh6e0a7fei0b");
    assert_encoded("なぜみんな日本語を話してくれないのか", "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa");
    assert_encoded("tạisaohọkhôngthểchỉnóitiếngviệt", "tisaohkhngthchnitingvit-kjcr8268qyxafd2f1b9g");
    assert_encoded("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b");
    assert_encoded("安室奈美恵-with-super-monkeys", "-with-super-monkeys-pc58ag80a8qai00g7n9n");
    assert_encoded("hello-another-way-それぞれの場所", "hello-another-way--fc4qua05auwb3674vfr0b");
    assert_encoded("ひとつ屋根の下2", "2-u9tlzr9756bt3uc0v");
    assert_encoded("majiでkoiする5秒前", "majikoi5-783gue6qz075azm5e");
    assert_encoded("パフィーdeルンバ", "de-jg4avhby1noc0d");
    assert_encoded("そのスピードで", "d9juau41awczczp");
    assert_encoded("-> $1.00 <-", "-> $1.00 <--");
}

static void test_labels(void **state)
{
    (void)state;
    assert_encoded("bücher", "bcher-kva");
    assert_encoded("ü", "tda");
    assert_encoded("\xF4\x8F\xBF\xBF", "dn32g"); /* the last of all characters */
    assert_encoded("", "");
}

/* A label holds 59 bytes behind "xn--". */
static void test_ceiling(void **state)
{
    (void)state;
    char label[80], out[PUNYCODE_SPACE];
    memset(label, 'a', sizeof label);
    memcpy(label, "ü", 2);
    assert_int_equal(punycode_encode((Text){label, 57}, out), PUNYCODE_SPACE);
    assert_memory_equal(out, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-oxf", PUNYCODE_SPACE);
    for (size_t size = 58; size <= sizeof label; size++)
        assert_int_equal(punycode_encode((Text){label, size}, out), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_of_the_standard),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
