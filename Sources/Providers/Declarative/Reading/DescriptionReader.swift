public import NumberAuth
public import Schema
public import YAML

extension DeclarativeDescription {
  /// Reads `steps` and `operations` of a provider's file whose shape has been checked. Everything wrong goes into
  /// `diagnostics`; what is returned after an error must not be used.
  ///
  /// - Parameters:
  ///   - steps: the steps that all operations share.
  ///   - operations: the operations by name; a file that extends another one gives its own and the other's.
  public init(
    steps: YAMLNode?, operations: [YAMLNode.Entry], accountFields: [DeclaredField], inputs: [DeclaredField],
    path: String, diagnostics: inout Diagnostics
  ) {
    self.accountFields = accountFields
    self.inputs = inputs
    var described: [DeclarativeStage: OperationDescription] = [:]
    var references: [Reference] = []
    for entry in operations {
      guard let stage = DeclarativeStage(rawValue: entry.key) else { continue }
      var reader = OperationReader(stage: stage, account: accountFields, inputs: inputs, path: path)
      described[stage] = reader.read(entry.value, common: steps)
      references += reader.references
      diagnostics.append(reader.diagnostics)
    }
    self.operations = described
    usedAccountFields = Set(references.compactMap { if case .account(let name) = $0 { name } else { nil } })
    usedInputs = Set(references.compactMap { if case .input(let name) = $0 { name } else { nil } })
  }

  /// The codes that an operation takes for a success, so that a table which calls one of them a failure is found out.
  public func successCodes(of operation: Operation) -> [String] {
    (operations[DeclarativeStage(operation)]?.answer?.success ?? []).flatMap { rule -> [String] in
      if case .code(_, let codes) = rule { codes.texts } else { [] }
    }
  }
}
