#include "CThreadSlot.h"

#include <pthread.h>
#include <stdint.h>

// Not an inline function in the header: each translation unit would have its own state, and two threads could get the
// same number.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t end_of_thread;
static uint32_t taken;

// The slot of the thread plus one; 0: not assigned.
static __thread int own;

_Static_assert(NUMGATE_THREAD_SLOTS == 32, "one bit of `taken` for each slot");

static void give_back(void *slot) {
  pthread_mutex_lock(&lock);
  taken &= ~(UINT32_C(1) << ((uintptr_t)slot - 1));
  pthread_mutex_unlock(&lock);
  // A later destructor of this thread can request a slot again; pthreads then calls this destructor again.
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
