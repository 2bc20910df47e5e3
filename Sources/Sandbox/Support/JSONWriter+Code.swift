internal import JSON

extension JSONWriter {
  /// A vendor's code where the vendor has numbers: a number, unless it is none.
  mutating func code(_ name: String, _ code: String) {
    if let number = Int(code) { member(named: name, number) } else { member(named: name, code) }
  }
}
