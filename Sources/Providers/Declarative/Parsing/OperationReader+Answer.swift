import JSON
import NumberAuth
import Schema
import YAML

extension OperationReader {
  /// - Parameter source: `of`, which has been read before the steps of the answer.
  mutating func readAnswer(_ node: YAMLNode, source: Template?) -> AnswerDescription {
    var success: [SuccessRule<Template>] = []
    for rule in node["success"]?.elements ?? [] {
      if rule["value"] != nil {
        if let value = answerTemplate(rule["value"]) { success.append(.value(value, is: codes(rule["is"]))) }
        continue
      }
      if rule["absent"] != nil {
        success.append(.absent(pointers(rule["absent"])))
      } else if rule["at"] != nil {
        success.append(.code(at: pointers(rule["at"]), is: codes(rule["is"]), reason: pointers(rule["code"])))
      } else if rule["present"] != nil {
        success.append(.present(pointers(rule["present"]), otherwise: pointers(rule["otherwise"])))
      }
    }
    var echoes: [AnswerDescription.Echo] = []
    for echo in node["echo"]?.elements ?? [] {
      if let value = template(echo["is"]) { echoes.append(.init(at: pointers(echo["at"]), value: value)) }
    }
    let isPointer = node["message"].map { ($0.text ?? $0.elements.first?.text ?? "").hasPrefix("/") } ?? true
    if !isPointer, let message = node["message"], message.text == nil {
      error(message.mark, "'message' must be pointers such as /msg, or one text with ${…}")
    }
    return AnswerDescription(
      success: success, source: source, message: isPointer ? pointers(node["message"]) : [],
      messageText: isPointer ? nil : answerTemplate(node["message"]), inner: node["inner"].map { inner($0) },
      echoes: echoes, billed: readBilled(node["billed"]),
      number: answerTemplate(node["number"]),
      carrier: readChoice(node["carrier"], Carrier.allCases.map { ($0.rawValue, $0) }),
      verdict: readChoice(node["verdict"], [("match", .match), ("mismatch", .mismatch)]),
      transaction: answerTemplate(node["transaction"]), smsAssistToken: answerTemplate(node["smsAssistToken"]),
      credential: readCredential(node))
  }

  /// - Parameter references: those of the operation.
  func format(
    of node: YAMLNode?, _ answer: AnswerDescription?, _ references: [Reference]
  ) -> AnswerDescription.Format {
    guard let name = node?["format"]?.text, name != "json" else { return .json }
    let pointers = references.compactMap { if case .answer(let pointer) = $0 { pointer } else { nil } }
    let all = (answer?.pointers ?? []) + pointers
    return name == "xml" ? .xml(all) : .text(all)
  }

  /// `value` and `life`, which only the answer of a credential has.
  private mutating func readCredential(_ node: YAMLNode) -> AnswerDescription.IssuedCredential? {
    guard let value = answerTemplate(node["value"]), let life = node["life"] else { return nil }
    if let duration = life.text.flatMap(parseDuration) {
      guard (.seconds(1)...FetchedCredential.maximumLife).contains(duration) else {
        error(life.mark, "'life' must be from 1s to 30d")
        return nil
      }
      return .init(value: value, life: .constant(duration))
    }
    if let milliseconds = life["milliseconds"] {
      return answerTemplate(milliseconds).map { .init(value: value, life: .milliseconds($0)) }
    }
    guard life.text?.contains("${") == true else {
      error(
        life.mark,
        "'life' must be a duration such as 3600s or 2h, a value of the answer in seconds such as ${answer/expires_in}, or "
          + "{milliseconds: …}")
      return nil
    }
    return answerTemplate(life).map { .init(value: value, life: .seconds($0)) }
  }

  private mutating func inner(_ node: YAMLNode) -> AnswerDescription.InnerCode {
    let words = node["after"].map { $0.text.map { [$0] } ?? $0.elements.compactMap(\.text) }
    return AnswerDescription.InnerCode(
      sentence: pointers(node["in"]), digits: node["digits"]?.text.flatMap(SentenceCode.digits) ?? 5...6,
      words: words ?? [])
  }

  /// Parses a template for a value of the response. A template without references is an error: its value would not
  /// depend on the response.
  private mutating func answerTemplate(_ node: YAMLNode?) -> Template? {
    guard let node, let template = template(node) else { return nil }
    if template.references.isEmpty, let text = node.text {
      error(
        node.mark,
        text.hasPrefix("/")
          ? "'\(shortened(text))' is a constant; did you mean '${answer\(shortened(text))}'?"
          : "'\(shortened(text))' is a constant; use a value of the answer, such as ${answer/data/phone}, or a step")
    }
    return template
  }

  private mutating func readBilled(_ node: YAMLNode?) -> AnswerDescription.BilledRule {
    if let always = node?.text.flatMap(Billing.init) { return .always(always) }
    guard let choice = readChoice(node, [("yes", Billing.yes), ("no", .no)]) else { return .always(.unknown) }
    return .reported(choice, onFailure: node?["onFailure"]?.bool ?? false)
  }

  private mutating func readChoice<Meaning>(
    _ node: YAMLNode?, _ meanings: [(key: String, meaning: Meaning)]
  ) -> AnswerDescription.Choice<Meaning>? {
    guard let node, let of = answerTemplate(node["of"]) else { return nil }
    var known: [(words: Codes, meaning: Meaning)] = []
    var seen: [String: String] = [:]
    for (key, meaning) in meanings {
      let codes = codes(node[key])
      for element in node[key]?.elements ?? [] {
        guard let text = element.text else { continue }
        if let other = seen.updateValue(key, forKey: text) {
          error(element.mark, "'\(shortened(text))' is already listed under '\(other)'")
        }
      }
      if !codes.texts.isEmpty { known.append((codes, meaning)) }
    }
    return AnswerDescription.Choice(of: of, meanings: known)
  }

  private mutating func codes(_ node: YAMLNode?) -> Codes {
    plain(node)
    return Codes(texts: (node?.elements ?? []).compactMap(\.text))
  }
}
