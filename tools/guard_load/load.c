/* A model server that only replays, and a load generator, in one process on one core.
 *
 *   load --serve PORT --route PATH=JSON_FILE,SSE_FILE [--route ...] [--pace-us N]
 *        --target PORT --request FILE --connections N --seconds S [--warm S] [--streams]
 *
 * The server answers a POST to PATH with the bytes of JSON_FILE, or, where the body asks for
 * a stream, with the events of SSE_FILE (each ends in an empty line), one chunk an event, one
 * event every N microseconds. The generator is a closed loop: each connection sends the next
 * request when the last answer is whole. Latencies are kept one by one and sorted: no
 * histogram rounds them. It ends by itself, and prints one line of JSON.
 *
 * With --target 0 it only serves, until it is ended; with --serve 0 it only asks.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 8192
#define BUFFER (512 * 1024)

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

typedef struct {
    char *data;
    size_t size;
} Bytes;

static Bytes read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) die(path);
    Bytes b = {malloc(1 << 22), 0};
    b.size = fread(b.data, 1, (1 << 22) - 1, file);
    b.data[b.size] = 0;
    fclose(file);
    return b;
}

typedef struct {
    char path[128];
    Bytes answer;
    Bytes events[1024];
    int event_count;
} Route;

enum Kind { LISTENER, SERVED, CLIENT };

typedef struct {
    enum Kind kind;
    int fd;
    char *in;
    size_t have;
    /* what is left to write */
    const char *out;
    char *own;
    size_t left;
    /* served: the stream under way */
    Route *stream;
    int next_event;
    double due_us;
    /* client: the answer under way */
    double sent_us, last_us;
    bool in_body, chunked, first_seen;
    long body_left;
    int matched, tail_matched;
    long events;
} Conn;

static Route routes[8];
static int route_count, epoll_fd, listener_fd = -1;
static double pace_us = 0;
static Conn *streams[MOST];
static int stream_count;
static Bytes request;
static bool expect_streams;
static long expected_events;
static bool measuring;
static double *latencies, *firsts;
static long done, kept_l, kept_f, bad, lost_streams, lost_events, total_events, over_gap, bytes_in;
static double gap_limit_us = 1e12, longest_gap_us;
static const char STREAM_HEAD[] =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

static void watch(Conn *c, uint32_t events, int how) {
    struct epoll_event e = {.events = events, .data.ptr = c};
    if (epoll_ctl(epoll_fd, how, c->fd, &e) < 0) die("epoll_ctl");
}

static void nodelay(int fd) {
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static Conn *make(enum Kind kind, int fd) {
    Conn *c = calloc(1, sizeof *c);
    c->kind = kind;
    c->fd = fd;
    if (kind != LISTENER) c->in = malloc(BUFFER);
    return c;
}

static void drop(Conn *c) {
    for (int i = 0; i < stream_count; i++)
        if (streams[i] == c) streams[i--] = streams[--stream_count];
    close(c->fd);
    c->fd = -1;
}

/* Writes what it can; the rest when there is room. */
static bool put(Conn *c, const char *data, size_t size) {
    while (size) {
        ssize_t n = send(c->fd, data, size, MSG_NOSIGNAL);
        if (n < 0) {
            if (errno != EAGAIN) return false;
            c->own = realloc(c->own, c->left + size);
            memmove(c->own, c->left ? c->out : data, c->left);
            memcpy(c->own + c->left, data, size);
            c->out = c->own;
            c->left += size;
            watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
            return true;
        }
        data += n;
        size -= n;
    }
    return true;
}

static bool put_rest(Conn *c) {
    while (c->left) {
        ssize_t n = send(c->fd, c->out, c->left, MSG_NOSIGNAL);
        if (n < 0) return errno == EAGAIN;
        c->out += n;
        c->left -= n;
    }
    watch(c, EPOLLIN, EPOLL_CTL_MOD);
    return true;
}

/* --- the server ------------------------------------------------------------------ */

static bool asks_for_stream(const char *body, size_t size) {
    const char *at = memmem(body, size, "\"stream\"", 8);
    if (!at) return false;
    at += 8;
    while (at < body + size && (*at == ' ' || *at == ':')) at++;
    return !strncmp(at, "true", 4);
}

static bool send_event(Conn *c) {
    Route *r = c->stream;
    char chunk[32768];
    Bytes e = r->events[c->next_event++];
    int n = snprintf(chunk, sizeof chunk, "%zx\r\n", e.size);
    memcpy(chunk + n, e.data, e.size);
    n += e.size;
    bool last = c->next_event == r->event_count;
    n += snprintf(chunk + n, sizeof chunk - n, last ? "\r\n0\r\n\r\n" : "\r\n");
    if (last) c->stream = NULL;
    return put(c, chunk, n);
}

static bool serve(Conn *c) {
    for (;;) {
        char *end = memmem(c->in, c->have, "\r\n\r\n", 4);
        if (!end) return c->have < BUFFER;
        size_t head = end + 4 - c->in, length = 0;
        char *at = strcasestr(c->in, "content-length:");
        if (at && at < end) length = strtoul(at + 15, NULL, 10);
        if (c->have < head + length) return head + length < BUFFER;
        Route *route = NULL;
        char *path = strchr(c->in, ' ') + 1;
        for (int i = 0; i < route_count; i++) {
            size_t n = strlen(routes[i].path);
            if (!strncmp(path, routes[i].path, n) && (path[n] == ' ' || path[n] == '?'))
                route = &routes[i];
        }
        if (!route) {
            const char no[] = "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}";
            if (!put(c, no, sizeof no - 1)) return false;
        } else if (asks_for_stream(c->in + head, length)) {
            if (!put(c, STREAM_HEAD, sizeof STREAM_HEAD - 1)) return false;
            c->stream = route;
            c->next_event = 0;
            if (pace_us > 0) {
                c->due_us = now_us() + pace_us;
                streams[stream_count++] = c;
            }
            if (!send_event(c)) return false;
            while (pace_us == 0 && c->stream)
                if (!send_event(c)) return false;
        } else {
            char first[256];
            int n = snprintf(first, sizeof first,
                             "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                             "content-length: %zu\r\n\r\n", route->answer.size);
            char *whole = malloc(n + route->answer.size);
            memcpy(whole, first, n);
            memcpy(whole + n, route->answer.data, route->answer.size);
            bool fine = put(c, whole, n + route->answer.size);
            free(whole);
            if (!fine) return false;
        }
        c->have -= head + length;
        memmove(c->in, c->in + head + length, c->have);
    }
}

static void pace(double now) {
    for (int i = 0; i < stream_count; i++) {
        Conn *c = streams[i];
        while (c->stream && c->due_us <= now) {
            c->due_us += pace_us;
            if (!send_event(c)) {
                drop(c);
                c->stream = NULL;
                i--;
                goto next;
            }
        }
        if (!c->stream) streams[i--] = streams[--stream_count];
    next:;
    }
}

/* --- the client ------------------------------------------------------------------ */

static void ask(Conn *c) {
    c->in_body = c->first_seen = false;
    c->have = 0;
    c->matched = c->tail_matched = 0;
    c->events = 0;
    c->sent_us = c->last_us = now_us();
    if (!put(c, request.data, request.size)) bad++;
}

static void finish(Conn *c) {
    double now = now_us();
    if (measuring) {
        if (kept_l < 4000000) latencies[kept_l++] = now - c->sent_us;
        done++;
        total_events += c->events;
        if (expect_streams && c->events != expected_events) {
            lost_streams++;
            lost_events += labs(expected_events - c->events);
        }
    }
    ask(c);
}

/* Looks through body bytes for events and for the last chunk. */
static bool body(Conn *c, const char *data, size_t size) {
    static const char event[] = "data:", last[] = "\r\n0\r\n\r\n";
    double now = now_us();
    if (!c->first_seen && size) {
        c->first_seen = true;
        if (measuring && kept_f < 4000000) firsts[kept_f++] = now - c->sent_us;
    } else if (measuring && expect_streams) {
        double gap = now - c->last_us;
        if (gap > longest_gap_us) longest_gap_us = gap;
        if (gap > gap_limit_us) over_gap++;
    }
    c->last_us = now;
    bytes_in += size;
    if (!c->chunked) {
        c->body_left -= size;
        return c->body_left <= 0;
    }
    bool ended = false;
    for (size_t i = 0; i < size; i++) {
        char b = data[i];
        if (b == event[c->matched]) {
            if (++c->matched == 5) {
                c->events++;
                c->matched = 0;
            }
        } else
            c->matched = b == 'd';
        if (b == last[c->tail_matched])
            c->tail_matched++;
        else
            c->tail_matched = b == '\r';
        if (c->tail_matched == 7) {
            ended = true;
            c->tail_matched = 0;
        }
    }
    return ended;
}

static bool answered(Conn *c) {
    if (!c->in_body) {
        char *end = memmem(c->in, c->have, "\r\n\r\n", 4);
        if (!end) return true;
        *(end + 2) = 0;
        if (strncmp(c->in + 9, "200", 3)) {
            if (!bad) fprintf(stderr, "answer: %.300s\n", c->in);
            bad++;
        }
        char *length = strcasestr(c->in, "content-length:");
        c->chunked = strcasestr(c->in, "transfer-encoding: chunked") != NULL;
        c->body_left = length ? strtol(length + 15, NULL, 10) : 0;
        c->in_body = true;
        size_t head = end + 4 - c->in;
        /* The first chunk follows the head's end, which counts as the line end before it. */
        c->tail_matched = 2;
        size_t rest = c->have - head;
        bool over = rest ? body(c, c->in + head, rest) : !c->chunked && !c->body_left;
        c->have = 0;
        if (over) finish(c);
        return true;
    }
    bool over = body(c, c->in, c->have);
    c->have = 0;
    if (over) finish(c);
    return true;
}

static void connect_one(int port) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) die("connect");
    fcntl(fd, F_SETFL, O_NONBLOCK);
    nodelay(fd);
    Conn *c = make(CLIENT, fd);
    watch(c, EPOLLIN, EPOLL_CTL_ADD);
    ask(c);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double at(double *sorted, long count, double share) {
    return count ? sorted[(long)(share * (count - 1))] : 0;
}

static void handle(Conn *c, uint32_t events, int target) {
    if (c->fd < 0) return;
    if (c->kind == LISTENER) {
        for (;;) {
            int fd = accept4(c->fd, NULL, NULL, SOCK_NONBLOCK);
            if (fd < 0) return;
            nodelay(fd);
            watch(make(SERVED, fd), EPOLLIN, EPOLL_CTL_ADD);
        }
    }
    if ((events & EPOLLOUT) && !put_rest(c)) goto gone;
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
    ssize_t n = recv(c->fd, c->in + c->have, BUFFER - 1 - c->have, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) goto gone;
    c->have += n;
    c->in[c->have] = 0;
    if (c->kind == SERVED ? serve(c) : answered(c)) return;
gone:
    if (c->kind == CLIENT) {
        if (measuring) bad++;
        drop(c);
        connect_one(target);
        return;
    }
    drop(c);
}

static void add_route(char *said) {
    Route *r = &routes[route_count++];
    char *path = strtok(said, "="), *json = strtok(NULL, ","), *sse = strtok(NULL, ",");
    snprintf(r->path, sizeof r->path, "%s", path);
    r->answer = read_file(json);
    Bytes all = read_file(sse);
    char *start = all.data, *end;
    while ((end = strstr(start, "\n\n")) && r->event_count < 1024) {
        end += 2;
        r->events[r->event_count++] = (Bytes){start, end - start};
        start = end;
    }
}

int main(int argc, char **argv) {
    int serve_port = 0, target = 0, connections = 1;
    double seconds = 2, warm = 0.5;
    for (int i = 1; i < argc; i++) {
        char *o = argv[i];
        if (!strcmp(o, "--streams")) expect_streams = true;
        else if (i + 1 >= argc) die("arguments");
        else if (!strcmp(o, "--serve")) serve_port = atoi(argv[++i]);
        else if (!strcmp(o, "--route")) add_route(argv[++i]);
        else if (!strcmp(o, "--pace-us")) pace_us = atof(argv[++i]);
        else if (!strcmp(o, "--target")) target = atoi(argv[++i]);
        else if (!strcmp(o, "--request")) request = read_file(argv[++i]);
        else if (!strcmp(o, "--connections")) connections = atoi(argv[++i]);
        else if (!strcmp(o, "--seconds")) seconds = atof(argv[++i]);
        else if (!strcmp(o, "--warm")) warm = atof(argv[++i]);
        else if (!strcmp(o, "--events")) expected_events = atol(argv[++i]);
        else if (!strcmp(o, "--gap-us")) gap_limit_us = atof(argv[++i]);
        else die(o);
    }
    signal(SIGPIPE, SIG_IGN);
    epoll_fd = epoll_create1(0);
    if (serve_port) {
        listener_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        int one = 1;
        setsockopt(listener_fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(serve_port)};
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (bind(listener_fd, (struct sockaddr *)&here, sizeof here) < 0) die("bind");
        listen(listener_fd, 4096);
        watch(make(LISTENER, listener_fd), EPOLLIN, EPOLL_CTL_ADD);
    }
    latencies = malloc(sizeof(double) * 4000000);
    firsts = malloc(sizeof(double) * 4000000);
    if (target)
        for (int i = 0; i < connections; i++) connect_one(target);
    double begun = now_us(), measured = 0;
    struct epoll_event events[512];
    for (;;) {
        double now = now_us();
        if (target && !measuring && now - begun > warm * 1e6) {
            measuring = true;
            measured = now;
        }
        if (target && measuring && now - measured > seconds * 1e6) break;
        if (stream_count) pace(now);
        int n = epoll_wait(epoll_fd, events, 512, stream_count ? 1 : 50);
        for (int i = 0; i < n; i++) handle(events[i].data.ptr, events[i].events, target);
    }
    double span = (now_us() - measured) / 1e6;
    qsort(latencies, kept_l, sizeof(double), ascending);
    qsort(firsts, kept_f, sizeof(double), ascending);
    printf("{\"done\": %ld, \"per_s\": %.1f, \"bad\": %ld, \"p50_us\": %.1f, \"p99_us\": %.1f, "
           "\"first_p50_us\": %.1f, \"first_p99_us\": %.1f, \"events\": %ld, \"events_per_s\": %.1f, "
           "\"lost_streams\": %ld, \"lost_events\": %ld, \"longest_gap_us\": %.0f, \"over_gap\": %ld, "
           "\"span_s\": %.3f}\n",
           done, done / span, bad, at(latencies, kept_l, .5), at(latencies, kept_l, .99),
           at(firsts, kept_f, .5), at(firsts, kept_f, .99), total_events, total_events / span,
           lost_streams, lost_events, longest_gap_us, over_gap, span);
    return 0;
}
