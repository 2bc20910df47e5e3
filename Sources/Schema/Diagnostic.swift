public import YAML

/// An error or a warning at one position of a file.
public struct Diagnostic: Sendable, Hashable, CustomStringConvertible {
  public enum Severity: Sendable, Hashable { case error, warning }

  public let file: String
  public let mark: YAMLMark
  public let message: String
  public let severity: Severity

  public init(file: String, mark: YAMLMark, message: String, severity: Severity = .error) {
    self.file = file
    self.mark = mark
    self.message = message
    self.severity = severity
  }

  /// `file:line:column: message`, the format of compilers.
  public var description: String {
    "\(file):\(mark.line):\(mark.column): \(severity == .warning ? "warning: " : "")\(message)"
  }
}

/// The errors and warnings of a check. A check continues after the first error and reports all of them.
public struct Diagnostics: Sendable {
  public private(set) var found: [Diagnostic] = []

  public init() {}

  public var hasErrors: Bool { found.contains { $0.severity == .error } }

  public mutating func error(_ file: String, _ mark: YAMLMark, _ message: String) {
    found.append(Diagnostic(file: file, mark: mark, message: message))
  }

  public mutating func warning(_ file: String, _ mark: YAMLMark, _ message: String) {
    found.append(Diagnostic(file: file, mark: mark, message: message, severity: .warning))
  }

  public mutating func append(_ others: Diagnostics) { found += others.found }

  /// Without duplicates, sorted by file and position.
  public var sorted: [Diagnostic] {
    var seen: Set<Diagnostic> = []
    return found.filter { seen.insert($0).inserted }
      .sorted { ($0.file, $0.mark, $0.message) < ($1.file, $1.mark, $1.message) }
  }
}

/// The known word that is closest to a mistyped one; nil if none is close.
public func nearest(to word: String, among known: some Sequence<String>) -> String? {
  let length = word.unicodeScalars.count
  let limit = max(1, length / 3)
  guard length <= longestWord else { return nil }
  let word = word.lowercased()
  var best: (distance: Int, name: String)?
  for name in known where abs(name.unicodeScalars.count - length) <= limit {
    let found = (distance: editDistance(word, name.lowercased()), name: name)
    if found.distance <= limit, best.map({ found < $0 }) ?? true { best = found }
  }
  return best?.name
}

/// In characters. Longer texts are not compared.
private let longestWord = 64

/// "; did you mean 'x'?", the list of known words if it is short, or an empty string.
public func suggestion(for word: String, among known: [String]) -> String {
  if let near = nearest(to: word, among: known) { return "; did you mean '\(shortened(near))'?" }
  if let part = beginning(of: word, among: known) { return "; did you mean '\(shortened(part))'?" }
  // Words with the same first part are related: 'clock-rejected' is suggested for 'clock-skew'.
  let part = word.prefix { $0 != "-" }
  let related = part.utf8.count >= 4 && part.endIndex != word.endIndex ? known.filter { $0.hasPrefix(part + "-") } : []
  if (1...3).contains(related.count) {
    return "; did you mean " + related.map { "'\(shortened($0))'" }.joined(separator: " or ") + "?"
  }
  return known.isEmpty || known.count > 12 ? "" : "; known: " + known.map(shortened).joined(separator: ", ")
}

/// The longest known word with which a word begins, without regard to case and separators: `base64url` for
/// `base64-url-nopad`. nil if no known word of at least five characters is one.
private func beginning(of word: String, among known: [String]) -> String? {
  let isWord = word.utf8.allSatisfy { $0 < 0x80 && $0 > 0x20 }
  guard isWord, word.utf8.count <= longestWord else { return nil }
  func letters(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
  let word = letters(word)
  return known.filter { $0.utf8.count >= 5 && word.hasPrefix(letters($0)) }.max { $0.utf8.count < $1.utf8.count }
}

/// The number of insertions, deletions, substitutions and transpositions (restricted Damerau–Levenshtein distance).
private func editDistance(_ left: String, _ right: String) -> Int {
  let a = Array(left.unicodeScalars)
  let b = Array(right.unicodeScalars)
  guard a.count <= longestWord, b.count <= longestWord else { return .max }
  var row = Array(0...b.count)
  var (before, twoBefore) = (row, row)
  for i in 1..<(a.count + 1) {
    (twoBefore, before, row) = (before, row, twoBefore)
    row[0] = i
    for j in 1..<(b.count + 1) {
      let change = before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
      var best = min(before[j] + 1, row[j - 1] + 1, change)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, twoBefore[j - 2] + 1) }
      row[j] = best
    }
  }
  return row[b.count]
}
