import JSON

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
