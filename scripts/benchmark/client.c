// An HTTP client that sends an exact number of requests on keep-alive connections, as fast as they are answered or at a
// constant rate. At a constant rate, a latency starts at the scheduled time of the request. A delayed response therefore
// also increases the latencies of the requests that wait for its connection.
//
// usage: client PORT PATH KEY EXPECTED BODY CONNECTIONS WARMUP CALLS [RATE]
//   BODY contains one "STsid" with at least 10 digits after it. The digits are replaced by the number of the request, so
//   that no two requests are identical: Numgate makes one vendor call for identical requests in flight.
//   Sends WARMUP requests that are not measured, prints "warm" and reads a line from standard input. Then sends CALLS
//   requests, RATE per second, and prints one JSON object. Its times are in microseconds, except "seconds".
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST_ANSWER = 16384, LONGEST_WAIT = 20, TOKEN_DIGITS = 10 };

struct connection {
  int socket;
  size_t received;
  uint64_t due;
  char answer[LONGEST_ANSWER + 1];
};

static struct connection *connections;
static int *idle, events;
static size_t count, idle_first, idle_count, wrong;
static char *request, *token_digits;
static size_t request_size;
static const char *expected;

static void fail(const char *what) {
  fprintf(stderr, "client: %s\n", what);
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void release(int index) { idle[(idle_first + idle_count++) % count] = index; }

static void open_connection(int index, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int one = 1, opened = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (opened < 0 || connect(opened, (struct sockaddr *)&address, sizeof address) != 0) fail("cannot connect");
  setsockopt(opened, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)index};
  if (epoll_ctl(events, EPOLL_CTL_ADD, opened, &event) != 0) fail("epoll_ctl failed");
  connections[index].socket = opened;
  release(index);
}

static void send_request(uint64_t due) {
  struct connection *connection = &connections[idle[idle_first]];
  idle_first = (idle_first + 1) % count;
  idle_count--;
  connection->received = 0;
  connection->due = due;
  for (char *digit = token_digits + TOKEN_DIGITS - 1; digit >= token_digits; digit--) {
    if (*digit != '9') {
      ++*digit;
      break;
    }
    *digit = '0';
  }
  ssize_t size = send(connection->socket, request, request_size, MSG_NOSIGNAL);
  if (size != (ssize_t)request_size) fail("a request cannot be sent");
}

// Returns true when the response is complete.
static bool receive(struct connection *connection) {
  ssize_t size = recv(
    connection->socket, connection->answer + connection->received, LONGEST_ANSWER - connection->received, 0);
  if (size <= 0) fail("a connection was closed, or a response is too long");
  connection->received += (size_t)size;
  connection->answer[connection->received] = 0;
  const char *body = strstr(connection->answer, "\r\n\r\n");
  if (body == NULL) return false;
  const char *length = strcasestr(connection->answer, "\r\nContent-Length:");
  if (length == NULL || length > body) fail("a response has no Content-Length");
  body += 4;
  size_t missing = strtoul(length + 17, NULL, 10) - (connection->received - (size_t)(body - connection->answer));
  if (missing != 0) return false;
  if (strncmp(connection->answer, "HTTP/1.1 200 ", 13) != 0 || strstr(body, expected) == NULL) {
    if (wrong++ == 0) fprintf(stderr, "client: wrong response: %.2000s\n", connection->answer);
  }
  return true;
}

static void wait_for_events(struct epoll_event *ready, int *number, uint64_t nanoseconds) {
  struct timespec timeout = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};
  *number = epoll_pwait2(events, ready, (int)count, &timeout, NULL);
  if (*number < 0) fail("epoll_pwait2 failed");
}

// Sends the requests. `latencies` can be NULL. With a rate of 0, a request follows each response immediately.
static void run(size_t calls, double rate, uint64_t *latencies) {
  struct epoll_event *ready = calloc(count, sizeof *ready);
  size_t sent = 0, answered = 0;
  uint64_t began = now();
  while (answered < calls) {
    uint64_t time = now(), due = time;
    for (; sent < calls && idle_count > 0; sent++) {
      if (rate > 0) due = began + (uint64_t)((double)sent * 1e9 / rate);
      if (due > time) break;
      send_request(due);
    }
    bool until_due = sent < calls && idle_count > 0;
    int number;
    time = now();
    wait_for_events(ready, &number, !until_due ? LONGEST_WAIT * 1000000000ull : due > time ? due - time : 0);
    if (number == 0 && !until_due) fail("a response is missing");
    for (int i = 0; i < number; i++) {
      struct connection *connection = &connections[ready[i].data.u32];
      if (!receive(connection)) continue;
      if (latencies != NULL) latencies[answered] = now() - connection->due;
      answered++;
      release((int)ready[i].data.u32);
    }
  }
  free(ready);
}

static int ascending(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

int main(int arguments, char **argument) {
  if (arguments != 9 && arguments != 10) fail("wrong arguments");
  int port = atoi(argument[1]);
  expected = argument[4];
  count = strtoul(argument[6], NULL, 10);
  size_t warmup = strtoul(argument[7], NULL, 10), calls = strtoul(argument[8], NULL, 10);
  double rate = arguments == 10 ? atof(argument[9]) : 0;
  if (count == 0 || calls == 0) fail("wrong arguments");
  if (asprintf(
        &request,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
        "Content-Length: %zu\r\n\r\n%s",
        argument[2], port, argument[3], strlen(argument[5]), argument[5]) < 0) fail("no memory");
  request_size = strlen(request);
  token_digits = strstr(request, "STsid");
  if (token_digits == NULL || strspn(token_digits += 5, "0123456789") < TOKEN_DIGITS) fail("BODY has no token");
  // The default timer slack of the kernel delays timers by up to 50 µs.
  prctl(PR_SET_TIMERSLACK, 1000);
  connections = calloc(count, sizeof *connections);
  idle = calloc(count, sizeof *idle);
  uint64_t *latencies = calloc(calls, sizeof *latencies);
  events = epoll_create1(EPOLL_CLOEXEC);
  if (!connections || !idle || !latencies || events < 0) fail("no memory");
  for (size_t i = 0; i < count; i++) open_connection((int)i, port);

  run(warmup, 0, NULL);
  puts("warm");
  fflush(stdout);
  if (getchar() == EOF) return 1;
  uint64_t began = now();
  run(calls, rate, latencies);
  double seconds = (double)(now() - began) / 1e9;

  qsort(latencies, calls, sizeof *latencies, ascending);
  printf(
    "{\"requests\": %zu, \"seconds\": %.6f, \"p50\": %.1f, \"p99\": %.1f, \"p999\": %.1f, \"wrong\": %zu}\n", calls,
    seconds, (double)latencies[calls / 2] / 1e3, (double)latencies[calls * 99 / 100] / 1e3,
    (double)latencies[calls * 999 / 1000] / 1e3, wrong);
  return 0;
}
