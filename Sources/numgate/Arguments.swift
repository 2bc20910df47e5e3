/// Parsed command-line arguments: options (`--name value` or `--name=value`), flags and operands, in any order. `--`
/// ends the options: everything after it is an operand.
struct Arguments {
  private var rest: [String]
  private var operands: [String] = []
  var command: String?

  init(_ arguments: some Sequence<String>) {
    rest = Array(arguments)
    if let end = rest.firstIndex(of: "--") {
      operands = Array(rest[(end + 1)...])
      rest.removeSubrange(end...)
    }
  }

  func contains(_ flag: String) -> Bool { rest.contains(flag) }

  mutating func next() -> String? { rest.isEmpty ? nil : rest.removeFirst() }

  /// The next operand. An operand may begin with one dash, as some vendor codes do. Call after reading the options.
  mutating func word() -> String? {
    if let index = rest.firstIndex(where: { !$0.hasPrefix("--") }) { return rest.remove(at: index) }
    return operands.isEmpty ? nil : operands.removeFirst()
  }

  mutating func flag(_ name: String) -> Bool {
    guard let index = rest.firstIndex(of: name) else { return false }
    rest.remove(at: index)
    return true
  }

  /// Throws if the option has no value or is repeated.
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
      if value != nil { throw UsageError("\(name) must not be repeated", command: command) }
      value = found
    }
    return value
  }

  /// The values of an option that may be repeated, in order.
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

  /// Throws if the value of the option is not one of the raw values.
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

  /// Throws if an argument has not been read. Call last.
  func finish() throws(UsageError) {
    if let first = rest.first ?? operands.first {
      throw UsageError(
        first.hasPrefix("-") ? "unknown option '\(first)'" : "unexpected argument '\(first)'", command: command)
    }
  }
}
