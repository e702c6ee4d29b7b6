/* The three answers that a program gives about itself, from its table: see common/option.h. */
#include "common/option.h"

#include <errno.h>

enum { LINE_WIDTH = 96, NAME_WIDTH = 28, NAME_INDENT = 2, NAME_GAP = 2 };

/* One line of a list: a name, and what it means. */
typedef struct Entry {
    char name[128];
    char composed[256]; /* where the meaning is put together */
    const char *meaning;
} Entry;

typedef enum Section {
    SECTION_COMMANDS,
    SECTION_OPTIONS,
    SECTION_ENVIRONMENT,
    SECTION_FILES,
    SECTION_EXIT_CODES,
    SECTION_COUNT,
} Section;

static const char *const section_titles[SECTION_COUNT] = {"commands", "options", "environment", "files", "exit codes"};

static const OptionNote exit_codes[] = {
    {"0", "done"},
    {"2", "done, but a source was refused for its rejects or deletions"},
    {"64", "the command line is wrong"},
    {"65", "an input cannot be used"},
    {"66", "an input is missing"},
    {"69", "the server cannot be reached, or went away"},
    {"70", "a bug, or no memory"},
    {"73, 74", "an output cannot be made; reading or writing failed"},
    {"75", "somebody else is at work: try again later"},
    {"77", "not permitted"},
    {"78", "the configuration is wrong"},
    {"130, 143", "stopped by SIGINT, by SIGTERM"},
};

static const Option built_in[] = {
    {.name = "help", .letter = 'h', .meaning = "print this help"},
    {.name = "version", .letter = 'V', .meaning = "print the version"},
    {.name = "man", .meaning = "print the manual page, in roff"},
};

enum {
    EXIT_CODE_COUNT = sizeof exit_codes / sizeof exit_codes[0],
    BUILT_IN_COUNT = sizeof built_in / sizeof built_in[0],
};

/* --- the entries of a section, from the table ----------------------------------------------------------------- */

static bool command_entry(const OptionProgram *program, size_t index, Entry *entry)
{
    if (index >= program->command_count)
        return false;
    const OptionCommand *command = &program->commands[index];
    snprintf(entry->name, sizeof entry->name, "%s%s%s", command->name, command->arguments ? " " : "",
             command->arguments ? command->arguments : "");
    snprintf(entry->composed, sizeof entry->composed, "%s%s", command->meaning, index == 0 ? " (default)" : "");
    entry->meaning = entry->composed;
    return true;
}

static bool option_entry(const OptionProgram *program, size_t index, Entry *entry)
{
    if (index >= program->option_count + BUILT_IN_COUNT)
        return false;
    const Option *option =
        index < program->option_count ? &program->options[index] : &built_in[index - program->option_count];
    char letter[] = "    ";
    if (option->letter)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    snprintf(entry->name, sizeof entry->name, "%s--%s%s%s", option->letter ? letter : "    ", option->name,
             option->argument ? " " : "", option->argument ? option->argument : "");
    entry->meaning = option->meaning;
    return true;
}

static bool note_entry(const OptionNote *notes, size_t count, size_t index, Entry *entry)
{
    if (index >= count)
        return false;
    snprintf(entry->name, sizeof entry->name, "%s", notes[index].name);
    entry->meaning = notes[index].meaning;
    return true;
}

static bool environment_entry(const OptionProgram *program, size_t index, Entry *entry)
{
    for (size_t i = 0; i < program->option_count; i++) {
        const Option *option = &program->options[i];
        if (!option->variable || index-- > 0)
            continue;
        snprintf(entry->name, sizeof entry->name, "%s", option->variable);
        snprintf(entry->composed, sizeof entry->composed, "the same as --%s%s", option->name,
                 option->kind == OPTION_FLAG   ? ": 1 or 0"
                 : option->kind == OPTION_LIST ? ", with commas between several"
                                               : "");
        entry->meaning = entry->composed;
        return true;
    }
    return note_entry(program->variables, program->variable_count, index, entry);
}

/* The entry of that index; false past the last one. */
static bool section_entry(const OptionProgram *program, Section section, size_t index, Entry *ret_entry)
{
    switch (section) {
    case SECTION_COMMANDS:
        return command_entry(program, index, ret_entry);
    case SECTION_OPTIONS:
        return option_entry(program, index, ret_entry);
    case SECTION_ENVIRONMENT:
        return environment_entry(program, index, ret_entry);
    case SECTION_FILES:
        return note_entry(program->files, program->file_count, index, ret_entry);
    case SECTION_EXIT_CODES:
        return note_entry(exit_codes, EXIT_CODE_COUNT, index, ret_entry);
    default:
        return false;
    }
}

/* "[run | migrate | erase E-MAIL]" */
static void print_commands(const OptionProgram *program, char *text, size_t capacity)
{
    size_t size = 0;
    for (size_t i = 0; i < program->command_count && size < capacity; i++) {
        const OptionCommand *command = &program->commands[i];
        int more = snprintf(text + size, capacity - size, "%s%s%s%s%s", i ? " | " : " [", command->name,
                            command->arguments ? " " : "", command->arguments ? command->arguments : "",
                            i + 1 == program->command_count ? "]" : "");
        size += more > 0 ? (size_t)more : 0;
    }
}

/* --- help ----------------------------------------------------------------------------------------------------- */

/* Prints words from column `column` on, and begins each further line at column `indent`. */
static void print_wrapped(FILE *stream, size_t column, size_t indent, const char *text)
{
    bool is_first = true;
    while (*text) {
        size_t size = strcspn(text, " ");
        if (!is_first && column + 1 + size > LINE_WIDTH) {
            fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!is_first) {
            fputc(' ', stream);
            column++;
        }
        fwrite(text, 1, size, stream);
        column += size;
        text += size;
        text += strspn(text, " ");
        is_first = false;
    }
    fputc('\n', stream);
}

static size_t section_width(const OptionProgram *program, Section section)
{
    size_t width = 0;
    Entry entry;
    for (size_t i = 0; section_entry(program, section, i, &entry); i++) {
        size_t size = strlen(entry.name);
        if (size > width && size <= NAME_WIDTH)
            width = size;
    }
    return width;
}

static void print_section(const OptionProgram *program, Section section, FILE *stream)
{
    size_t indent = NAME_INDENT + section_width(program, section) + NAME_GAP;
    Entry entry;
    for (size_t i = 0; section_entry(program, section, i, &entry); i++) {
        if (i == 0)
            fprintf(stream, "\n%s:\n", section_titles[section]);
        fprintf(stream, "%*s%s", NAME_INDENT, "", entry.name);
        size_t column = NAME_INDENT + strlen(entry.name);
        if (column + NAME_GAP > indent) {
            fputc('\n', stream);
            column = 0;
        }
        fprintf(stream, "%*s", (int)(indent - column), "");
        print_wrapped(stream, indent, indent, entry.meaning);
    }
}

void option_print_help(const OptionProgram *program, FILE *stream)
{
    char commands[1024] = "", usage[1280];
    print_commands(program, commands, sizeof commands);
    fprintf(stream, "%s: ", program->name);
    print_wrapped(stream, strlen(program->name) + 2, 0, program->purpose);
    fputc('\n', stream);
    snprintf(usage, sizeof usage, "usage: %s [OPTION]...%s", program->name, commands);
    print_wrapped(stream, 0, strlen("usage: "), usage);
    if (program->description) {
        fputc('\n', stream);
        print_wrapped(stream, 0, 0, program->description);
    }
    for (Section section = 0; section < SECTION_COUNT; section++)
        print_section(program, section, stream);
}

void option_print_version(const OptionProgram *program, FILE *stream)
{
    fprintf(stream, "%s %s\n", program->name, program->version);
}

/* --- manual page ---------------------------------------------------------------------------------------------- */

/* What roff would take as a command, an escape or a hyphen is escaped. */
static void print_escaped(FILE *stream, const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stream);
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", stream);
        else if (*text == '-')
            fputs("\\-", stream);
        else
            fputc(*text == '\n' ? ' ' : *text, stream);
    }
}

static void print_roff(FILE *stream, const char *text)
{
    print_escaped(stream, text);
    fputc('\n', stream);
}

static void print_upper(FILE *stream, const char *text)
{
    for (; *text; text++)
        fputc(*text >= 'a' && *text <= 'z' ? *text - 'a' + 'A' : *text, stream);
}

static void print_man_section(const OptionProgram *program, Section section, FILE *stream)
{
    Entry entry;
    for (size_t i = 0; section_entry(program, section, i, &entry); i++) {
        if (i == 0) {
            fputs(".SH ", stream);
            print_upper(stream, section == SECTION_EXIT_CODES ? "exit status" : section_titles[section]);
            fputc('\n', stream);
        }
        fputs(".TP\n\\fB", stream);
        print_roff(stream, entry.name + strspn(entry.name, " "));
        fputs("\\fR", stream);
        print_roff(stream, entry.meaning);
    }
}

void option_print_man(const OptionProgram *program, FILE *stream)
{
    char commands[1024] = "", usage[1280];
    print_commands(program, commands, sizeof commands);
    fputs(".TH ", stream);
    print_upper(stream, program->name);
    fprintf(stream, " 1 \"\" \"%s %s\" \"User Commands\"\n.SH NAME\n", program->name, program->version);
    print_escaped(stream, program->name);
    fputs(" \\- ", stream);
    print_roff(stream, program->purpose);
    fputs(".SH SYNOPSIS\n", stream);
    snprintf(usage, sizeof usage, "%s [OPTION]...%s", program->name, commands);
    print_roff(stream, usage);
    if (program->description) {
        fputs(".SH DESCRIPTION\n", stream);
        print_roff(stream, program->description);
    }
    for (Section section = 0; section < SECTION_COUNT; section++)
        print_man_section(program, section, stream);
}

Status option_answer(const OptionProgram *program, OptionAnswer answer, FILE *stream, Error *error)
{
    if (answer == OPTION_HELP)
        option_print_help(program, stream);
    else if (answer == OPTION_VERSION)
        option_print_version(program, stream);
    else if (answer == OPTION_MAN)
        option_print_man(program, stream);
    if (fflush(stream) != 0 || ferror(stream))
        return error_set_errno(error, ERROR_IO, errno, "cannot write the answer");
    return STATUS_OK;
}
