public import NumberAuth
public import Schema
public import YAML

extension DeclarativeDescription {
  /// A part of a file: one that extends another file takes over parts of it, and a fault in them is that file's.
  public struct Part: Sendable {
    let node: YAMLNode
    let path: String

    public init(_ node: YAMLNode, path: String) {
      self.node = node
      self.path = path
    }
  }

  /// Reads `steps` and `operations` of a provider's file whose shape has been checked. Everything wrong goes into
  /// `diagnostics`; what is returned after an error must not be used.
  ///
  /// - Parameters:
  ///   - steps: the steps that all operations share.
  ///   - operations: the operations by name; a file that extends another one gives its own and the other's.
  public init(
    steps: Part?, operations: [(name: String, part: Part)], accountFields: [DeclaredField], inputs: [DeclaredField],
    diagnostics: inout Diagnostics
  ) {
    self.accountFields = accountFields
    self.inputs = inputs
    var described: [DeclarativeStage: OperationDescription] = [:]
    var account: Set<String> = []
    var used: Set<String> = []
    for (name, part) in operations {
      guard let stage = DeclarativeStage(rawValue: name) else { continue }
      var reader = OperationReader(stage: stage, account: accountFields, inputs: inputs, path: part.path)
      described[stage] = reader.read(part.node, common: steps)
      for reference in reader.references {
        switch reference {
        case .account(let name): account.insert(name)
        case .input(let name): used.insert(name)
        case .call, .step, .request, .answer, .header: break
        }
      }
      diagnostics.append(reader.diagnostics)
    }
    self.operations = described
    usedAccountFields = account
    usedInputs = used
  }

  /// The codes that an operation takes for a success, so that a table which calls one of them a failure is found out.
  public func successCodes(of operation: Operation) -> [String] {
    (operations[DeclarativeStage(operation)]?.answer?.success ?? []).flatMap { rule -> [String] in
      if case .code(_, let codes) = rule { codes.texts } else { [] }
    }
  }
}
