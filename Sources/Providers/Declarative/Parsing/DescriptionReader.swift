public import NumberAuth
public import Schema
public import YAML

extension DeclarativeDescription {
  /// A part of a provider file. A file that extends another file inherits parts of it; errors in an inherited part are
  /// reported with the path of that other file.
  public struct Part: Sendable {
    let node: YAMLNode
    let path: String

    public init(_ node: YAMLNode, path: String) {
      self.node = node
      self.path = path
    }
  }

  /// Reads `steps` and `operations` of a provider file that has passed the shape check. Appends every error to
  /// `diagnostics`; after an error the result must not be used.
  ///
  /// - Parameters:
  ///   - steps: the steps that all operations share.
  ///   - operations: the operations by name, including those inherited from the extended file.
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

  /// The success codes of an operation; used to detect failure tables that redefine one of them as a failure.
  public func successCodes(of operation: Operation) -> [String] {
    (operations[DeclarativeStage(operation)]?.answer?.success ?? []).flatMap { rule -> [String] in
      if case .code(_, let codes, _) = rule { codes.texts } else { [] }
    }
  }
}
