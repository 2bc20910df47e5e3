public import JSON

/// Formats check results as text and as JSON.
public enum HealthReport {
  static let columns = 100

  /// The lines of an account, wrapped at `columns` between words.
  public static func lines(_ health: AccountHealth) -> [String] {
    let width = health.results.map(\.topic.count).max() ?? 0
    let margin = String(repeating: " ", count: 8 + width)
    var lines = ["\(health.account) (\(health.provider), \(health.origin))"]
    for finding in health.results {
      let topic = finding.topic + String(repeating: " ", count: width - finding.topic.count)
      lines += wrap(printable(finding.text), first: "  \(finding.mark.rawValue)  \(topic)  ", rest: margin)
      if let advice = finding.advice {
        lines += wrap(printable(advice), first: margin + "-> ", rest: margin + "   ")
      }
    }
    return lines
  }

  /// `7 accounts: 6 OK, 1 failed`.
  public static func summary(_ all: [AccountHealth]) -> String {
    let passed = all.filter(\.isOK).count
    return "\(all.count) account\(all.count == 1 ? "" : "s"): \(passed) OK, \(all.count - passed) failed"
  }

  /// An array with one object for each account.
  public static func json(_ all: [AccountHealth]) -> JSONFragment {
    JSONFragment { writer in
      writer.array { writer in
        for health in all {
          writer.object { writer in
            writer.member("account", health.account)
            writer.member("provider", health.provider)
            writer.member("endpoint", health.origin)
            writer.member("well", health.isOK)
            writer.array("findings") { writer in
              for finding in health.results {
                writer.object { writer in
                  writer.member("mark", finding.mark.rawValue)
                  writer.member("topic", finding.topic)
                  writer.member("text", finding.text)
                  writer.member("advice", ifPresent: finding.advice)
                }
              }
            }
          }
        }
      }
    }
  }

  private static func wrap(_ text: String, first: String, rest: String) -> [String] {
    var lines: [String] = []
    var line = first
    var used = first.count
    var isEmpty = true
    for word in text.split(separator: " ") {
      let width = word.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
      if !isEmpty, used + 1 + width > columns {
        lines.append(line)
        line = rest
        used = rest.count
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      used += width + (isEmpty ? 0 : 1)
      isEmpty = false
    }
    return lines + [line]
  }

  /// The width of a character in a terminal: 2 for Chinese characters and their punctuation, otherwise 1.
  private static func columns(of scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
      0xffe0...0xffe6, 0x20000...0x3fffd:
      2
    default: 1
    }
  }

  /// Replaces control characters: a vendor's message must not control the terminal.
  private static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map {
          switch $0.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: " "
          default: $0
          }
        }))
  }
}
