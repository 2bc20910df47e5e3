internal import YAML

/// An entry of a list in the accounts file, identified by a unique key.
protocol ListedAccount: Sendable {
  /// The vendor's name of the key.
  static var keyField: String { get }
  var key: String { get }

  init(_ node: YAMLNode) throws(SandboxAccountsError)
}
