internal import YAML

/// An error in a file of accounts, with its position. Never contains a part of a key.
public struct SandboxAccountsError: Error, CustomStringConvertible {
  let mark: YAMLMark
  let message: String

  public var description: String { "\(mark.line):\(mark.column): \(message)" }
}
