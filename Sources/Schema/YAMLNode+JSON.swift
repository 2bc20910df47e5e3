public import JSON
public import YAML

extension YAMLNode {
  /// The value as JSON by YAML's core schema. Plain `true`, `false`, null and whole numbers keep their type, everything
  /// else is text, including `007`.
  public var json: JSONFragment { JSONFragment { write(into: &$0, keepsDecimals: false) } }

  /// The same, but plain decimal numbers such as `0.5` are numbers too.
  public var jsonWithDecimals: JSONFragment { JSONFragment { write(into: &$0, keepsDecimals: true) } }

  /// Whether the value is a text in JSON: it has quotes, or is not a number, a truth value or null.
  var isText: Bool { text != nil && bool == nil && !isWholeNumber && !isDecimalNumber }

  private var isWholeNumber: Bool { int.map { String($0) == text } ?? false }

  /// Digits, a point and digits as in JSON, without quotes.
  private var isDecimalNumber: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
    let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 2 && text.utf8.count - digits.count <= 1
      && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }
      && (parts[0].count == 1 || parts[0].first != UInt8(ascii: "0"))
  }

  private func write(into writer: inout JSONWriter, keepsDecimals: Bool) {
    switch content {
    case .scalar(let text, _):
      if let bool {
        writer.value(bool)
      } else if let int, isWholeNumber {
        writer.value(int)
      } else if keepsDecimals, isDecimalNumber {
        writer.value(JSONFragment(json: Array(text.utf8)))
      } else if isNull {
        writer.null()
      } else {
        writer.value(text)
      }
    case .sequence(let elements):
      writer.array { for element in elements { element.write(into: &$0, keepsDecimals: keepsDecimals) } }
    case .mapping(let entries):
      writer.object {
        for entry in entries {
          $0.key(named: entry.key)
          entry.value.write(into: &$0, keepsDecimals: keepsDecimals)
        }
      }
    }
  }
}
