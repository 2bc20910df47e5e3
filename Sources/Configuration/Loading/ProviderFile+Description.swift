import Declarative
import NumberAuth
import Schema
import YAML

extension ProviderFile {
  /// The wire that a declarative file describes; nil for an adapter in Swift. A file that extends another one takes
  /// over the operations that it does not give.
  static func describe(
    _ node: YAMLNode, _ base: ProviderFile?, _ baseNode: YAMLNode?, _ adapter: AdapterKind,
    accountFields: [DeclaredField], inputs: [DeclaredField], path: String, diagnostics: inout Diagnostics
  ) -> DeclarativeDescription? {
    let own = ["steps", "operations", "inputs"].compactMap { key in node.entries.first { $0.key == key } }
    guard adapter == .declarative else {
      for entry in own {
        diagnostics.error(
          path, entry.keyMark, "'\(entry.key)' is for 'adapter: declarative'; '\(adapter.rawValue)' knows its wire")
      }
      return nil
    }
    if let base, own.isEmpty, node["account"] == nil, let description = base.description { return description }
    var operations: [(name: String, part: DeclarativeDescription.Part)] = []
    if let base {
      operations = (baseNode?["operations"]?.entries ?? []).map { ($0.key, .init($0.value, path: base.path)) }
    }
    for entry in node["operations"]?.entries ?? [] {
      operations.removeAll { $0.name == entry.key }
      operations.append((entry.key, .init(entry.value, path: path)))
    }
    if operations.isEmpty {
      diagnostics.error(path, node.mark, "'operations' is missing: how the vendor is called and its answers are read")
    }
    let steps = node["steps"].map { DeclarativeDescription.Part($0, path: path) }
    let baseSteps = base.flatMap { base in
      baseNode?["steps"].map { DeclarativeDescription.Part($0, path: base.path) }
    }
    return DeclarativeDescription(
      steps: steps ?? baseSteps, operations: operations, accountFields: accountFields, inputs: inputs,
      diagnostics: &diagnostics)
  }

  /// What is served must be described, what is described should be served, and what is declared should be used.
  func check(_ description: DeclarativeDescription, of node: YAMLNode, diagnostics: inout Diagnostics) {
    let served = node["serves"]
    for entry in served?.entries ?? [] {
      for element in entry.value.elements {
        guard let operation = element.text.flatMap(Operation.init), !description.can(operation) else { continue }
        diagnostics.error(
          path, element.mark, "'\(operation.rawValue)' is served, but 'operations' does not describe it")
      }
    }
    for entry in node["operations"]?.entries ?? [] {
      guard let operation = Operation(rawValue: entry.key) else { continue }
      if !serves.values.contains(where: { $0.contains(operation) }) {
        diagnostics.warning(path, entry.keyMark, "'\(operation.rawValue)' is described, but no channel serves it")
      }
    }
    checkSuccess(description, of: node, diagnostics: &diagnostics)
    for (section, used) in [("account", description.usedAccountFields), ("inputs", description.usedInputs)] {
      for entry in node[section]?.entries ?? [] where !used.contains(entry.key) {
        diagnostics.warning(
          path, entry.keyMark, "nothing uses '\(section == "account" ? "account" : "input").\(shortened(entry.key))'")
      }
    }
  }

  /// A code cannot be a success of an operation and a failure of its table, whichever of the two this file gives.
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
          "'\(shortened(code))' is a success of '\(operation.rawValue)', but '\(reason.rawValue)' in 'failures'")
      }
    }
  }
}
