// curl_easy_setopt, curl_easy_getinfo and curl_multi_setopt are variadic macros; Swift needs one typed function for
// each kind of argument.
#ifndef NUMGATE_CCURL_SHIM_H
#define NUMGATE_CCURL_SHIM_H

#include <curl/curl.h>

static inline CURLcode numgate_curl_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode numgate_curl_set_text(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode numgate_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode numgate_curl_get_socket(CURL *easy, curl_socket_t *value) {
  return curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, value);
}
static inline long numgate_curl_get_long(CURL *easy, CURLINFO info) {
  long value = 0;
  return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}
typedef size_t (*numgate_curl_header_callback)(char *, size_t, size_t, void *);
static inline CURLcode numgate_curl_on_header(CURL *easy, numgate_curl_header_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, callback);
}
static inline CURLMcode numgate_curl_multi_set_pointer(CURLM *multi, CURLMoption option, void *value) {
  return curl_multi_setopt(multi, option, value);
}
typedef int (*numgate_curl_socket_callback)(CURL *, curl_socket_t, int, void *, void *);
static inline CURLMcode numgate_curl_multi_on_socket(CURLM *multi, numgate_curl_socket_callback callback) {
  return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
}
typedef int (*numgate_curl_timer_callback)(CURLM *, long, void *);
static inline CURLMcode numgate_curl_multi_on_timer(CURLM *multi, numgate_curl_timer_callback callback) {
  return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
}
// The result of a message is a member of a union.
static inline CURLcode numgate_curl_message_result(const CURLMsg *message) { return message->data.result; }

#endif
