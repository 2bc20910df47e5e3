/// A key, token or password. It cannot print itself: description, debugging, mirrors and interpolation show a mask.
public struct Secret: Sendable, Hashable {
  /// The text itself. Goes into signatures and vendor requests, never into a log, a metric, an error or a URL.
  public let revealed: String

  public init(_ text: String) { revealed = text }

  public var isEmpty: Bool { revealed.isEmpty }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "******" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
