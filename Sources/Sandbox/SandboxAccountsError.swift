internal import YAML

/// Why a text does not describe accounts, and where. Never says what stands in a key.
public struct SandboxAccountsError: Error, CustomStringConvertible {
  let mark: YAMLMark
  let message: String

  public var description: String { "\(mark.line):\(mark.column): \(message)" }
}
