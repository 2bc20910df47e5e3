import Declarative
import NumberAuth
import Schema
import YAML

extension ProviderFile {
  /// The wire format that a declarative file defines; nil for an adapter in Swift. A file that extends another one
  /// inherits the operations that it does not define.
  static func describe(
    _ node: YAMLNode, _ base: ProviderFile?, _ baseNode: YAMLNode?, _ adapter: AdapterKind,
    accountFields: [DeclaredField], inputs: [DeclaredField], path: String, diagnostics: inout Diagnostics
  ) -> DeclarativeDescription? {
    let own = ["steps", "credentials", "operations", "inputs"].compactMap { key in node.entries.first { $0.key == key }
    }
    guard adapter == .declarative else {
      for entry in own {
        diagnostics.error(
          path, entry.keyMark,
          "'\(entry.key)' requires 'adapter: declarative'; '\(adapter.rawValue)' is an adapter in Swift")
      }
      return nil
    }
    if let base, own.isEmpty, node["account"] == nil, let description = base.description { return description }
    func parts(_ key: String) -> [(name: String, part: DeclarativeDescription.Part)] {
      var parts: [(name: String, part: DeclarativeDescription.Part)] = []
      if let base {
        parts = (baseNode?[key]?.entries ?? []).map { ($0.key, .init($0.value, path: base.path)) }
      }
      // Own credentials follow inherited ones, so that they can use them.
      for entry in node[key]?.entries ?? [] {
        parts.removeAll { $0.name == entry.key }
        parts.append((entry.key, .init(entry.value, path: path)))
      }
      return parts
    }
    let operations = parts("operations")
    if operations.isEmpty {
      diagnostics.error(
        path, node.mark, "'operations' is missing: it defines the requests to the vendor and how to read the responses")
    }
    let steps = node["steps"].map { DeclarativeDescription.Part($0, path: path) }
    let baseSteps = base.flatMap { base in
      baseNode?["steps"].map { DeclarativeDescription.Part($0, path: base.path) }
    }
    return DeclarativeDescription(
      steps: steps ?? baseSteps, credentials: parts("credentials"), operations: operations,
      accountFields: accountFields, inputs: inputs, diagnostics: &diagnostics)
  }

  /// Reports operations that are served but not defined. Warns about operations that are defined but not served, and
  /// about declared fields that are not used.
  func check(_ description: DeclarativeDescription, of node: YAMLNode, diagnostics: inout Diagnostics) {
    let served = node["serves"]
    for entry in served?.entries ?? [] {
      for element in entry.value.elements {
        guard let operation = element.text.flatMap(Operation.init), !description.can(operation) else { continue }
        diagnostics.error(
          path, element.mark, "'\(operation.rawValue)' is in 'serves', but is not defined in 'operations'")
      }
    }
    for entry in node["operations"]?.entries ?? [] {
      guard let operation = Operation(rawValue: entry.key) else { continue }
      if !serves.values.contains(where: { $0.contains(operation) }) {
        diagnostics.warning(
          path, entry.keyMark, "'\(operation.rawValue)' is defined, but is not in 'serves' of any channel")
      }
    }
    if let failures = node["failures"], failures.entries.isEmpty {
      diagnostics.warning(path, failures.mark, "'failures' is empty: every code of the vendor will be unmapped")
    }
    for entry in node["steps"]?.entries ?? [] where description.unusedSharedSteps.contains(entry.key) {
      diagnostics.warning(path, entry.keyMark, "nothing uses the step '\(shortened(entry.key))'")
    }
    warnAboutCharacters(of: node, diagnostics: &diagnostics)
    checkSuccess(description, of: node, diagnostics: &diagnostics)
    checkRejections(description, of: node, diagnostics: &diagnostics)
    for (section, used) in [("account", description.usedAccountFields), ("inputs", description.usedInputs)] {
      for entry in node[section]?.entries ?? [] where !used.contains(entry.key) {
        diagnostics.warning(
          path, entry.keyMark, "'\(section == "account" ? "account" : "input").\(shortened(entry.key))' is not used")
      }
    }
  }

  /// Reports codes that are a success of an operation and a failure in the table. Either of the two may be inherited.
  private func checkSuccess(
    _ description: DeclarativeDescription, of node: YAMLNode, diagnostics: inout Diagnostics
  ) {
    for operation in Operation.allCases {
      guard
        let mark = node["operations"]?.entries.first(where: { $0.key == operation.rawValue })?.keyMark
          ?? node["failures"]?.mark
      else { continue }
      let stage: Stage = operation == .login ? .login : .verify
      for code in description.successCodes(of: operation) {
        guard case .failure(let reason, _)? = table.row(code, stage: stage)?.meaning else { continue }
        diagnostics.error(
          path, mark,
          "'\(shortened(code))' is a success code of '\(operation.rawValue)', but 'failures' maps it to '\(reason.rawValue)'"
        )
      }
    }
  }

  /// Reports codes that refuse a credential which the file does not declare.
  private func checkRejections(
    _ description: DeclarativeDescription, of node: YAMLNode, diagnostics: inout Diagnostics
  ) {
    var reported: Set<String> = []
    for entry in table.entries {
      guard let name = entry.row.rejection?.credential, !description.credentialNames.contains(name),
        reported.insert(name).inserted, let failures = node["failures"]
      else { continue }
      let mark = Self.place(of: name, in: failures) ?? failures.mark
      diagnostics.error(
        path, mark,
        "'renew: \(shortened(name))': there is no such credential"
          + suggestion(for: name, among: description.credentialNames))
    }
  }

  /// The place of the first `renew` with this credential.
  private static func place(of credential: String, in node: YAMLNode) -> YAMLMark? {
    if let renew = node["renew"], renew.text == credential { return renew.mark }
    return node.entries.lazy.compactMap { place(of: credential, in: $0.value) }.first
  }
}
