internal import YAML

/// An entry of one of the lists in the accounts' file, told from the list's others by a text of its own.
protocol ListedAccount: Sendable {
  /// What the vendor calls that text.
  static var keyField: String { get }
  var key: String { get }

  init(_ node: YAMLNode) throws(SandboxAccountsError)
}
