public import JSON

/// Where the error callback of a vendor's SDK has its codes: `reports` of a provider file. Pointers also lead into JSON
/// that a text contains. Of several pointers, the first one that leads to a text or a number is used.
public struct ReportForm: Sendable, Hashable {
  /// A code of the carrier's SDK, or a more detailed code of the vendor.
  public struct InnerCode: Sendable, Hashable {
    public enum Place: Sendable, Hashable {
      /// The whole value.
      case value([JSONPointer])
      /// The first number in a sentence: with this many digits, after one of these words if there are any.
      case number(in: JSONPointer, digits: ClosedRange<Int>, after: [String])
    }

    public var place: Place
    public var messages: [JSONPointer]
    /// Whether it is a more detailed code of the vendor, not of a carrier.
    public var isVendors: Bool

    public init(place: Place, messages: [JSONPointer], isVendors: Bool = false) {
      self.place = place
      self.messages = messages
      self.isVendors = isVendors
    }
  }

  /// Names of the elements, if the callback is a list.
  public var list: [String] = []
  /// The SDK's own code.
  public var codes: [JSONPointer] = []
  public var messages: [JSONPointer] = []
  /// The name of the user's carrier.
  public var carriers: [JSONPointer] = []
  /// The SDK's names for the carriers, besides YD, CM, CMCC, CT, CTCC, CU and CUCC. Upper and lower case are equal.
  public var carrierNames: [String: Carrier] = [:]
  public var inner: [InnerCode] = []

  public init() {}
}

/// Reads a report by a form.
struct FormedReport {
  let form: ReportForm
  let report: JSONValue

  init(_ form: ReportForm, _ report: JSONValue) {
    self.form = form
    self.report = Self.named(form.list, report)
  }

  /// A list as an object with these names.
  private static func named(_ names: [String], _ report: JSONValue) -> JSONValue {
    guard report.kind == .array, !names.isEmpty else { return report }
    let object = JSONFragment { writer in
      writer.object {
        for (name, element) in zip(names, report.elements) {
          $0.key(named: name)
          $0.value(element)
        }
      }
    }
    return (try? JSONValue.parse(object.bytes)) ?? report
  }

  /// Empty if the report has no code at the places of the form.
  func codes() -> [FailureReport.ReportedCode] {
    let named = text(form.carriers).flatMap(carrier(named:))
    let outer = text(form.codes)
    var codes: [FailureReport.ReportedCode] = []
    if let outer {
      codes.append(
        FailureReport.ReportedCode(stage: .token, carrier: named, code: outer, message: message(form.messages)))
    }
    for inner in form.inner {
      guard let (code, sentence) = code(at: inner.place), code != outer, !codes.contains(where: { $0.code == code })
      else { continue }
      codes.append(
        FailureReport.ReportedCode(
          stage: .acquire, carrier: inner.isVendors ? nil : named ?? sentence.flatMap(carrier(in:)), code: code,
          message: message(inner.messages) ?? sentence.map { FailureTable.bounded(Redaction.sentence($0)) }))
    }
    return codes
  }

  private func code(at place: ReportForm.InnerCode.Place) -> (code: String, sentence: String?)? {
    switch place {
    case .value(let pointers): return text(pointers).map { ($0, nil) }
    case .number(let pointer, let digits, let words):
      guard let value = report.at(pointer, lookingIntoTexts: true), let sentence = value.text,
        let number = SentenceCode.find(in: sentence, digits: digits, after: words)
      else { return nil }
      return (number, sentence)
    }
  }

  private func text(_ pointers: [JSONPointer]) -> String? {
    for pointer in pointers {
      guard let text = report.at(pointer, lookingIntoTexts: true)?.text.map(FailureTable.trim), !text.isEmpty,
        !["undefined", "null", "--"].contains(text)
      else { continue }
      return FailureTable.bounded(text)
    }
    return nil
  }

  private func message(_ pointers: [JSONPointer]) -> String? { text(pointers).map(Redaction.sentence) }

  private func carrier(named name: String) -> Carrier? {
    FailureReport.carrier(name)
      ?? form.carrierNames.first { $0.key.uppercased() == name.uppercased() }?.value
  }

  /// The carrier that a sentence names as a word.
  private func carrier(in sentence: String) -> Carrier? {
    sentence.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }.lazy
      .filter { $0.contains { $0.isLetter } }.compactMap { carrier(named: String($0)) }.first
      // Chinese names have no spaces around them.
      ?? form.carrierNames.first { name, _ in !name.utf8.allSatisfy { $0 < 0x80 } && sentence.contains(name) }?.value
  }
}

/// A text that an app logged instead of JSON: iOS' `NSError`, or `toString()` of an Android object.
enum LoggedObject {
  /// The longest text that is read, in bytes.
  static let longest = 16_384

  /// The members that the text lists as `name=value`, `name = "value"`, `name='value'` or `Code=…`. nil without members.
  static func read(_ text: String) -> JSONValue? {
    guard text.utf8.count <= longest else { return nil }
    var members: [(name: String, value: String)] = []
    var rest = text[...]
    while let sign = rest.firstIndex(of: "=") {
      let name = rest[..<sign].reversed().drop { $0 == " " }.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      var value = rest[rest.index(after: sign)...].drop { $0 == " " }
      if let quote = value.first, quote == "'" || quote == "\"" {
        let body = value.dropFirst()
        let end = closing(quote, in: body)
        value = body[..<end]
        rest = body[end...]
      } else if value.first == "{", let end = json(value) {
        rest = value[end...]
        value = value[..<end]
      } else if value.first == "{" {
        // The members of an inner object follow.
        rest = value.dropFirst()
        value = ""
      } else {
        let end = unquotedEnd(value)
        rest = value[end...]
        value = value[..<end]
      }
      if !name.isEmpty, !value.isEmpty { members.append((lowered(String(name.reversed())), String(value))) }
    }
    guard !members.isEmpty else { return nil }
    let object = JSONFragment { writer in
      writer.object {
        var written: Set<String> = []
        for (name, value) in members where written.insert(name).inserted { $0.member(named: name, value) }
      }
    }
    return try? JSONValue.parse(object.bytes)
  }

  /// A value without quotes ends before a separator, and before a blank that another member or a quote follows:
  /// `Domain=x Code=600012 "…"`.
  private static func unquotedEnd(_ text: Substring) -> String.Index {
    for index in text.indices {
      if ",;})\n".contains(text[index]) { return index }
      guard text[index] == " " else { continue }
      let next = text[text.index(after: index)...]
      if next.first == "\"" || next.drop(while: { $0.isLetter || $0.isNumber || $0 == "_" }).first == "=" {
        return index
      }
    }
    return text.endIndex
  }

  /// The end of a JSON object at the start of a text; nil for another text.
  private static func json(_ text: Substring) -> String.Index? {
    guard text.dropFirst().first(where: { $0 != " " }) == "\"" else { return nil }
    var depth = 0
    for index in text.indices {
      if text[index] == "{" { depth += 1 }
      if text[index] == "}" { depth -= 1 }
      if depth == 0 { return text.index(after: index) }
    }
    return nil
  }

  /// `Code` of `NSError` is `code` elsewhere.
  private static func lowered(_ name: String) -> String { name == "Code" ? "code" : name }

  /// The quote that ends a value: JSON inside a text contains quotes too.
  private static func closing(_ quote: Character, in text: Substring) -> String.Index {
    var end = text.firstIndex(of: quote)
    while let found = end {
      let next = text[text.index(after: found)...].first { $0 != " " }
      if next == nil || ",;})\n".contains(next ?? " ") && !(text.first == "{" && text[..<found].last != "}") {
        return found
      }
      end = text[text.index(after: found)...].firstIndex(of: quote)
    }
    return text.endIndex
  }
}
