public import YAML

/// Something wrong, or doubtful, at one place of one file.
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

  /// `file:line:column: message`, as compilers and editors have it.
  public var description: String {
    "\(file):\(mark.line):\(mark.column): \(severity == .warning ? "warning: " : "")\(message)"
  }
}

/// Everything found so far: a check goes on after the first error and reports all of them.
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

  /// Each once, in the order of the files and of their lines.
  public var sorted: [Diagnostic] {
    var seen: Set<Diagnostic> = []
    return found.filter { seen.insert($0).inserted }
      .sorted { ($0.file, $0.mark, $0.message) < ($1.file, $1.mark, $1.message) }
  }
}

/// A known word close to a mistyped one; nil where nothing is close.
public func nearest(to word: String, among known: some Sequence<String>) -> String? {
  let limit = max(1, word.count / 3)
  return known.map { (name: $0, distance: editDistance(word.lowercased(), $0.lowercased())) }
    .filter { $0.distance <= limit }
    .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
}

/// "; did you mean 'x'?" or the list of what is known, where it is short.
public func suggestion(for word: String, among known: [String]) -> String {
  if let near = nearest(to: word, among: known) { return "; did you mean '\(near)'?" }
  return known.isEmpty || known.count > 12 ? "" : "; known: " + known.joined(separator: ", ")
}

/// How many characters to add, drop, change or swap with a neighbour (Damerau, restricted).
private func editDistance(_ left: String, _ right: String) -> Int {
  let a = Array(left.unicodeScalars)
  let b = Array(right.unicodeScalars)
  guard abs(a.count - b.count) <= 8, a.count <= 64, b.count <= 64 else { return .max }
  var rows = [Array(0...b.count)]
  for i in 1..<(a.count + 1) {
    var row = [i]
    for j in 1..<(b.count + 1) {
      let change = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
      var best = min(rows[i - 1][j] + 1, row[j - 1] + 1, change)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, rows[i - 2][j - 2] + 1) }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
