#include "common/option.h"

#include "common/nearest.h"

#include <stdlib.h>

enum { MAXIMUM_NAMES = 64 };

typedef struct Parser {
    const OptionProgram *program;
    int argc;
    char *const *argv;
    int next; /* index of the word to be read next */
    Arena *arena;
    char *values; /* a copy, so that a failure leaves the caller's own untouched */
    bool *is_given;
    const char **words; /* that are no options */
    size_t word_count;
    OptionAnswer answer;
} Parser;

static Status usage_hint(const Parser *parser, Error *error)
{
    return error_hint(error, "'%s --help' lists what there is", parser->program->name);
}

static Status hint_nearest(const Parser *parser, Text wanted, const char *prefix, const char *const *names,
                           size_t count, Error *error)
{
    const char *nearest = nearest_name(wanted, names, count);
    return nearest ? error_hint(error, "did you mean '%s%s'?", prefix, nearest) : usage_hint(parser, error);
}

/* --- values --------------------------------------------------------------------------------------------------- */

static Status bad_value(const Parser *parser, const char *place, const char *expected, const char *value, Error *error)
{
    error_set(error, ERROR_USAGE, "%s must be %s, not '%.200s'", place, expected, value);
    return usage_hint(parser, error);
}

static Status set_integer(const Parser *parser, const Option *option, const char *place, const char *value,
                          Error *error)
{
    long long number;
    if (!text_to_int64(text_from(value), &number))
        return bad_value(parser, place, "a whole number", value, error);
    if ((option->minimum || option->maximum) && (number < option->minimum || number > option->maximum)) {
        char expected[64];
        snprintf(expected, sizeof expected, option->maximum == INT64_MAX ? "at least %lld" : "from %lld to %lld",
                 (long long)option->minimum, (long long)option->maximum);
        return bad_value(parser, place, expected, value, error);
    }
    *(int64_t *)(void *)(parser->values + option->offset) = number;
    return STATUS_OK;
}

static Status set_choice(const Parser *parser, const Option *option, const char *place, const char *value, Error *error)
{
    size_t count = 0;
    for (; option->choices[count]; count++) {
        if (strcmp(option->choices[count], value) == 0) {
            *(int *)(void *)(parser->values + option->offset) = (int)count;
            return STATUS_OK;
        }
    }
    error_set(error, ERROR_USAGE, "%s must be %s, not '%.200s'", place, option->argument, value);
    return hint_nearest(parser, text_from(value), "", option->choices, count, error);
}

static Status append_item(const Parser *parser, const Option *option, const char *value, size_t capacity, Error *error)
{
    OptionList *list = (OptionList *)(void *)(parser->values + option->offset);
    if (!parser->is_given[option - parser->program->options]) {
        const char **items = arena_allocate(parser->arena, capacity * sizeof(const char *));
        if (!items)
            return error_no_memory(error);
        *list = (OptionList){items, 0};
    }
    list->items[list->count++] = value;
    return STATUS_OK;
}

/* `place` names the option or variable in messages. */
static Status set_value(Parser *parser, const Option *option, const char *place, const char *value, Error *error)
{
    char *target = parser->values + option->offset;
    if (option->kind != OPTION_FLAG && *value == '\0') {
        error_set(error, ERROR_USAGE, "%s must not be empty: %s", place, option->argument);
        return usage_hint(parser, error);
    }
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)target = true;
        break;
    case OPTION_TEXT:
        *(const char **)(void *)target = value;
        break;
    case OPTION_INTEGER:
        TRY(set_integer(parser, option, place, value, error));
        break;
    case OPTION_CHOICE:
        TRY(set_choice(parser, option, place, value, error));
        break;
    case OPTION_LIST:
        TRY(append_item(parser, option, value, (size_t)parser->argc, error));
        break;
    }
    parser->is_given[option - parser->program->options] = true;
    return STATUS_OK;
}

/* --- the command line ----------------------------------------------------------------------------------------- */

/* `name` is what was probably meant as a long option. */
static Status hint_option(const Parser *parser, Text name, Error *error)
{
    const char *names[MAXIMUM_NAMES] = {"help", "version", "man"};
    size_t count = 3;
    for (size_t i = 0; i < parser->program->option_count && count < MAXIMUM_NAMES; i++)
        names[count++] = parser->program->options[i].name;
    return hint_nearest(parser, name, "--", names, count, error);
}

static Status next_word(Parser *parser, const Option *option, const char *place, const char **ret_word, Error *error)
{
    if (parser->next == parser->argc) {
        error_set(error, ERROR_USAGE, "%s needs a value: %s", place, option->argument);
        return usage_hint(parser, error);
    }
    *ret_word = parser->argv[parser->next++];
    return STATUS_OK;
}

static bool is_built_in(Text name, char letter, OptionAnswer *ret_answer)
{
    if (letter == 'h' || text_is(name, "help"))
        *ret_answer = OPTION_HELP;
    else if (letter == 'V' || text_is(name, "version"))
        *ret_answer = OPTION_VERSION;
    else if (text_is(name, "man"))
        *ret_answer = OPTION_MAN;
    else
        return false;
    return true;
}

/* A word that begins with two dashes. */
static Status take_long(Parser *parser, const char *word, Error *error)
{
    Text rest = text_from(word + 2);
    Text name = {rest.data, text_find(rest, '=')};
    const char *value = name.size < rest.size ? name.data + name.size + 1 : NULL;
    const Option *option = NULL;
    for (size_t i = 0; i < parser->program->option_count && !option; i++)
        if (text_is(name, parser->program->options[i].name))
            option = &parser->program->options[i];
    if (!option && !value && is_built_in(name, '\0', &parser->answer))
        return STATUS_OK;
    if (!option) {
        error_set(error, ERROR_USAGE, "unknown option '--%.*s'", (int)(name.size < 200 ? name.size : 200), name.data);
        return hint_option(parser, name, error);
    }
    char place[80];
    snprintf(place, sizeof place, "option '--%s'", option->name);
    if (option->kind == OPTION_FLAG && value) {
        error_set(error, ERROR_USAGE, "%s takes no value", place);
        return usage_hint(parser, error);
    }
    if (option->kind != OPTION_FLAG && !value)
        TRY(next_word(parser, option, place, &value, error));
    return set_value(parser, option, place, value, error);
}

/* A word that begins with one dash: letters of flags, the last of which may take a value. */
static Status take_letters(Parser *parser, const char *word, Error *error)
{
    for (const char *letter = word + 1; *letter; letter++) {
        const Option *option = NULL;
        for (size_t i = 0; i < parser->program->option_count && !option; i++)
            if (parser->program->options[i].letter == *letter)
                option = &parser->program->options[i];
        if (!option && is_built_in(TEXT_NULL, *letter, &parser->answer))
            return STATUS_OK;
        if (!option) {
            error_set(error, ERROR_USAGE, "unknown option '%.200s'", word);
            return hint_option(parser, text_from(word + 1), error);
        }
        char place[80];
        snprintf(place, sizeof place, "option '-%c'", *letter);
        if (option->kind == OPTION_FLAG) {
            TRY(set_value(parser, option, place, "", error));
            continue;
        }
        const char *value = letter + 1;
        if (*value == '\0')
            TRY(next_word(parser, option, place, &value, error));
        return set_value(parser, option, place, value, error);
    }
    return STATUS_OK;
}

static Status take_words(Parser *parser, Error *error)
{
    bool is_option_allowed = true;
    while (parser->next < parser->argc && parser->answer == OPTION_RUN) {
        const char *word = parser->argv[parser->next++];
        if (is_option_allowed && strcmp(word, "--") == 0)
            is_option_allowed = false;
        else if (is_option_allowed && word[0] == '-' && word[1] == '-')
            TRY(take_long(parser, word, error));
        else if (is_option_allowed && word[0] == '-' && word[1] != '\0')
            TRY(take_letters(parser, word, error));
        else
            parser->words[parser->word_count++] = word;
    }
    return STATUS_OK;
}

/* --- the environment ------------------------------------------------------------------------------------------ */

static Status set_flag_from(const Parser *parser, const Option *option, const char *place, const char *value,
                            Error *error)
{
    bool is_on = strcmp(value, "1") == 0 || strcmp(value, "true") == 0 || strcmp(value, "yes") == 0;
    bool is_off = strcmp(value, "0") == 0 || strcmp(value, "false") == 0 || strcmp(value, "no") == 0;
    if (!is_on && !is_off)
        return bad_value(parser, place, "1 or 0", value, error);
    *(bool *)(parser->values + option->offset) = is_on;
    return STATUS_OK;
}

static Status set_list_from(Parser *parser, const Option *option, const char *place, Text value, Error *error)
{
    size_t capacity = 1;
    for (size_t i = 0; i < value.size; i++)
        capacity += value.data[i] == ',';
    for (size_t start = 0; start <= value.size;) {
        Text rest = {value.data + start, value.size - start};
        Text item = {rest.data, text_find(rest, ',')};
        start += item.size + 1;
        const char *copy = arena_copy(parser->arena, text_trim(item));
        if (!copy)
            return error_no_memory(error);
        if (*copy == '\0')
            return bad_value(parser, place, "a list with commas between its values", value.data, error);
        TRY(append_item(parser, option, copy, capacity, error));
        parser->is_given[option - parser->program->options] = true;
    }
    return STATUS_OK;
}

static Status take_environment(Parser *parser, Error *error)
{
    for (size_t i = 0; i < parser->program->option_count; i++) {
        const Option *option = &parser->program->options[i];
        const char *value = option->variable && !parser->is_given[i] ? getenv(option->variable) : NULL;
        if (!value || *value == '\0')
            continue;
        char place[96];
        snprintf(place, sizeof place, "variable %s", option->variable);
        if (option->kind == OPTION_FLAG)
            TRY(set_flag_from(parser, option, place, value, error));
        else if (option->kind == OPTION_LIST)
            TRY(set_list_from(parser, option, place, text_from(value), error));
        else
            TRY(set_value(parser, option, place, value, error));
    }
    return STATUS_OK;
}

/* --- commands ------------------------------------------------------------------------------------------------- */

static Status unknown_command(const Parser *parser, const char *word, Error *error)
{
    const char *names[MAXIMUM_NAMES];
    size_t count = 0;
    for (; count < parser->program->command_count && count < MAXIMUM_NAMES; count++)
        names[count] = parser->program->commands[count].name;
    error_set(error, ERROR_USAGE, "unknown command '%.200s'", word);
    return hint_nearest(parser, text_from(word), "", names, count, error);
}

static Status take_command(const Parser *parser, OptionLine *ret_line, Error *error)
{
    const OptionProgram *program = parser->program;
    *ret_line = (OptionLine){.command = program->command_count ? &program->commands[0] : NULL};
    if (program->command_count && parser->word_count) {
        size_t i = 0;
        while (i < program->command_count && strcmp(program->commands[i].name, parser->words[0]) != 0)
            i++;
        if (i == program->command_count)
            return unknown_command(parser, parser->words[0], error);
        ret_line->command = &program->commands[i];
        ret_line->arguments = parser->words + 1;
        ret_line->argument_count = parser->word_count - 1;
    }
    const OptionCommand *command = ret_line->command;
    size_t count = command ? ret_line->argument_count : parser->word_count, maximum = command ? command->maximum : 0;
    if (count > maximum)
        error_set(error, ERROR_USAGE, "unexpected argument '%.200s'", parser->words[maximum + (command ? 1 : 0)]);
    else if (command && count < command->minimum)
        error_set(error, ERROR_USAGE, "command '%s' needs %s", command->name, command->arguments);
    else
        return STATUS_OK;
    return usage_hint(parser, error);
}

Status option_parse(const OptionProgram *program, int argc, char *const *argv, Arena *arena, void *ret_values,
                    OptionLine *ret_line, Error *error)
{
    Parser parser = {.program = program, .argc = argc, .argv = argv, .next = 1, .arena = arena};
    parser.values = arena_allocate(arena, program->values_size);
    parser.is_given = arena_allocate(arena, program->option_count * sizeof(bool));
    parser.words = arena_allocate(arena, (size_t)(argc > 0 ? argc : 0) * sizeof(const char *));
    if (!parser.values || !parser.is_given || !parser.words)
        return error_no_memory(error);
    memcpy(parser.values, ret_values, program->values_size);
    TRY(take_words(&parser, error));
    OptionLine line = {.answer = parser.answer};
    if (parser.answer == OPTION_RUN) {
        TRY(take_environment(&parser, error));
        TRY(take_command(&parser, &line, error));
        memcpy(ret_values, parser.values, program->values_size);
    }
    *ret_line = line;
    return STATUS_OK;
}
