// C interface of simdjson, which is a C++ library. A text is parsed and validated completely and written to a flat
// tape. Swift copies and reads the tape without further calls.
#ifndef NUMGATE_CSIMDJSON_H
#define NUMGATE_CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// An entry is tag (4 bits) | size (28 bits) | place (32 bits).
// string, number: place and size are those of its bytes in `text`; a string is unescaped, a number is unchanged.
// object, array: size is the number of members, place is the index of the first entry after it.
// A member of an object is a string entry (the key), followed by the entries of the value.
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
  size_t duplicate_key;  // the entry of the first key that occurs twice in its object; 0: no duplicates
  size_t error_offset;   // where parsing stopped, in bytes, if the status is not OK
} numgate_json_tape;

// `finds_duplicates`: whether to set `duplicate_key`.
// The result is owned by the calling thread and valid until its next call of one of these functions.
int numgate_json_parse(const uint8_t *bytes, size_t length, size_t max_depth, bool finds_duplicates,
                       numgate_json_tape *tape);

// Number of bytes of a text that need an escape in a JSON string. Most texts have none; eight bytes are tested at a
// time.
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

// Frees the buffers of the calling thread if they are larger than 1 MiB.
void numgate_json_release(void);

// Size of the buffers of the calling thread in bytes.
size_t numgate_json_retained(void);

#ifdef __cplusplus
}
#endif
#endif
