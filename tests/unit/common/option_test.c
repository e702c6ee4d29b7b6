#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/option.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Values {
    const char *config;
    bool is_quiet, is_dry;
    int64_t limit;
    int format;
    OptionList sources;
} Values;

static const char *const formats[] = {"text", "json", NULL};

static const Option options[] = {
    {"config", 'c', "FILE", OPTION_TEXT, offsetof(Values, config), .variable = "DEMO_CONFIG",
     .meaning = "read the configuration from FILE"},
    {"source", 's', "NAME", OPTION_LIST, offsetof(Values, sources), .variable = "DEMO_SOURCE",
     .meaning = "take only this source; may repeat"},
    {"limit", 0, "N", OPTION_INTEGER, offsetof(Values, limit), .minimum = 1, .maximum = 1000, .variable = "DEMO_LIMIT",
     .meaning = "stop after N records of each source, which is meant for a first look at a new file and not for a "
                "nightly run"},
    {"format", 'f', "text|json", OPTION_CHOICE, offsetof(Values, format), .choices = formats, .variable = "DEMO_FORMAT",
     .meaning = "how to print"},
    {"quiet", 'q', NULL, OPTION_FLAG, offsetof(Values, is_quiet), .variable = "DEMO_QUIET",
     .meaning = "log warnings and errors only"},
    {"dry-run", 'n', NULL, OPTION_FLAG, offsetof(Values, is_dry), .meaning = "change nothing"},
};
static const OptionCommand commands[] = {
    {"run", NULL, 0, 0, "load what is ready"},
    {"erase", "E-MAIL", 1, 1, "forget a person"},
};
static const OptionNote files[] = {{"./demo.yaml", "the configuration, if --config names no other"}};
static const OptionNote variables[] = {{"PGHOST", "as for psql"}};

static const OptionProgram program = {
    .name = "closedloop-demo",
    .version = "0.1.0",
    .purpose = "show how options look",
    .description = "This paragraph says at some length what the program is for, so that it has to be broken into two "
                   "lines of text.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .commands = commands,
    .command_count = 2,
    .files = files,
    .file_count = 1,
    .variables = variables,
    .variable_count = 1,
    .values_size = sizeof(Values),
};

typedef struct Fixture {
    Arena arena;
    Error error;
    Values values;
    OptionLine line;
} Fixture;

static int set_up(void **state)
{
    Fixture *fixture = test_calloc(1, sizeof *fixture);
    fixture->arena = arena_make(1 << 20);
    *state = fixture;
    static const char *const names[] = {"DEMO_CONFIG", "DEMO_SOURCE", "DEMO_LIMIT", "DEMO_FORMAT", "DEMO_QUIET"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unsetenv(names[i]);
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    arena_done(&fixture->arena);
    test_free(fixture);
    return 0;
}

enum { MAXIMUM_WORDS = 16 };

/* Words with spaces between them. */
static Status parse_with(Fixture *fixture, const OptionProgram *with, const char *words)
{
    char *argv[MAXIMUM_WORDS] = {arena_copy(&fixture->arena, TEXT("demo"))};
    int argc = 1;
    for (Text rest = text_from(words); rest.size && argc < MAXIMUM_WORDS;) {
        size_t size = text_find(rest, ' ');
        argv[argc++] = arena_copy(&fixture->arena, (Text){rest.data, size});
        size_t step = size < rest.size ? size + 1 : size;
        rest = (Text){rest.data + step, rest.size - step};
    }
    fixture->values = (Values){.config = "default.yaml", .limit = 10};
    return option_parse(with, argc, argv, &fixture->arena, &fixture->values, &fixture->line, &fixture->error);
}

static Status parse(Fixture *fixture, const char *words)
{
    return parse_with(fixture, &program, words);
}

static void assert_refused(Fixture *fixture, const char *words, const char *message, const char *hint)
{
    assert_int_equal(parse(fixture, words), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_USAGE);
    assert_string_equal(fixture->error.message, message);
    assert_string_equal(fixture->error.hint, hint);
    assert_string_equal(fixture->values.config, "default.yaml");
    assert_int_equal(fixture->values.limit, 10);
    assert_false(fixture->values.is_quiet);
}

static void keeps_defaults(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(parse(fixture, ""), STATUS_OK);
    assert_string_equal(fixture->values.config, "default.yaml");
    assert_int_equal(fixture->values.limit, 10);
    assert_int_equal(fixture->values.sources.count, 0);
    assert_int_equal(fixture->line.answer, OPTION_RUN);
    assert_string_equal(fixture->line.command->name, "run");
    assert_int_equal(fixture->line.argument_count, 0);
}

static void reads_every_form(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(parse(fixture, "--config=a=b --source one --limit 5 erase -fjson -qn --source=two a@b.c"),
                     STATUS_OK);
    assert_string_equal(fixture->values.config, "a=b");
    assert_int_equal(fixture->values.sources.count, 2);
    assert_string_equal(fixture->values.sources.items[0], "one");
    assert_string_equal(fixture->values.sources.items[1], "two");
    assert_int_equal(fixture->values.limit, 5);
    assert_int_equal(fixture->values.format, 1);
    assert_true(fixture->values.is_quiet);
    assert_true(fixture->values.is_dry);
    assert_string_equal(fixture->line.command->name, "erase");
    assert_int_equal(fixture->line.argument_count, 1);
    assert_string_equal(fixture->line.arguments[0], "a@b.c");
    assert_int_equal(parse(fixture, "-qc x -c y"), STATUS_OK);
    assert_string_equal(fixture->values.config, "y");
    assert_int_equal(parse(fixture, "erase -- --quiet"), STATUS_OK);
    assert_string_equal(fixture->line.arguments[0], "--quiet");
    assert_false(fixture->values.is_quiet);
    assert_int_equal(parse(fixture, "erase -"), STATUS_OK);
    assert_string_equal(fixture->line.arguments[0], "-");
}

static const char help_hint[] = "'closedloop-demo --help' lists what there is";

static void refuses_unknown_options(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, "-q --confg x", "unknown option '--confg'", "did you mean '--config'?");
    assert_refused(fixture, "--hepl", "unknown option '--hepl'", "did you mean '--help'?");
    assert_refused(fixture, "--help=x", "unknown option '--help'", "did you mean '--help'?");
    assert_refused(fixture, "--frobnicate", "unknown option '--frobnicate'", help_hint);
    assert_refused(fixture, "-x", "unknown option '-x'", help_hint);
    assert_refused(fixture, "-limit 5", "unknown option '-limit'", "did you mean '--limit'?");
}

static void refuses_bad_values(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, "--config", "option '--config' needs a value: FILE", help_hint);
    assert_refused(fixture, "-qc", "option '-c' needs a value: FILE", help_hint);
    assert_refused(fixture, "--config=", "option '--config' must not be empty: FILE", help_hint);
    assert_refused(fixture, "--quiet=yes", "option '--quiet' takes no value", help_hint);
    assert_refused(fixture, "--limit many", "option '--limit' must be a whole number, not 'many'", help_hint);
    assert_refused(fixture, "--limit 0", "option '--limit' must be from 1 to 1000, not '0'", help_hint);
    assert_refused(fixture, "--limit 1001", "option '--limit' must be from 1 to 1000, not '1001'", help_hint);
    assert_refused(fixture, "-f jsn", "option '-f' must be text|json, not 'jsn'", "did you mean 'json'?");
}

static void refuses_bad_commands(void **state)
{
    Fixture *fixture = *state;
    assert_refused(fixture, "erse a@b.c", "unknown command 'erse'", "did you mean 'erase'?");
    assert_refused(fixture, "destroy", "unknown command 'destroy'", help_hint);
    assert_refused(fixture, "erase", "command 'erase' needs E-MAIL", help_hint);
    assert_refused(fixture, "erase a b", "unexpected argument 'b'", help_hint);
    assert_refused(fixture, "run now", "unexpected argument 'now'", help_hint);
    OptionProgram plain = program;
    plain.command_count = 0;
    assert_int_equal(parse_with(fixture, &plain, "run"), STATUS_ERROR);
    assert_string_equal(fixture->error.message, "unexpected argument 'run'");
    assert_int_equal(parse_with(fixture, &plain, "-q"), STATUS_OK);
    assert_null(fixture->line.command);
}

static void takes_the_environment(void **state)
{
    Fixture *fixture = *state;
    setenv("DEMO_CONFIG", "env.yaml", 1);
    setenv("DEMO_SOURCE", "one, two", 1);
    setenv("DEMO_LIMIT", "7", 1);
    setenv("DEMO_FORMAT", "json", 1);
    setenv("DEMO_QUIET", "1", 1);
    assert_int_equal(parse(fixture, ""), STATUS_OK);
    assert_string_equal(fixture->values.config, "env.yaml");
    assert_int_equal(fixture->values.sources.count, 2);
    assert_string_equal(fixture->values.sources.items[0], "one");
    assert_string_equal(fixture->values.sources.items[1], "two");
    assert_int_equal(fixture->values.limit, 7);
    assert_int_equal(fixture->values.format, 1);
    assert_true(fixture->values.is_quiet);
    assert_int_equal(parse(fixture, "-c line.yaml -s three"), STATUS_OK);
    assert_string_equal(fixture->values.config, "line.yaml");
    assert_int_equal(fixture->values.sources.count, 1);
    assert_string_equal(fixture->values.sources.items[0], "three");
    setenv("DEMO_CONFIG", "", 1);
    assert_int_equal(parse(fixture, ""), STATUS_OK);
    assert_string_equal(fixture->values.config, "default.yaml");
}

static void refuses_bad_variables(void **state)
{
    Fixture *fixture = *state;
    setenv("DEMO_LIMIT", "x", 1);
    assert_refused(fixture, "", "variable DEMO_LIMIT must be a whole number, not 'x'", help_hint);
    assert_int_equal(parse(fixture, "--limit 3"), STATUS_OK);
    assert_int_equal(parse(fixture, "--help"), STATUS_OK);
    unsetenv("DEMO_LIMIT");
    setenv("DEMO_QUIET", "maybe", 1);
    assert_refused(fixture, "", "variable DEMO_QUIET must be 1 or 0, not 'maybe'", help_hint);
    setenv("DEMO_QUIET", "0", 1);
    setenv("DEMO_SOURCE", "a,,b", 1);
    assert_refused(fixture, "", "variable DEMO_SOURCE must be a list with commas between its values, not 'a,,b'",
                   help_hint);
}

static void knows_what_it_is_asked(void **state)
{
    Fixture *fixture = *state;
    static const struct {
        const char *words;
        OptionAnswer answer;
    } asked[] = {{"--help", OPTION_HELP},
                 {"-h", OPTION_HELP},
                 {"-qh", OPTION_HELP},
                 {"--version", OPTION_VERSION},
                 {"-V --nonsense", OPTION_VERSION},
                 {"--man", OPTION_MAN},
                 {"nonsense --help", OPTION_HELP}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        assert_int_equal(parse(fixture, asked[i].words), STATUS_OK);
        assert_int_equal(fixture->line.answer, asked[i].answer);
        assert_false(fixture->values.is_quiet);
    }
}

static void assert_prints(Fixture *fixture, const OptionProgram *with, OptionAnswer answer, const char *expected)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    assert_int_equal(option_answer(with, answer, stream, &fixture->error), STATUS_OK);
    fclose(stream);
    assert_string_equal(text, expected);
    free(text);
}

static void prints_help(void **state)
{
    assert_prints(*state, &program, OPTION_HELP,
                  "closedloop-demo: show how options look\n"
                  "\n"
                  "usage: closedloop-demo [OPTION]... [run | erase E-MAIL]\n"
                  "\n"
                  "This paragraph says at some length what the program is for, so that it has to be broken into two\n"
                  "lines of text.\n"
                  "\n"
                  "commands:\n"
                  "  run           load what is ready (default)\n"
                  "  erase E-MAIL  forget a person\n"
                  "\n"
                  "options:\n"
                  "  -c, --config FILE       read the configuration from FILE\n"
                  "  -s, --source NAME       take only this source; may repeat\n"
                  "      --limit N           stop after N records of each source, which is meant for a first look\n"
                  "                          at a new file and not for a nightly run\n"
                  "  -f, --format text|json  how to print\n"
                  "  -q, --quiet             log warnings and errors only\n"
                  "  -n, --dry-run           change nothing\n"
                  "  -h, --help              print this help\n"
                  "  -V, --version           print the version\n"
                  "      --man               print the manual page, in roff\n"
                  "\n"
                  "environment:\n"
                  "  DEMO_CONFIG  the same as --config\n"
                  "  DEMO_SOURCE  the same as --source, with commas between several\n"
                  "  DEMO_LIMIT   the same as --limit\n"
                  "  DEMO_FORMAT  the same as --format\n"
                  "  DEMO_QUIET   the same as --quiet: 1 or 0\n"
                  "  PGHOST       as for psql\n"
                  "\n"
                  "files:\n"
                  "  ./demo.yaml  the configuration, if --config names no other\n"
                  "\n"
                  "exit codes:\n"
                  "  0         done\n"
                  "  2         done, but a source was refused for its rejects or deletions\n"
                  "  64        the command line is wrong\n"
                  "  65        an input cannot be used\n"
                  "  66        an input is missing\n"
                  "  69        the server cannot be reached, or went away\n"
                  "  70        a bug, or no memory\n"
                  "  73, 74    an output cannot be made; reading or writing failed\n"
                  "  75        somebody else is at work: try again later\n"
                  "  77        not permitted\n"
                  "  78        the configuration is wrong\n"
                  "  130, 143  stopped by SIGINT, by SIGTERM\n");
}

static void prints_long_names_on_their_own_line(void **state)
{
    Fixture *fixture = *state;
    static const Option long_option[] = {
        {"a-very-long-option-name", 0, "ARGUMENT", OPTION_TEXT, offsetof(Values, config), .meaning = "something"}};
    OptionProgram small = {.name = "x", .version = "1", .purpose = "try", .options = long_option, .option_count = 1};
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_int_equal(option_answer(&small, OPTION_HELP, stream, &fixture->error), STATUS_OK);
    fclose(stream);
    assert_non_null(strstr(text, "usage: x [OPTION]...\n\noptions:\n"
                                 "      --a-very-long-option-name ARGUMENT\n"
                                 "                 something\n"
                                 "  -h, --help     print this help\n"));
    assert_null(strstr(text, "commands:"));
    assert_null(strstr(text, "environment:"));
    assert_null(strstr(text, "files:"));
    free(text);
}

static void prints_the_version(void **state)
{
    assert_prints(*state, &program, OPTION_VERSION, "closedloop-demo 0.1.0\n");
    assert_prints(*state, &program, OPTION_RUN, "");
}

static void prints_a_manual_page(void **state)
{
    (void)state;
    static const Option some[] = {
        {"config", 'c', "FILE", OPTION_TEXT, offsetof(Values, config), .variable = "DEMO_CONFIG",
         .meaning = ".yaml with a back\\slash"},
    };
    OptionProgram small = {.name = "x-y",
                           .version = "1.0",
                           .purpose = "try it",
                           .options = some,
                           .option_count = 1,
                           .commands = commands,
                           .command_count = 2};
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    option_print_man(&small, stream);
    fclose(stream);
    static const char expected[] = ".TH X-Y 1 \"\" \"x-y 1.0\" \"User Commands\"\n"
                                   ".SH NAME\n"
                                   "x\\-y \\- try it\n"
                                   ".SH SYNOPSIS\n"
                                   "x\\-y [OPTION]... [run | erase E\\-MAIL]\n"
                                   ".SH COMMANDS\n"
                                   ".TP\n"
                                   "\\fBrun\n"
                                   "\\fRload what is ready (default)\n"
                                   ".TP\n"
                                   "\\fBerase E\\-MAIL\n"
                                   "\\fRforget a person\n"
                                   ".SH OPTIONS\n"
                                   ".TP\n"
                                   "\\fB\\-c, \\-\\-config FILE\n"
                                   "\\fR\\&.yaml with a back\\eslash\n";
    assert_int_equal(strncmp(text, expected, sizeof expected - 1), 0);
    assert_non_null(strstr(text, ".SH EXIT STATUS\n.TP\n\\fB0\n\\fRdone\n"));
    free(text);
}

static void says_when_the_stream_is_full(void **state)
{
    Fixture *fixture = *state;
    FILE *stream = fopen("/dev/full", "w");
    if (!stream)
        skip();
    assert_int_equal(option_answer(&program, OPTION_HELP, stream, &fixture->error), STATUS_ERROR);
    assert_int_equal(fixture->error.code, ERROR_IO);
    assert_string_equal(fixture->error.message, "cannot write the answer: No space left on device");
    fclose(stream);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_defaults),
        TEST(reads_every_form),
        TEST(refuses_unknown_options),
        TEST(refuses_bad_values),
        TEST(refuses_bad_commands),
        TEST(takes_the_environment),
        TEST(refuses_bad_variables),
        TEST(knows_what_it_is_asked),
        TEST(prints_help),
        TEST(prints_long_names_on_their_own_line),
        TEST(prints_the_version),
        TEST(prints_a_manual_page),
        TEST(says_when_the_stream_is_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
