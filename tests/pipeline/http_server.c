/* A web server for tests: answers as a script says, also badly. One process, bound to 127.0.0.1 on a free port.
 *
 *     test_http_server SCRIPT PORT_FILE LOG_FILE
 *
 * The script is read anew for each request, so that a test can change it. The first line `page` whose texts all stand
 * in the request (its line, headers and body) gives the answer; with `fault` lines the first, second, ... request for
 * that page gets something else:
 *
 *     require "Authorization: Bearer abc"                      without it: 401
 *     page second has "GET /deals" has after=2 file 2.json header "Link: <...>; rel=next"
 *     page first  has "GET /deals" lacks after= file 1.json
 *     fault second 1 status 429 header "Retry-After: 1"
 *     fault second 2 cut 100
 *     fault second * delay 500
 *
 * Of a page: has, lacks, file (relative to the script's folder), body, status, header, chunked, unframed (ends with the
 * connection), raw (the body is all that is answered). Of a fault, besides status, header, body and file: cut N (the
 * connection ends behind N bytes of the body), short N (the body is N bytes, and is said to be), stall N (nothing
 * follows behind N bytes), delay MS, close.
 * "*" is every request. A port in an answer is written as @PORT@. Each request is a line of the log: page, number,
 * request line, body.
 */
#include "common/buffer.h"
#include "common/file.h"
#include "common/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTIONS_MAX = 32,
    PAGES_MAX = 256,
    WORDS_MAX = 64,
    REQUEST_CEILING = 1 << 20,
    ANSWER_CEILING = 64 << 20,
    SCRIPT_CEILING = 1 << 20,
};

typedef struct Connection {
    int descriptor; /* -1: free */
    Buffer request, answer;
    size_t sent, limit; /* what is to be sent; behind it the connection ends or stalls */
    int64_t at;         /* milliseconds: when the answer may go */
    bool is_answered, stalls;
} Connection;

typedef struct Server {
    const char *script, *folder, *log;
    int port, listener;
    Connection connections[CONNECTIONS_MAX];
    char names[PAGES_MAX][32]; /* of pages that were asked for, and how often */
    int hits[PAGES_MAX];
} Server;

/* What a line of the script says. */
typedef struct Line {
    const char *words[WORDS_MAX];
    size_t count;
} Line;

/* What is to be answered. */
typedef struct Answer {
    int status;
    Buffer headers, body;
    bool is_chunked, is_unframed, is_raw, closes, stalls;
    size_t limit; /* bytes of the body that are sent */
    int64_t delay;
} Answer;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void must(Status status, const Error *error)
{
    if (status == STATUS_OK)
        return;
    fprintf(stderr, "test_http_server: %s\n", error->message);
    exit(1);
}

static int64_t now_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- the script ----------------------------------------------------------------------------------------------- */

/* Cuts a line into words in place; quotes hold blanks together, and a backslash in them a quote. */
static void split(char *text, Line *ret_line)
{
    ret_line->count = 0;
    for (char *at = text; *at && ret_line->count < WORDS_MAX;) {
        while (*at == ' ')
            at++;
        if (!*at || *at == '#')
            break;
        char end = *at == '"' ? '"' : ' ';
        at += end == '"';
        char *out = at;
        ret_line->words[ret_line->count++] = at;
        for (; *at && *at != end; at++) {
            at += *at == '\\' && at[1] && end == '"';
            *out++ = *at;
        }
        at += *at != '\0';
        *out = '\0';
    }
}

static bool holds(const Buffer *request, const char *text)
{
    return memmem(request->data, request->size, text, strlen(text)) != NULL;
}

static bool matches(const Line *line, const Buffer *request)
{
    for (size_t i = 2; i + 1 < line->count; i++) {
        if (strcmp(line->words[i], "has") == 0 && !holds(request, line->words[i + 1]))
            return false;
        if (strcmp(line->words[i], "lacks") == 0 && holds(request, line->words[i + 1]))
            return false;
    }
    return true;
}

static void append_body(const Server *server, Answer *answer, const char *file, const char *text)
{
    Error error = ERROR_INIT;
    char path[4096];
    buffer_clear(&answer->body);
    if (file) {
        snprintf(path, sizeof path, "%s/%s", server->folder, file);
        must(file_read_all(path, ANSWER_CEILING, &answer->body, &error), &error);
    } else {
        must(buffer_append(&answer->body, text_from(text), &error), &error);
    }
    answer->limit = SIZE_MAX;
}

/* The words from `first` on that say what is answered. */
static void apply(const Server *server, const Line *line, size_t first, Answer *answer)
{
    Error error = ERROR_INIT;
    for (size_t i = first; i < line->count; i++) {
        const char *word = line->words[i], *value = i + 1 < line->count ? line->words[i + 1] : "";
        if (strcmp(word, "chunked") == 0) {
            answer->is_chunked = true;
            continue;
        }
        if (strcmp(word, "unframed") == 0) {
            answer->is_unframed = true;
            continue;
        }
        if (strcmp(word, "raw") == 0) {
            answer->is_raw = true;
            continue;
        }
        if (strcmp(word, "close") == 0) {
            answer->closes = true;
            continue;
        }
        i++;
        if (strcmp(word, "status") == 0) {
            answer->status = (int)strtol(value, NULL, 10);
            buffer_clear(&answer->body); /* what follows may be another */
        }
        if (strcmp(word, "header") == 0)
            must(buffer_printf(&answer->headers, &error, "%s\r\n", value), &error);
        else if (strcmp(word, "file") == 0)
            append_body(server, answer, value, NULL);
        else if (strcmp(word, "body") == 0)
            append_body(server, answer, NULL, value);
        else if (strcmp(word, "delay") == 0)
            answer->delay = strtol(value, NULL, 10);
        else if (strcmp(word, "cut") == 0)
            answer->limit = strtoul(value, NULL, 10);
        else if (strcmp(word, "stall") == 0)
            answer->limit = strtoul(value, NULL, 10), answer->stalls = true;
        else if (strcmp(word, "short") == 0 && strtoul(value, NULL, 10) < answer->body.size)
            answer->body.size = strtoul(value, NULL, 10);
    }
}

static int count_hit(Server *server, const char *name)
{
    for (size_t i = 0; i < PAGES_MAX; i++) {
        if (!server->names[i][0])
            snprintf(server->names[i], sizeof server->names[i], "%s", name);
        if (strcmp(server->names[i], name) == 0)
            return ++server->hits[i];
    }
    return 0;
}

static void log_request(const Server *server, const Buffer *request, const char *name, int hit)
{
    FILE *log = fopen(server->log, "a");
    if (!log)
        die(server->log);
    const char *end = memchr(request->data, '\r', request->size);
    const char *body = memmem(request->data, request->size, "\r\n\r\n", 4);
    fprintf(log, "%s %d %.*s %s\n", name, hit, (int)(end ? end - request->data : 0), request->data,
            body ? body + 4 : "");
    fclose(log);
}

/* The lines of the script in order: what is required, the page, its faults. */
static void choose(Server *server, const Buffer *request, Answer *answer)
{
    Error error = ERROR_INIT;
    cleanup(buffer_done) Buffer script = buffer_make(SCRIPT_CEILING);
    must(file_read_all(server->script, SCRIPT_CEILING, &script, &error), &error);
    char name[32] = "";
    int hit = 0;
    char *rest = script.data;
    for (char *text; (text = strsep(&rest, "\n"));) {
        Line line;
        split(text, &line);
        bool is_page = line.count > 2 && strcmp(line.words[0], "page") == 0;
        if (line.count == 2 && strcmp(line.words[0], "require") == 0 && !holds(request, line.words[1])) {
            answer->status = 401;
            append_body(server, answer, NULL, "{\"message\":\"who are you?\"}");
            snprintf(name, sizeof name, "refused");
            break;
        }
        if (is_page && !*name && matches(&line, request)) {
            snprintf(name, sizeof name, "%s", line.words[1]);
            hit = count_hit(server, name);
            answer->status = 200;
            apply(server, &line, 2, answer);
        }
        if (line.count > 3 && strcmp(line.words[0], "fault") == 0 && strcmp(line.words[1], name) == 0 &&
            (strcmp(line.words[2], "*") == 0 || strtol(line.words[2], NULL, 10) == hit))
            apply(server, &line, 3, answer);
    }
    log_request(server, request, *name ? name : "unknown", hit);
}

/* --- answers -------------------------------------------------------------------------------------------------- */

/* @PORT@ becomes the port, which only we know. */
static void write_port(Buffer *buffer, int port)
{
    char digits[16];
    snprintf(digits, sizeof digits, "%06d", port);
    for (char *at = buffer->data; at && (at = strstr(at, "@PORT@"));)
        memcpy(at, digits, 6);
}

static void write_head(Buffer *out, const Answer *answer)
{
    Error error = ERROR_INIT;
    size_t size = answer->body.size;
    if (answer->is_raw)
        return;
    must(buffer_printf(out, &error, "HTTP/1.1 %d Scripted\r\nConnection: close\r\n", answer->status), &error);
    must(buffer_append(out, buffer_text(&answer->headers), &error), &error);
    if (answer->is_chunked)
        must(buffer_printf(out, &error, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n", size), &error);
    else if (answer->is_unframed)
        must(buffer_printf(out, &error, "\r\n"), &error);
    else
        must(buffer_printf(out, &error, "Content-Length: %zu\r\n\r\n", size), &error);
}

static void write_answer(Connection *connection, Answer *answer)
{
    Error error = ERROR_INIT;
    Buffer *out = &connection->answer;
    size_t size = answer->body.size;
    write_head(out, answer);
    size_t head = out->size;
    must(buffer_append(out, buffer_text(&answer->body), &error), &error);
    bool is_whole = answer->limit >= size;
    if (answer->is_chunked)
        must(buffer_append(out, size ? TEXT("\r\n0\r\n\r\n") : TEXT("\r\n"), &error), &error);
    connection->limit = is_whole ? out->size : head + answer->limit;
    connection->stalls = answer->stalls;
    connection->at = now_milliseconds() + answer->delay;
    if (answer->closes)
        connection->limit = 0;
}

static void answer_request(Server *server, Connection *connection)
{
    Answer answer = {
        .status = 404, .headers = buffer_make(ANSWER_CEILING), .body = buffer_make(ANSWER_CEILING), .limit = SIZE_MAX};
    choose(server, &connection->request, &answer);
    write_port(&answer.headers, server->port);
    if (!memmem(answer.body.data ? answer.body.data : "", answer.body.size, "\x1f\x8b", 2))
        write_port(&answer.body, server->port);
    write_answer(connection, &answer);
    connection->is_answered = true;
    buffer_done(&answer.headers);
    buffer_done(&answer.body);
}

/* --- connections ---------------------------------------------------------------------------------------------- */

static void hang_up(Connection *connection)
{
    close(connection->descriptor);
    buffer_done(&connection->request);
    buffer_done(&connection->answer);
    *connection = (Connection){.descriptor = -1};
}

static bool is_whole(const Buffer *request)
{
    const char *end = memmem(request->data, request->size, "\r\n\r\n", 4);
    if (!end)
        return false;
    const char *length = strcasestr(request->data, "\r\nContent-Length:");
    size_t body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    return request->size >= (size_t)(end + 4 - request->data) + body;
}

static void receive(Server *server, Connection *connection)
{
    char bytes[16 * 1024];
    Error error = ERROR_INIT;
    ssize_t size = recv(connection->descriptor, bytes, sizeof bytes, 0);
    if (size <= 0) {
        if (size == 0 || (errno != EAGAIN && errno != EINTR))
            hang_up(connection);
        return;
    }
    must(buffer_append_bytes(&connection->request, bytes, (size_t)size, &error), &error);
    if (!connection->is_answered && is_whole(&connection->request))
        answer_request(server, connection);
}

static void transmit(Connection *connection)
{
    if (connection->sent < connection->limit) {
        ssize_t size = send(connection->descriptor, connection->answer.data + connection->sent,
                            connection->limit - connection->sent, MSG_NOSIGNAL);
        if (size < 0 && errno != EAGAIN && errno != EINTR) {
            hang_up(connection);
            return;
        }
        connection->sent += size > 0 ? (size_t)size : 0;
    }
    if (connection->sent == connection->limit && !connection->stalls)
        hang_up(connection);
}

static void take_connection(Server *server)
{
    int descriptor = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    for (size_t i = 0; descriptor >= 0 && i < CONNECTIONS_MAX; i++) {
        if (server->connections[i].descriptor >= 0)
            continue;
        server->connections[i] = (Connection){
            .descriptor = descriptor,
            .request = buffer_make(REQUEST_CEILING),
            .answer = buffer_make(ANSWER_CEILING),
        };
        return;
    }
    if (descriptor >= 0)
        close(descriptor);
}

static bool is_due(const Connection *connection)
{
    bool has_more = connection->sent < connection->limit || !connection->stalls;
    return connection->is_answered && has_more && connection->at <= now_milliseconds();
}

static void serve(Server *server)
{
    for (;;) {
        struct pollfd waiting[CONNECTIONS_MAX + 1] = {{.fd = server->listener, .events = POLLIN}};
        for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
            const Connection *connection = &server->connections[i];
            waiting[i + 1].fd = connection->descriptor;
            waiting[i + 1].events = (short)(POLLIN | (connection->descriptor >= 0 && is_due(connection) ? POLLOUT : 0));
        }
        if (poll(waiting, CONNECTIONS_MAX + 1, 20) < 0 && errno != EINTR)
            die("poll");
        for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
            Connection *connection = &server->connections[i];
            if (connection->descriptor >= 0 && waiting[i + 1].revents & (POLLIN | POLLHUP | POLLERR))
                receive(server, connection);
            if (connection->descriptor >= 0 && waiting[i + 1].revents & POLLOUT)
                transmit(connection);
        }
        if (waiting[0].revents & POLLIN)
            take_connection(server);
    }
}

static void listen_anywhere(Server *server, const char *port_file)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (server->listener < 0 || bind(server->listener, (struct sockaddr *)&address, size) != 0 ||
        listen(server->listener, 16) != 0 || getsockname(server->listener, (struct sockaddr *)&address, &size) != 0)
        die("listen");
    server->port = ntohs(address.sin_port);
    Error error = ERROR_INIT;
    char digits[16];
    int length = snprintf(digits, sizeof digits, "%d\n", server->port);
    cleanup(file_writer_done) FileWriter writer = FILE_WRITER_INIT;
    must(file_writer_open(port_file, 0600, &writer, &error), &error);
    must(file_writer_write(&writer, digits, (size_t)length, &error), &error);
    must(file_writer_commit(&writer, &error), &error);
}

int main(int argc, char **argv)
{
    static Server server;
    if (argc != 4) {
        fputs("usage: test_http_server SCRIPT PORT_FILE LOG_FILE\n", stderr);
        return 64;
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* no longer than the test */
    char *folder = strdup(argv[1]);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash)
        *slash = '\0';
    server.script = argv[1];
    server.folder = slash ? folder : ".";
    server.log = argv[3];
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        server.connections[i].descriptor = -1;
    listen_anywhere(&server, argv[2]);
    serve(&server);
}
