/// Removes data that must not appear in a log, metric or error. A vendor's message can contain the phone number.
public enum Redaction {
  /// Masks runs of eight or more digits in a code. No documented code is that long, but a phone number is.
  public static func code(_ text: String) -> String { mask(text.unicodeScalars.prefix(64), runsOf: 8) }

  /// Masks runs of eleven or more digits in a message, also if single spaces or dashes separate them. Times with 14 or
  /// 17 digits are kept.
  public static func text(_ text: String) -> String { mask(text.unicodeScalars.prefix(256), runsOf: 11) }

  /// Masks what can be a token in the message of an SDK: 40 or more letters, digits and the characters of Base64 and JWTs
  /// without a blank. Some SDKs put the token where others put the message.
  static func sentence(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var run = String.UnicodeScalarView()
    func flush() {
      if run.count >= 40 { result.append(contentsOf: "***".unicodeScalars) } else { result.append(contentsOf: run) }
      run = String.UnicodeScalarView()
    }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "+", "/", "=", "-", "_", ".": run.append(scalar)
      default:
        flush()
        result.append(scalar)
      }
    }
    flush()
    return String(result)
  }

  /// Removes a secret that was sent to the vendor from its message.
  public static func text(_ text: String, without secret: String) -> String {
    Self.text(hide(secret, in: text, atLeast: 4))
  }

  /// Removes a secret that was sent to the vendor from its code: some vendors repeat a rejected value there. A secret
  /// of less than 8 bytes, such as a carrier's name, is kept, because it can be part of a real code.
  public static func code(_ text: String, without secret: String) -> String { hide(secret, in: text, atLeast: 8) }

  /// Removes a secret from a vendor's id. Unlike a message, an id keeps long numbers: it is compared with the vendor's
  /// bill.
  public static func id(_ text: String, without secret: String) -> String {
    contains(text, secret) ? hide(secret, in: text, atLeast: 8) : text
  }

  private static func contains(_ text: String, _ part: String) -> Bool {
    var (text, part) = (text, part)
    return text.withUTF8 { text in
      part.withUTF8 { part in
        guard let first = part.first, text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains {
          text[$0] == first && text[$0..<($0 + part.count)].elementsEqual(part)
        }
      }
    }
  }

  /// Replaces the secret, also if the text was truncated in the middle of it (`FailureTable.bounded`).
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
    // A run of digits and the separators inside it. `isPending`: it ends with a separator that may belong to it.
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
