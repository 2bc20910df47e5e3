#include "CSimdJSON.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

// Errors are returned as values: an exception would end the process.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

namespace {

using namespace simdjson;

constexpr size_t largest_text = (size_t(1) << 28) - 1;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

// RFC 8259 §6. simdjson would convert the number to a double; a vendor's 30-digit id must be preserved as text.
bool is_number(std::string_view text) {
  size_t at = 0;
  auto peek = [&] { return at < text.size() ? text[at] : '\0'; };
  if (peek() == '-') ++at;
  if (peek() == '0') ++at;
  else if (is_digit(peek())) while (is_digit(peek())) ++at;
  else return false;
  if (peek() == '.') {
    ++at;
    if (!is_digit(peek())) return false;
    while (is_digit(peek())) ++at;
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at;
    if (peek() == '+' || peek() == '-') ++at;
    if (!is_digit(peek())) return false;
    while (is_digit(peek())) ++at;
  }
  return at == text.size();
}

struct Writer {
  ondemand::parser parser;
  std::vector<char> padded;
  std::vector<uint64_t> entries;
  std::vector<uint8_t> text;
  size_t text_length = 0;
  // For the search for duplicate keys in one object: the keys, their indexes in `entries`, and the order for sorting.
  std::vector<std::string_view> keys;
  std::vector<size_t> places;
  std::vector<size_t> order;
  size_t max_depth = 0;
  bool finds_duplicates = false;
  size_t duplicate_key = 0;
  bool too_deep = false;
  const char *lone_end = nullptr;

  // In bytes; simdjson needs four bytes for each structural index and a buffer for the strings.
  size_t retained() const {
    return parser.capacity() * 5 + padded.capacity() + entries.capacity() * sizeof(uint64_t) + text.capacity() +
           keys.capacity() * sizeof(std::string_view) + (places.capacity() + order.capacity()) * sizeof(size_t);
  }

  static uint64_t entry(numgate_json_tag tag, uint64_t size, uint64_t place) {
    return (uint64_t(tag) << 60) | (size << 32) | place;
  }

  // `text` has the length of the input, which is sufficient: an unescaped string is never longer than its source.
  void put(numgate_json_tag tag, std::string_view bytes) {
    entries.push_back(entry(tag, bytes.size(), text_length));
    std::memcpy(text.data() + text_length, bytes.data(), bytes.size());
    text_length += bytes.size();
  }

  std::string_view key_at(uint64_t key) const {
    return {reinterpret_cast<const char *>(text.data()) + (key & 0xffffffff), size_t((key >> 32) & 0xfffffff)};
  }

  // After `start`, the keys of the object alternate with the entries of its values.
  void find_duplicate(size_t start, size_t count) {
    if (!finds_duplicates || duplicate_key != 0 || count < 2) return;
    keys.clear();
    places.clear();
    for (size_t at = start + 1; at < entries.size();) {
      places.push_back(at);
      keys.push_back(key_at(entries[at]));
      uint64_t value = entries[++at];
      auto tag = value >> 60;
      at = tag == NUMGATE_JSON_ARRAY || tag == NUMGATE_JSON_OBJECT ? size_t(value & 0xffffffff) : at + 1;
    }
    if (count <= 16) {
      for (size_t i = 1; i < keys.size(); ++i)
        for (size_t j = 0; j < i; ++j)
          if (keys[i] == keys[j]) { duplicate_key = places[i]; return; }
      return;
    }
    order.resize(keys.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return keys[a] < keys[b]; });
    for (size_t i = 1; i < order.size(); ++i)
      if (keys[order[i]] == keys[order[i - 1]]) {
        duplicate_key = places[std::max(order[i], order[i - 1])];
        return;
      }
  }

  error_code number(ondemand::value &value) {
    std::string_view raw = without_blanks(value.raw_json_token());
    if (!is_number(raw)) return NUMBER_ERROR;
    put(NUMGATE_JSON_NUMBER, raw);
    // Advances past the token. A value that is too large for a double is still a valid number.
    double ignored;
    auto error = value.get_double().get(ignored);
    return error == NUMBER_ERROR || error == NUMBER_OUT_OF_RANGE || error == INCORRECT_TYPE ? SUCCESS : error;
  }

  // Reads a text that consists of one number or literal: simdjson 3.0 would accept `falsey` as false and reject 1e999.
  // The token ends at the next token or at the end of the text.
  error_code lone_scalar(ondemand::document &document) {
    std::string_view raw;
    if (auto error = document.raw_json_token().get(raw)) return error;
    lone_end = raw.data() + raw.size();
    raw = without_blanks(raw);
    if (is_number(raw)) put(NUMGATE_JSON_NUMBER, raw);
    else if (raw == "null") entries.push_back(entry(NUMGATE_JSON_NULL, 0, 0));
    else if (raw == "false") entries.push_back(entry(NUMGATE_JSON_FALSE, 0, 0));
    else if (raw == "true") entries.push_back(entry(NUMGATE_JSON_TRUE, 0, 0));
    else return TAPE_ERROR;
    return SUCCESS;
  }

  template <class Value> error_code walk(Value &value, size_t depth) {
    ondemand::json_type type;
    if (auto error = value.type().get(type)) return error;
    if constexpr (std::is_same_v<Value, ondemand::document>) {
      using ondemand::json_type;
      if (type == json_type::number || type == json_type::boolean || type == json_type::null) return lone_scalar(value);
    }
    switch (type) {
    case ondemand::json_type::string: {
      std::string_view string;
      if (auto error = value.get_string().get(string)) return error;
      put(NUMGATE_JSON_STRING, string);
      return SUCCESS;
    }
    case ondemand::json_type::number:
      if constexpr (std::is_same_v<Value, ondemand::value>) return number(value);
      break;
    case ondemand::json_type::boolean: {
      bool boolean;
      if (auto error = value.get_bool().get(boolean)) return error;
      entries.push_back(entry(boolean ? NUMGATE_JSON_TRUE : NUMGATE_JSON_FALSE, 0, 0));
      return SUCCESS;
    }
    case ondemand::json_type::null: {
      bool null;
      if (auto error = value.is_null().get(null)) return error;
      if (!null) return N_ATOM_ERROR;
      entries.push_back(entry(NUMGATE_JSON_NULL, 0, 0));
      return SUCCESS;
    }
    case ondemand::json_type::array: {
      if (depth >= max_depth) { too_deep = true; return DEPTH_ERROR; }
      ondemand::array array;
      if (auto error = value.get_array().get(array)) return error;
      size_t start = entries.size(), count = 0;
      entries.push_back(0);
      for (auto element : array) {
        ondemand::value child;
        if (auto error = std::move(element).get(child)) return error;
        if (auto error = walk(child, depth + 1)) return error;
        ++count;
      }
      entries[start] = entry(NUMGATE_JSON_ARRAY, count, entries.size());
      return SUCCESS;
    }
    case ondemand::json_type::object: {
      if (depth >= max_depth) { too_deep = true; return DEPTH_ERROR; }
      ondemand::object object;
      if (auto error = value.get_object().get(object)) return error;
      size_t start = entries.size(), count = 0;
      entries.push_back(0);
      for (auto member : object) {
        ondemand::field field;
        if (auto error = std::move(member).get(field)) return error;
        std::string_view key;
        if (auto error = field.unescaped_key().get(key)) return error;
        put(NUMGATE_JSON_STRING, key);
        ondemand::value child = field.value();
        if (auto error = walk(child, depth + 1)) return error;
        ++count;
      }
      entries[start] = entry(NUMGATE_JSON_OBJECT, count, entries.size());
      find_duplicate(start, count);
      return SUCCESS;
    }
    }
    return TAPE_ERROR;
  }
};

}  // namespace

static Writer &thread_writer() {
  static thread_local Writer writer;
  return writer;
}

// Otherwise the thread would keep the memory of a large text: the parser alone uses about five bytes per byte of text.
void numgate_json_release(void) {
  constexpr size_t largest_retained = size_t(1) << 20;
  Writer &writer = thread_writer();
  if (writer.retained() > largest_retained) writer = Writer();
}

size_t numgate_json_retained(void) { return thread_writer().retained(); }

int numgate_json_parse(const uint8_t *bytes, size_t length, size_t max_depth, bool finds_duplicates,
                       numgate_json_tape *tape) {
  Writer &writer = thread_writer();
  *tape = {};
  if (length > largest_text) return NUMGATE_JSON_TOO_LARGE;
  writer.entries.clear();
  writer.text_length = 0;
  if (writer.text.size() < length) writer.text.resize(length);
  writer.max_depth = max_depth;
  writer.finds_duplicates = finds_duplicates;
  writer.duplicate_key = 0;
  writer.too_deep = false;
  writer.lone_end = nullptr;
  writer.padded.resize(length + SIMDJSON_PADDING);
  if (length) std::memcpy(writer.padded.data(), bytes, length);
  std::memset(writer.padded.data() + length, 0, SIMDJSON_PADDING);

  ondemand::document document;
  auto error = writer.parser.iterate(writer.padded.data(), length, writer.padded.size()).get(document);
  if (!error) {
    error = writer.walk(document, 0);
    const char *where = writer.lone_end;
    auto location = where ? SUCCESS : document.current_location().get(where);
    const char *end = writer.padded.data() + length;
    if (!error && (writer.lone_end ? where != end : location != OUT_OF_BOUNDS)) error = TRAILING_CONTENT;
    if (error && location == SUCCESS && where >= writer.padded.data())
      tape->error_offset = std::min(size_t(where - writer.padded.data()), length);
  }
  if (error == UTF8_ERROR) return NUMGATE_JSON_INVALID_UTF8;
  if (writer.too_deep) return NUMGATE_JSON_TOO_DEEP;
  if (error) return NUMGATE_JSON_INVALID;

  tape->entries = writer.entries.data();
  tape->count = writer.entries.size();
  tape->text = writer.text.data();
  tape->text_length = writer.text_length;
  tape->duplicate_key = writer.duplicate_key;
  return NUMGATE_JSON_OK;
}

size_t numgate_json_count_escapes(const uint8_t *bytes, size_t length) {
  size_t count = 0;
  for (size_t i = 0; i < length; ++i) count += (bytes[i] < 0x20) | (bytes[i] == 0x22) | (bytes[i] == 0x5c);
  return count;
}
