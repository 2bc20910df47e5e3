// Linux functions that Swift cannot import, because they use macros, variadic arguments or unions. _GNU_SOURCE is not
// defined here, because it changes fd_set, which other C modules import without it. Functions that require it are
// declared below.
#ifndef NUMGATE_CLINUX_SHIM_H
#define NUMGATE_CLINUX_SHIM_H

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

// epoll_event contains a union. The loop uses its 64 bits for the descriptor and a generation.
static inline int numgate_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t tag) {
  struct epoll_event event = {.events = events, .data = {.u64 = tag}};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}
static inline int numgate_epoll_modify(int epoll, int descriptor, uint32_t events, uint64_t tag) {
  struct epoll_event event = {.events = events, .data = {.u64 = tag}};
  return epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event);
}
static inline int numgate_epoll_remove(int epoll, int descriptor) {
  return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, 0);
}
static inline uint64_t numgate_epoll_tag(const struct epoll_event *event) { return event->data.u64; }

// The headers define these as macros of an enum type; here they are integers.
static const uint32_t NUMGATE_EPOLLIN = EPOLLIN;
static const uint32_t NUMGATE_EPOLLOUT = EPOLLOUT;
static const uint32_t NUMGATE_EPOLLRDHUP = EPOLLRDHUP;
static const uint32_t NUMGATE_EPOLLHUP = EPOLLHUP;
static const uint32_t NUMGATE_EPOLLERR = EPOLLERR;
static const uint32_t NUMGATE_EPOLLET = 1u << 31;

static inline int numgate_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }
static inline int numgate_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

// <sys/socket.h> declares it only with _GNU_SOURCE.
extern int accept4(int, struct sockaddr *, socklen_t *, int);
static inline int numgate_accept(int listener, struct sockaddr *address, socklen_t *length) {
  return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
static inline int numgate_stream_socket(int family) {
  return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}
static inline int numgate_set_option(int descriptor, int level, int name, int value) {
  return setsockopt(descriptor, level, name, &value, sizeof(value));
}

// Makes close() send a reset: the sandbox simulates a failed vendor with it.
static inline void numgate_reset_on_close(int descriptor) {
  struct linger linger = {.l_onoff = 1, .l_linger = 0};
  setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

// prctl is variadic. A name is truncated after 15 bytes.
static inline void numgate_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// The error value of iconv_open: an integer cast to a pointer.
static inline iconv_t numgate_iconv_failed(void) { return (iconv_t)-1; }

// SIG_IGN is a cast function pointer.
static inline void numgate_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }

// Number of bytes that are invalid in a field value (RFC 9110 5.5): control characters except the tab. The C compiler
// vectorises this loop; a loop with Swift's SIMD types is not compiled to vector instructions.
static inline size_t numgate_count_controls(const uint8_t *bytes, size_t length) {
  size_t count = 0;
  for (size_t i = 0; i < length; ++i) count += ((bytes[i] < 0x20) & (bytes[i] != 0x09)) | (bytes[i] == 0x7f);
  return count;
}

// Number of bytes that are invalid in a token (RFC 9110 5.6.2).
static inline size_t numgate_count_no_token(const uint8_t *bytes, size_t length) {
  // 0-63: ! # $ % & ' * + - . 0-9; 64-127: A-Z ^ _ ` a-z | ~
  static const uint64_t tokens[4] = {0x03ff6cfa00000000, 0x57ffffffc7fffffe, 0, 0};
  size_t count = 0;
  for (size_t i = 0; i < length; ++i) count += ~(tokens[bytes[i] >> 6] >> (bytes[i] & 63)) & 1;
  return count;
}

#endif
