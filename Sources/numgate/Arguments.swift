/// What stands behind the command's name: options with values (`--name value` or `--name=value`), flags, and words.
struct Arguments {
  private var rest: [String]
  var command: String?

  init(_ arguments: some Sequence<String>) { rest = Array(arguments) }

  func contains(_ flag: String) -> Bool { rest.contains(flag) }

  mutating func next() -> String? { rest.isEmpty ? nil : rest.removeFirst() }

  /// The first argument that is no option. A vendor's code may begin with one dash.
  mutating func word() -> String? {
    rest.firstIndex { !$0.hasPrefix("--") }.map { rest.remove(at: $0) }
  }

  mutating func flag(_ name: String) -> Bool {
    guard let index = rest.firstIndex(of: name) else { return false }
    rest.remove(at: index)
    return true
  }

  /// Throws where the option stands without a value or twice.
  mutating func option(_ name: String) throws(UsageError) -> String? {
    var value: String?
    var index = 0
    while index < rest.count {
      let argument = rest[index]
      let found: String
      if argument == name {
        guard index + 1 < rest.count, !rest[index + 1].hasPrefix("--") else {
          throw UsageError("\(name) needs a value", command: command)
        }
        found = rest[index + 1]
        rest.removeSubrange(index...(index + 1))
      } else if argument.hasPrefix(name + "=") {
        found = String(argument.dropFirst(name.count + 1))
        rest.remove(at: index)
      } else {
        index += 1
        continue
      }
      if value != nil { throw UsageError("\(name) stands twice", command: command) }
      value = found
    }
    return value
  }

  /// An option that may stand several times, in order.
  mutating func options(_ name: String) throws(UsageError) -> [String] {
    var values: [String] = []
    while let index = rest.firstIndex(where: { $0 == name || $0.hasPrefix(name + "=") }) {
      let argument = rest.remove(at: index)
      if argument != name {
        values.append(String(argument.dropFirst(name.count + 1)))
      } else {
        guard index < rest.count, !rest[index].hasPrefix("--") else {
          throw UsageError("\(name) needs a value", command: command)
        }
        values.append(rest.remove(at: index))
      }
    }
    return values
  }

  mutating func required(_ name: String) throws(UsageError) -> String {
    guard let value = try option(name) else { throw UsageError("\(name) is missing", command: command) }
    return value
  }

  /// Throws where the option's value is none of the words.
  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, as type: Word.Type
  ) throws(UsageError) -> Word? where Word.RawValue == String {
    guard let text = try option(name) else { return nil }
    guard let word = Word(rawValue: text) else {
      throw UsageError(
        "\(name) must be one of " + Word.allCases.map(\.rawValue).joined(separator: ", "), command: command)
    }
    return word
  }

  /// Call last: throws for whatever nobody has taken.
  func finish() throws(UsageError) {
    if let first = rest.first {
      throw UsageError(
        first.hasPrefix("-") ? "unknown option '\(first)'" : "unexpected '\(first)'", command: command)
    }
  }
}
