import NumberAuth

/// Generates result codes, some similar to the documented codes of a vendor. The sequence is the same in every run.
struct CodeGenerator {
  private var random: SeededRandom
  private let known: [String]

  init(seed: UInt64, from table: FailureTable) {
    random = SeededRandom(seed: seed)
    known =
      table.entries.compactMap { if case .code(let code) = $0.pattern { code } else { nil } }
      + [
        "000", "001", "000000", "103000", "OK", "PASS", "REJECT", "UNKNOWN", "0", "0000", "10000", "600000", "success",
      ]
      // U+212A is canonically equivalent to K.
      + ["O\u{212a}"]
  }

  /// A trimmed code and a JSON value with it: a text, possibly with surrounding whitespace, or a number.
  mutating func next() -> (code: String, json: String) {
    let code = text()
    if random.chance(3), Int(code).map({ "\($0)" == code }) == true { return (code, code) }
    let blanks = ["", "", "", " ", "\\t", "\\n ", "  "]
    return (code, "\"" + random.pick(blanks) + escaped(code) + random.pick(blanks) + "\"")
  }

  private mutating func text() -> String {
    if random.chance(4) { return randomText() }
    if random.chance(8) { return random.pick(known) }
    var scalars = Array(random.pick(known).unicodeScalars)
    for _ in 0...random.below(2) {
      let place = random.below(scalars.count + 1)
      switch random.below(8) {
      case 0: scalars.insert(random.pick(CodeGenerator.odd), at: place)
      case 1: if place < scalars.count { scalars.remove(at: place) }
      case 2: if place < scalars.count { scalars[place] = random.pick(CodeGenerator.odd) }
      case 3: scalars = Array(String(String.UnicodeScalarView(scalars)).lowercased().unicodeScalars)
      case 4: scalars.reverse()
      case 5: scalars += scalars
      case 6:
        // Full-width forms look similar but are different characters.
        scalars = scalars.map { (0x21...0x7e).contains($0.value) ? Unicode.Scalar($0.value + 0xfee0) ?? $0 : $0 }
      default: scalars.insert("0", at: 0)
      }
    }
    // The gateway compares trimmed codes, without further normalization.
    return String(String.UnicodeScalarView(scalars)).trimmed
  }

  private mutating func randomText() -> String {
    let alphabet = Array("0123456789abcdefXYZ._-".unicodeScalars) + CodeGenerator.odd
    return String(String.UnicodeScalarView((0..<random.below(12)).map { _ in random.pick(alphabet) })).trimmed
  }

  private static let odd: [Unicode.Scalar] = [
    "0", "1", "3", "O", "K", "S", "x", ".", "-", "_", ",", ";", "*", "%", "$", "\u{0}", "\u{7f}", "\u{e9}", "\u{301}",
    "\u{200b}", "\u{202e}", "\u{212a}", "\u{ff10}", "\u{1f600}", "码",
  ]

  private func escaped(_ code: String) -> String {
    code.unicodeScalars.map { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "\u{0}"..."\u{1f}":
        "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: String(scalar)
      }
    }.joined()
  }
}

extension String {
  fileprivate var trimmed: String {
    var scalars = unicodeScalars[...]
    while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
    while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
    return String(scalars)
  }
}

/// SplitMix64: a reproducible generator.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number in 0..<limit.
  public mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  /// True with probability 1/`times`.
  public mutating func chance(_ times: Int) -> Bool { below(times) == 0 }

  public mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
