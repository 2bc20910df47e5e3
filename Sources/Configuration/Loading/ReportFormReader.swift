import JSON
import NumberAuth
import Schema
import YAML

/// Reads `reports` of a provider file: where the SDK's error callback has its codes, by channel.
enum ReportFormReader {
  private static let pointer = Shape.Form("a JSON Pointer such as /data/code", pattern: "^/.*$") {
    $0.hasPrefix("/") && JSONPointer($0) != nil
  }
  private static let digits = Shape.Form("a number of digits such as 6 or 5-6", pattern: "^[1-9][0-9]?(-[1-9][0-9]?)?$")
  {
    SentenceCode.digits($0) != nil
  }

  static let shape = Shape.map(
    key: .several(of: Channel.allCases.map(\.rawValue)),
    value: .object([
      .optional("list", .list(.text, atLeast: 1), "names of the elements, for a callback that is a list"),
      .optional("code", .oneOrMore(.form(pointer)), "the SDK's own code"),
      .optional("message", .oneOrMore(.form(pointer)), "the SDK's message"),
      .optional("carrier", .oneOrMore(.form(pointer)), "the name of the user's carrier"),
      .optional(
        "carrierNames", .map(key: .any, value: .choice(Carrier.allCases.map(\.rawValue))),
        "the SDK's names for the carriers"),
      .optional(
        "inner",
        .list(
          .object([
            .optional(
              "code", .oneOrMore(.form(pointer)), "a code of the carrier's SDK, or a detailed code of the vendor"),
            .optional("in", .form(pointer), "a sentence that contains the code, instead of `code`"),
            .optional("digits", .form(digits), "digits of a code in a sentence", default: .text("5-6")),
            .optional(
              "after", .oneOrMore(.text), "words of which one precedes a code in a sentence by at most ten characters"),
            .optional("message", .oneOrMore(.form(pointer)), "the message of this code"),
            .optional(
              "vendor", .boolean, "true for a more detailed code of the vendor: it is looked up without a carrier",
              default: .boolean(false)),
          ]), atLeast: 1), "more detailed codes; each place that has a code is used"),
    ]))

  static func read(_ node: YAMLNode, _ path: String, _ diagnostics: inout Diagnostics) -> [Channel: ReportForm] {
    var forms: [Channel: ReportForm] = [:]
    for entry in node.entries {
      let form = read(form: entry.value, path, &diagnostics)
      for channel in entry.key.split(separator: "+").compactMap({ Channel(rawValue: String($0)) }) {
        forms[channel] = form
      }
    }
    return forms
  }

  private static func read(form node: YAMLNode, _ path: String, _ diagnostics: inout Diagnostics) -> ReportForm {
    var form = ReportForm()
    form.list = node["list"]?.elements.compactMap(\.text) ?? []
    form.codes = pointers(node["code"])
    form.messages = pointers(node["message"])
    form.carriers = pointers(node["carrier"])
    for name in node["carrierNames"]?.entries ?? [] {
      form.carrierNames[name.key] = name.value.text.flatMap(Carrier.init)
    }
    for inner in node["inner"]?.elements ?? [] {
      let values = pointers(inner["code"])
      let sentence = pointers(inner["in"]).first
      guard values.isEmpty != (sentence == nil) else {
        diagnostics.error(path, inner.mark, "an inner code must have either 'code' or 'in'")
        continue
      }
      let place: ReportForm.InnerCode.Place =
        if let sentence {
          .number(
            in: sentence, digits: inner["digits"]?.text.flatMap(SentenceCode.digits) ?? 5...6,
            after: texts(inner["after"]))
        } else {
          .value(values)
        }
      form.inner.append(
        ReportForm.InnerCode(
          place: place, messages: pointers(inner["message"]),
          isVendors: inner["vendor"]?.bool == true))
    }
    return form
  }

  private static func texts(_ node: YAMLNode?) -> [String] {
    node.map { $0.text.map { [$0] } ?? $0.elements.compactMap(\.text) } ?? []
  }

  private static func pointers(_ node: YAMLNode?) -> [JSONPointer] { texts(node).compactMap(JSONPointer.init) }
}
