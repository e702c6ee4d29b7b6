/* A program's command line. One table gives the parser, --help and the manual page, so that they cannot drift apart.
 *
 *     typedef struct Values { bool is_quiet; const char *config; OptionList sources; } Values;
 *
 *     static const Option options[] = {
 *         {"config", 'c', "FILE", OPTION_TEXT, offsetof(Values, config), .variable = "CLOSEDLOOP_CONFIG",
 *          .meaning = "read the configuration from FILE"},
 *         {"source", 's', "NAME", OPTION_LIST, offsetof(Values, sources), .meaning = "only this source; may repeat"},
 *         {"quiet", 'q', NULL, OPTION_FLAG, offsetof(Values, is_quiet), .meaning = "log warnings and errors only"},
 *     };
 *     static const OptionProgram program = {
 *         .name = "closedloop-extract", .version = CLOSEDLOOP_VERSION, .purpose = "turn source files into records",
 *         .options = options, .option_count = 3, .values_size = sizeof(Values)};
 *
 *     Values values = {.config = "closedloop.yaml"};      // the defaults
 *     OptionLine line;
 *     TRY(option_parse(&program, argc, argv, &arena, &values, &line, error));
 *     if (line.answer != OPTION_RUN)
 *         return option_answer(&program, line.answer, stdout, error);
 *
 * Understood are --name VALUE, --name=VALUE, -n VALUE, -nVALUE, flags in a bundle (-qn), and -- as the end of options;
 * options and arguments may stand in any order; of an option given twice the last counts. An option that is not on the
 * command line takes its environment variable, if that is set and not empty. Every program has --help (-h), --version
 * (-V) and --man.
 */
#ifndef CLOSEDLOOP_COMMON_OPTION_H
#define CLOSEDLOOP_COMMON_OPTION_H

#include "common/arena.h"
#include "common/error.h"

#include <stdint.h>
#include <stdio.h>

/* What an option takes, and as what it is stored. */
typedef enum OptionKind {
    OPTION_FLAG,    /* bool: nothing. Its variable: 1, true, yes, 0, false or no */
    OPTION_TEXT,    /* const char *: text that is not empty */
    OPTION_INTEGER, /* int64_t */
    OPTION_CHOICE,  /* int: the index of one of `choices` */
    OPTION_LIST,    /* OptionList: text, may repeat. Its variable: values with commas between them */
} OptionKind;

typedef struct OptionList {
    const char **items;
    size_t count;
} OptionList;

typedef struct Option {
    const char *name;
    char letter;          /* or 0 */
    const char *argument; /* its name in the help, such as FILE; NULL for a flag */
    OptionKind kind;
    size_t offset;              /* into the values */
    int64_t minimum, maximum;   /* of an integer; both 0: any */
    const char *const *choices; /* of a choice; ends with NULL */
    const char *variable;       /* of the environment, or NULL */
    const char *meaning;        /* lower case, no final period */
} Option;

typedef struct OptionCommand {
    const char *name;
    const char *arguments;   /* their names in the help, such as E-MAIL, or NULL */
    size_t minimum, maximum; /* how many there may be */
    const char *meaning;
} OptionCommand;

/* A file, or a further variable of the environment, that the help tells of. */
typedef struct OptionNote {
    const char *name, *meaning;
} OptionNote;

typedef struct OptionProgram {
    const char *name, *version;
    const char *purpose;     /* half a line */
    const char *description; /* a paragraph, or NULL */
    const Option *options;
    size_t option_count;
    const OptionCommand *commands; /* the first one is the default; none: no positional arguments are allowed */
    size_t command_count;
    const OptionNote *files;
    size_t file_count;
    const OptionNote *variables; /* besides those of the options */
    size_t variable_count;
    size_t values_size;
} OptionProgram;

typedef enum OptionAnswer {
    OPTION_RUN, /* do the work */
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_MAN,
} OptionAnswer;

typedef struct OptionLine {
    OptionAnswer answer; /* --help, --version and --man end the parsing where they stand; then nothing else is set */
    const OptionCommand *command; /* NULL if the program has none */
    const char *const *arguments; /* of the command */
    size_t argument_count;
} OptionLine;

/* Reads the command line and the environment into the values, over the defaults that stand there. Texts are argv's and
 * the environment's own, lists are the arena's. ERROR_USAGE with the nearest name for what is unknown; on failure the
 * outputs are untouched. */
Status option_parse(const OptionProgram *program, int argc, char *const *argv, Arena *arena, void *ret_values,
                    OptionLine *ret_line, Error *error);

/* Prints what was asked for; ERROR_IO if the stream does not take it. Nothing for OPTION_RUN. */
Status option_answer(const OptionProgram *program, OptionAnswer answer, FILE *stream, Error *error);

/* Usage, commands, options, environment, files and exit codes, at most 96 columns wide. */
void option_print_help(const OptionProgram *program, FILE *stream);

/* "closedloop-extract 0.1.0" */
void option_print_version(const OptionProgram *program, FILE *stream);

/* The manual page, section 1, in roff for man(7). */
void option_print_man(const OptionProgram *program, FILE *stream);

#endif
