// Access to the fields of libyaml's event union: Swift imports the anonymous union without usable names.
#ifndef NUMGATE_CYAML_SHIM_H
#define NUMGATE_CYAML_SHIM_H

#include <yaml.h>

static inline const char *numgate_yaml_scalar(const yaml_event_t *event, size_t *length) {
  *length = event->data.scalar.length;
  return (const char *)event->data.scalar.value;
}
static inline int numgate_yaml_scalar_is_plain(const yaml_event_t *event) {
  return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}
static inline int numgate_yaml_scalar_is_single_quoted(const yaml_event_t *event) {
  return event->data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE;
}
static inline int numgate_yaml_scalar_is_double_quoted(const yaml_event_t *event) {
  return event->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
}
static inline const char *numgate_yaml_anchor(const yaml_event_t *event) {
  switch (event->type) {
  case YAML_SCALAR_EVENT: return (const char *)event->data.scalar.anchor;
  case YAML_SEQUENCE_START_EVENT: return (const char *)event->data.sequence_start.anchor;
  case YAML_MAPPING_START_EVENT: return (const char *)event->data.mapping_start.anchor;
  case YAML_ALIAS_EVENT: return (const char *)event->data.alias.anchor;
  default: return NULL;
  }
}
static inline const char *numgate_yaml_tag(const yaml_event_t *event) {
  switch (event->type) {
  case YAML_SCALAR_EVENT: return (const char *)event->data.scalar.tag;
  case YAML_SEQUENCE_START_EVENT: return (const char *)event->data.sequence_start.tag;
  case YAML_MAPPING_START_EVENT: return (const char *)event->data.mapping_start.tag;
  default: return NULL;
  }
}

#endif
