public import JSON
public import YAML

extension YAMLNode {
  /// The value as JSON by YAML's core schema. Plain `true`, `false`, null and whole numbers keep their type, everything
  /// else is text, including `007`.
  public var json: JSONFragment { JSONFragment { write(into: &$0) } }

  private func write(into writer: inout JSONWriter) {
    switch content {
    case .scalar(let text, _):
      if let bool {
        writer.value(bool)
      } else if let int, String(int) == text {
        writer.value(int)
      } else if isNull {
        writer.null()
      } else {
        writer.value(text)
      }
    case .sequence(let elements):
      writer.array { for element in elements { element.write(into: &$0) } }
    case .mapping(let entries):
      writer.object {
        for entry in entries {
          $0.key(named: entry.key)
          entry.value.write(into: &$0)
        }
      }
    }
  }
}
