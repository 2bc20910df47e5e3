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

  /// Reads `steps`, `credentials` and `operations` of a provider file that has passed the shape check. Appends every
  /// error to `diagnostics`; after an error the result must not be used.
  ///
  /// - Parameters:
  ///   - steps: the steps that all operations share.
  ///   - credentials: the credentials by name, in the order in which they are fetched.
  ///   - operations: the operations by name, including those inherited from the extended file.
  public init(
    steps: Part?, credentials: [(name: String, part: Part)], operations: [(name: String, part: Part)],
    accountFields: [DeclaredField], inputs: [DeclaredField], diagnostics: inout Diagnostics
  ) {
    self.accountFields = accountFields
    self.inputs = inputs
    var account: Set<String> = []
    var used: Set<String> = []
    var usedCredentials: Set<String> = []
    var usedSteps: Set<String> = []
    // The values of the call that no operation so far has.
    var missing: Set<OperationReader.MissingValue>?
    func read(
      _ stage: DeclarativeStage, _ part: Part, _ known: [CredentialDescription]
    ) -> (operation: OperationDescription, isOfCall: Bool) {
      var reader = OperationReader(
        stage: stage, account: accountFields, inputs: inputs, credentials: known.map(\.name),
        declared: credentials.map(\.name), path: part.path)
      let operation = reader.read(part.node, common: steps)
      for reference in reader.references {
        switch reference {
        case .account(let name): account.insert(name)
        case .input(let name): used.insert(name)
        case .credential(let name): usedCredentials.insert(name)
        case .call, .step, .request, .answer, .header: break
        }
      }
      usedSteps.formUnion(reader.usedSharedSteps)
      missing = missing?.intersection(reader.missingValues) ?? Set(reader.missingValues)
      diagnostics.append(reader.diagnostics)
      let isOfCall =
        reader.usedReferences(operation.needed).contains(where: \.isOfCall)
        || known.contains { $0.isOfCall && operation.credentials.contains($0.name) }
      return (operation, isOfCall)
    }
    var issued: [CredentialDescription] = []
    for (name, part) in credentials {
      if DeclarativeStage(rawValue: name) != nil {
        diagnostics.error(part.path, part.node.mark, "'\(name)' is the name of an operation; use another name")
      }
      let (operation, isOfCall) = read(.credential, part, issued)
      issued.append(CredentialDescription(name: name, operation: operation, isOfCall: isOfCall))
    }
    var described: [DeclarativeStage: OperationDescription] = [:]
    for (name, part) in operations {
      guard let stage = DeclarativeStage(rawValue: name) else { continue }
      described[stage] = read(stage, part, issued).operation
    }
    for (name, part) in credentials where !usedCredentials.contains(name) {
      diagnostics.warning(part.path, part.node.mark, "nothing uses the credential '\(shortened(name))'")
    }
    self.credentials = issued
    for missing in missing ?? [] where !usedSteps.contains(steps?.node.entries[missing.step].key ?? "") {
      diagnostics.error(
        steps?.path ?? "", missing.mark, "'${\(missing.name)}' is not available in any operation of this file")
    }
    unusedSharedSteps = Set((steps?.node.entries ?? []).map(\.key)).subtracting(usedSteps)
    self.operations = described
    usedAccountFields = account
    usedInputs = used
  }

  /// The success codes of an operation; used to detect failure tables that redefine one of them as a failure.
  public func successCodes(of operation: Operation) -> [String] {
    (operations[DeclarativeStage(operation)]?.answer?.success ?? []).flatMap { rule -> [String] in
      switch rule {
      case .code(_, let codes, _), .value(_, let codes): codes.texts
      case .present, .absent: []
      }
    }
  }
}
