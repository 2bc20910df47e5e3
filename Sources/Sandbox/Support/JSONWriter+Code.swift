internal import JSON

extension JSONWriter {
  /// Writes the code of a vendor whose codes are numbers. A code that is not a number is written as a string.
  mutating func code(_ name: String, _ code: String) {
    if let number = Int(code) { member(named: name, number) } else { member(named: name, code) }
  }
}
