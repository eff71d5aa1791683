// A mock OpenAI endpoint that costs almost nothing: what proxies add can be measured against it.
//
//     cc -O2 -o upstream upstream.c && ./upstream PORT [TOKENS]
//
// Answers POST requests with one chat completion: as JSON, or as TOKENS server-sent events when the body asks for a stream; GET
// requests with a list of one model. One thread, epoll, keep-alive; for benchmarks on loopback only.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_REQUEST = 1 << 20, MAX_FILES = 65536 };

struct connection {
    char *bytes;
    size_t count;
};

static struct connection connections[MAX_FILES];
static char *whole, *streamed, *models;
static size_t whole_size, streamed_size, models_size;

static char *join(const char *head, const char *body, size_t *size) {
    char *text = malloc(strlen(head) + strlen(body) + 64);
    *size = (size_t)sprintf(text, head, strlen(body));
    memcpy(text + *size, body, strlen(body));
    *size += strlen(body);
    return text;
}

static void prepare(int tokens) {
    const char *json = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n";
    const char *events = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %zu\r\n\r\n";
    char *text = calloc(1, (size_t)tokens * 8 + 1024);
    strcpy(text, "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"mock\",\"choices\":[{\"index\":0,"
                 "\"message\":{\"role\":\"assistant\",\"content\":\"");
    for (int token = 0; token < tokens; token++) strcat(text, "word ");
    strcat(text, "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9,\"total_tokens\":18}}");
    whole = join(json, text, &whole_size);
    free(text);
    text = calloc(1, (size_t)tokens * 256 + 1024);
    for (int token = 0; token < tokens; token++)
        strcat(text, "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"mock\",\"choices\":[{"
                     "\"index\":0,\"delta\":{\"content\":\"word \"},\"finish_reason\":null}]}\n\n");
    strcat(text, "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"mock\",\"choices\":[{\"index\":0,"
                 "\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    streamed = join(events, text, &streamed_size);
    free(text);
    models = join(json, "{\"object\":\"list\",\"data\":[{\"id\":\"mock\",\"object\":\"model\",\"created\":1,\"owned_by\":\"mock\"}]}", &models_size);
}

static void drop(int file) {
    close(file);
    free(connections[file].bytes);
    connections[file] = (struct connection){0};
}

static int send_all(int file, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t sent = send(file, bytes, size, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EAGAIN || errno == EINTR) continue;
            return -1;
        }
        bytes += sent;
        size -= (size_t)sent;
    }
    return 0;
}

// Answers every whole request in the buffer.
static int answer(int file) {
    struct connection *connection = &connections[file];
    for (;;) {
        connection->bytes[connection->count] = 0;
        char *end = strstr(connection->bytes, "\r\n\r\n");
        if (!end) return 0;
        size_t head = (size_t)(end - connection->bytes) + 4, body = 0, used;
        char *field = strcasestr(connection->bytes, "\r\ncontent-length:");
        int is_chunked = 0;
        if (field && field < end) {
            body = strtoul(field + 17, NULL, 10);
        } else {
            field = strcasestr(connection->bytes, "\r\ntransfer-encoding: chunked");
            is_chunked = field && field < end;
        }
        if (is_chunked) {
            char *last = strstr(end + 4, "0\r\n\r\n");
            if (!last) return 0;
            used = (size_t)(last + 5 - connection->bytes);
        } else {
            used = head + body;
        }
        if (used > connection->count) return connection->count >= MAX_REQUEST - 1 ? -1 : 0;
        int is_get = strncmp(connection->bytes, "GET", 3) == 0;
        char kept = connection->bytes[used];
        connection->bytes[used] = 0;
        char *wish = is_get ? NULL : strstr(end + 4, "\"stream\"");
        int wants_stream = 0;
        if (wish) {
            wish += strlen("\"stream\"");
            while (*wish == ' ' || *wish == ':') wish++;
            wants_stream = strncmp(wish, "true", 4) == 0;
        }
        connection->bytes[used] = kept;
        int failed = is_get ? send_all(file, models, models_size)
            : wants_stream ? send_all(file, streamed, streamed_size) : send_all(file, whole, whole_size);
        if (failed) return -1;
        memmove(connection->bytes, connection->bytes + used, connection->count - used);
        connection->count -= used;
        if (connection->count == 0) return 0;
    }
}

int main(int count, char **arguments) {
    if (count < 2) {
        fprintf(stderr, "usage: upstream PORT [TOKENS]\n");
        return 64;
    }
    prepare(count > 2 ? atoi(arguments[2]) : 32);
    signal(SIGPIPE, SIG_IGN);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        perror("upstream");
        return 1;
    }
    int poll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(poll, events, 256, -1);
        for (int index = 0; index < ready; index++) {
            int file = events[index].data.fd;
            if (file == listener) {
                int client;
                while ((client = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    if (client >= MAX_FILES) {
                        close(client);
                        continue;
                    }
                    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                    connections[client].bytes = malloc(MAX_REQUEST);
                    connections[client].count = 0;
                    event = (struct epoll_event){.events = EPOLLIN, .data.fd = client};
                    epoll_ctl(poll, EPOLL_CTL_ADD, client, &event);
                }
                continue;
            }
            struct connection *connection = &connections[file];
            ssize_t got = recv(file, connection->bytes + connection->count, MAX_REQUEST - 1 - connection->count, 0);
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
            if (got <= 0) {
                drop(file);
                continue;
            }
            connection->count += (size_t)got;
            if (answer(file)) drop(file);
        }
    }
}
