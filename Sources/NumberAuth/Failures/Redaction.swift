/// Takes out what must stand in no log, metric or error: a vendor may repeat a phone number in its words.
public enum Redaction {
  /// A code with its runs of eight and more digits masked: no documented code is that long, a phone number is.
  public static func code(_ text: String) -> String { mask(text.unicodeScalars.prefix(64), runsOf: 8) }

  /// Words with their runs of eleven and more digits masked, also where single blanks or dashes part them. Times of 14
  /// and 17 digits stay.
  public static func text(_ text: String) -> String { mask(text.unicodeScalars.prefix(256), runsOf: 11) }

  /// Words without a secret that was sent to the vendor.
  public static func text(_ text: String, without secret: String) -> String {
    Self.text(hide(secret, in: text, atLeast: 4))
  }

  /// A code without a secret that was sent to the vendor: some put what they refuse into the code. A short secret, such
  /// as a carrier's name, may be part of a real code and stays.
  public static func code(_ text: String, without secret: String) -> String { hide(secret, in: text, atLeast: 8) }

  /// Takes out the whole secret, and its beginning where the text was cut in the middle of it (`FailureTable.bounded`).
  private static func hide(_ secret: String, in text: String, atLeast least: Int) -> String {
    guard secret.utf8.count >= least else { return text }
    let text = text.replacing(secret, with: "***")
    guard text.hasSuffix("…") else { return text }
    let whole = Array(text.unicodeScalars.dropLast())
    let start = Array(secret.unicodeScalars.prefix(whole.count))
    for length in stride(from: start.count, through: least, by: -1) where whole.suffix(length) == start[..<length] {
      return String(String.UnicodeScalarView(whole.dropLast(length))) + "***…"
    }
    return text
  }

  private static func mask(_ text: Substring.UnicodeScalarView, runsOf limit: Int) -> String {
    var result = String.UnicodeScalarView()
    // A run of digits with the separators inside it, and a separator behind it that may still belong to it.
    var run = String.UnicodeScalarView()
    var digits = 0
    var isPending = false
    func flush() {
      let isTime = limit > 8 && run.count == digits && (digits == 14 || digits == 17) && run.first == "2"
      var separator: Unicode.Scalar?
      if isPending { separator = run.removeLast() }
      if digits >= limit && !isTime {
        result.append(contentsOf: "***".unicodeScalars)
      } else {
        result.append(contentsOf: run)
      }
      if let separator { result.append(separator) }
      run = String.UnicodeScalarView()
      digits = 0
      isPending = false
    }
    for scalar in text {
      if ("0"..."9").contains(scalar) {
        run.append(scalar)
        digits += 1
        isPending = false
      } else if digits > 0, !isPending, scalar == " " || scalar == "-" {
        run.append(scalar)
        isPending = true
      } else {
        flush()
        result.append(scalar)
      }
    }
    flush()
    return String(result)
  }
}
