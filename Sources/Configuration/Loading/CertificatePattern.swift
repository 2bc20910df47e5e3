/// Selects client certificates by the subject's common name or a subject alternative name. The comparison is
/// case-sensitive; `*` matches one or more characters other than `.` and `/`.
public struct CertificatePattern: Sendable, Hashable {
  public let text: String
  private let parts: [[UInt8]]

  /// Returns nil for a pattern without a literal character, which would match unrelated certificates.
  public init?(_ text: String) {
    guard text.utf8.contains(where: { $0 != UInt8(ascii: "*") && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "/") }),
      !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }), text.utf8.count <= 256, !text.contains("**")
    else { return nil }
    self.text = text
    parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
  }

  /// Whether a name of a certificate matches the whole pattern.
  public func matches(_ name: String) -> Bool {
    guard parts.count > 1 else { return name == text }
    let name = Array(name.utf8)
    // Positions in `name` at which a match of the parts so far can end.
    var ends: Set<Int> = name.starts(with: parts[0]) ? [parts[0].count] : []
    for part in parts.dropFirst() {
      var next: Set<Int> = []
      for end in ends {
        var position = end
        while position < name.count, name[position] != UInt8(ascii: "."), name[position] != UInt8(ascii: "/") {
          position += 1
          if name[position...].starts(with: part) { next.insert(position + part.count) }
        }
      }
      ends = next
    }
    return ends.contains(name.count)
  }
}
