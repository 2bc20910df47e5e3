// simdjson is C++; this is the one door to it. A text is parsed and validated as a whole and written to a flat tape
// that Swift copies and reads without ever calling back.
#ifndef NUMGATE_CSIMDJSON_H
#define NUMGATE_CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// An entry is tag (4 bits) | size (28 bits) | place (32 bits).
// string, number: place and size of its bytes in `text`; a string is unescaped, a number as written.
// object, array: size is the count of members, place the index of the first entry behind it.
// An object's members are a string entry (the key) followed by the value's entries.
enum numgate_json_tag {
  NUMGATE_JSON_NULL = 0,
  NUMGATE_JSON_FALSE = 1,
  NUMGATE_JSON_TRUE = 2,
  NUMGATE_JSON_NUMBER = 3,
  NUMGATE_JSON_STRING = 4,
  NUMGATE_JSON_ARRAY = 5,
  NUMGATE_JSON_OBJECT = 6,
};

enum numgate_json_status {
  NUMGATE_JSON_OK = 0,
  NUMGATE_JSON_INVALID = 1,
  NUMGATE_JSON_INVALID_UTF8 = 2,
  NUMGATE_JSON_TOO_DEEP = 3,
  NUMGATE_JSON_TOO_LARGE = 4,
};

typedef struct numgate_json_tape {
  const uint64_t *entries;
  size_t count;
  const uint8_t *text;
  size_t text_length;
  size_t duplicate_key;  // the entry of the first key that its object holds twice; 0: there is none
  size_t error_offset;   // where reading stopped, in bytes, when the status is not OK
} numgate_json_tape;

// `finds_duplicates`: whether `duplicate_key` is wanted.
// The result belongs to the calling thread and lasts until its next call of any of these functions.
int numgate_json_parse(const uint8_t *bytes, size_t length, size_t max_depth, bool finds_duplicates,
                       numgate_json_tape *tape);

// How many bytes of a text need an escape in a JSON string. Most texts have none, which is seen eight bytes at a time.
size_t numgate_json_count_escapes(const uint8_t *bytes, size_t length);
static inline size_t numgate_json_escapes(const uint8_t *bytes, size_t length) {
  const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
  if (length < 8) return numgate_json_count_escapes(bytes, length);
  for (size_t at = 0;; at = at + 16 <= length ? at + 8 : length - 8) {
    uint64_t word;
    __builtin_memcpy(&word, bytes + at, 8);
    const uint64_t quote = word ^ (ones * 0x22), backslash = word ^ (ones * 0x5c);
    const uint64_t found =
        ((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
    if (found & highs) return numgate_json_count_escapes(bytes, length);
    if (at == length - 8) return 0;
  }
}

// Whether two texts of the same length are equal.
static inline bool numgate_json_equal(const void *left, const void *right, size_t length) {
  return __builtin_memcmp(left, right, length) == 0;
}

// Frees the calling thread's buffers where a large text has made them large.
void numgate_json_release(void);

// The size of the calling thread's buffers in bytes.
size_t numgate_json_retained(void);

#ifdef __cplusplus
}
#endif
#endif
