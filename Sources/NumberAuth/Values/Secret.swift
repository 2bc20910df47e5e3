/// A key, token or password. Description, debugging, mirrors and interpolation show a mask instead of the text.
public struct Secret: Sendable, Hashable {
  /// The text itself, for signatures and requests to vendors. Must not be written to logs, metrics, errors or URLs.
  public let revealed: String

  public init(_ text: String) { revealed = text }

  public var isEmpty: Bool { revealed.isEmpty }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "******" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
