#include "CThreadSlot.h"

#include <pthread.h>
#include <stdint.h>

// In a file of its own: as an inline function of a header, each translation unit would have a counter of its own, and
// two threads could get the same number.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t end_of_thread;
static uint32_t taken;

// The thread's slot plus one; 0: none yet.
static __thread int own;

_Static_assert(NUMGATE_THREAD_SLOTS == 32, "one bit of `taken` for each slot");

static void give_back(void *slot) {
  pthread_mutex_lock(&lock);
  taken &= ~(UINT32_C(1) << ((uintptr_t)slot - 1));
  pthread_mutex_unlock(&lock);
  // Another destructor of this thread may still ask for a slot; pthreads then calls this one again.
  own = 0;
}

static void start(void) { pthread_key_create(&end_of_thread, give_back); }

int numgate_thread_slot(void) {
  if (own) return own - 1;
  pthread_once(&once, start);
  pthread_mutex_lock(&lock);
  int slot = taken == UINT32_MAX ? -1 : __builtin_ctz(~taken);
  if (slot >= 0) taken |= UINT32_C(1) << slot;
  pthread_mutex_unlock(&lock);
  if (slot < 0) return -1;
  own = slot + 1;
  pthread_setspecific(end_of_thread, (void *)(uintptr_t)own);
  return slot;
}
