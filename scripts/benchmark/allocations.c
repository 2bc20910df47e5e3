// Counts the allocations of a process. scripts/bench loads it with LD_PRELOAD. Requires glibc.
//
// NUMGATE_ALLOCATIONS is the path of the output file. On each SIGRTMIN+3 the counters since the start of the process are
// written to a temporary file, which is then renamed. If NUMGATE_ALLOCATION_SITES is set, each call stack is counted as
// well; its lines begin with "site".
#define _GNU_SOURCE
#include <errno.h>
#include <execinfo.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The functions of glibc under names that are not interposed.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

enum { MALLOC, CALLOC, REALLOC, ALIGNED, KINDS };
static const char *const kinds[KINDS] = {"malloc", "calloc", "realloc", "aligned"};

// Requested sizes are counted in steps of 16 bytes. The last step contains all larger sizes.
enum { STEP = 16, STEPS = 1025, FRAMES = 40, SKIPPED_FRAMES = 2, SITES = 1 << 15 };

static _Atomic uint64_t calls[KINDS], bytes, frees, sizes[STEPS], sites_lost;

struct site {
  _Atomic uint64_t hash, calls, bytes;
  _Atomic int depth;
  void *frames[FRAMES];
};
static struct site sites[SITES];
static atomic_bool record_sites;
static __thread bool in_hook __attribute__((tls_model("initial-exec")));

static void count_site(size_t size) {
  in_hook = true;
  void *frames[FRAMES + SKIPPED_FRAMES];
  int depth = backtrace(frames, FRAMES + SKIPPED_FRAMES) - SKIPPED_FRAMES;
  if (depth < 0) depth = 0;
  uint64_t hash = 14695981039346656037u;
  for (int i = 0; i < depth; i++) hash = (hash ^ (uintptr_t)frames[i + SKIPPED_FRAMES]) * 1099511628211u;
  if (hash == 0) hash = 1;
  for (uint64_t probe = 0;; probe++) {
    if (probe == 64) {
      atomic_fetch_add(&sites_lost, 1);
      break;
    }
    struct site *site = &sites[(hash + probe) % SITES];
    uint64_t found = 0;
    if (atomic_compare_exchange_strong(&site->hash, &found, hash)) {
      memcpy(site->frames, frames + SKIPPED_FRAMES, (size_t)depth * sizeof *frames);
      atomic_store(&site->depth, depth);
    } else if (found != hash) {
      continue;
    }
    atomic_fetch_add(&site->calls, 1);
    atomic_fetch_add(&site->bytes, size);
    break;
  }
  in_hook = false;
}

// Always inlined, so that SKIPPED_FRAMES is correct: count_site and the interposed function.
static inline __attribute__((always_inline)) void count(int kind, size_t size) {
  if (in_hook) return;
  atomic_fetch_add_explicit(&calls[kind], 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&bytes, size, memory_order_relaxed);
  size_t step = size == 0 ? 0 : (size - 1) / STEP;
  atomic_fetch_add_explicit(&sizes[step < STEPS ? step : STEPS - 1], 1, memory_order_relaxed);
  if (atomic_load_explicit(&record_sites, memory_order_relaxed)) count_site(size);
}

void *malloc(size_t size) {
  count(MALLOC, size);
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count(CALLOC, number * size);
  return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
  count(REALLOC, size);
  return __libc_realloc(memory, size);
}

void *reallocarray(void *memory, size_t number, size_t size) {
  size_t product;
  if (__builtin_mul_overflow(number, size, &product)) {
    errno = ENOMEM;
    return NULL;
  }
  count(REALLOC, product);
  return __libc_realloc(memory, product);
}

void *memalign(size_t alignment, size_t size) {
  count(ALIGNED, size);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count(ALIGNED, size);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
  count(ALIGNED, size);
  void *allocated = __libc_memalign(alignment, size);
  if (allocated == NULL) return ENOMEM;
  *memory = allocated;
  return 0;
}

void free(void *memory) {
  if (memory != NULL && !in_hook) atomic_fetch_add_explicit(&frees, 1, memory_order_relaxed);
  __libc_free(memory);
}

static void dump(const char *path) {
  char temporary[4096];
  snprintf(temporary, sizeof temporary, "%s.new", path);
  FILE *file = fopen(temporary, "w");
  if (file == NULL) return;
  for (int kind = 0; kind < KINDS; kind++) fprintf(file, "calls %s %ju\n", kinds[kind], (uintmax_t)calls[kind]);
  fprintf(file, "bytes %ju\nfrees %ju\nlost %ju\n", (uintmax_t)bytes, (uintmax_t)frees, (uintmax_t)sites_lost);
  for (int step = 0; step < STEPS; step++) {
    if (sizes[step] == 0) continue;
    fprintf(file, "size %d %ju\n", step < STEPS - 1 ? (step + 1) * STEP : 0, (uintmax_t)sizes[step]);
  }
  for (int i = 0; i < SITES; i++) {
    if (sites[i].depth == 0) continue;
    fprintf(file, "site %ju %ju", (uintmax_t)sites[i].calls, (uintmax_t)sites[i].bytes);
    for (int frame = 0; frame < sites[i].depth; frame++) fprintf(file, " %p", sites[i].frames[frame]);
    fputc('\n', file);
  }
  if (fclose(file) == 0) rename(temporary, path);
}

static void *dump_on_signal(void *path) {
  in_hook = true;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGRTMIN + 3);
  for (int number; sigwait(&signals, &number) == 0;) dump(path);
  return NULL;
}

__attribute__((constructor)) static void start(void) {
  char *path = getenv("NUMGATE_ALLOCATIONS");
  if (path == NULL) return;
  in_hook = true;
  // The first call of backtrace loads the unwinder, which allocates memory.
  void *frame;
  backtrace(&frame, 1);
  // Blocked here and therefore in all later threads, because a handler would interrupt system calls of the process.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGRTMIN + 3);
  pthread_sigmask(SIG_BLOCK, &signals, NULL);
  pthread_t thread;
  if (pthread_create(&thread, NULL, dump_on_signal, strdup(path)) == 0) pthread_detach(thread);
  record_sites = getenv("NUMGATE_ALLOCATION_SITES") != NULL;
  in_hook = false;
}
