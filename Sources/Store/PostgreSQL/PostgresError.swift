/// A failure of the shared database. It never contains the connection string, a host, a user or a value of a statement.
public struct PostgresError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// No connection, or it was lost: the outcome of the last statement is unknown.
    case unavailable
    /// The server refused a statement; `sqlState` has its code.
    case statement
    /// The connection string is malformed.
    case connectionString
    /// A newer version of Numgate created the schema.
    case newerSchema
  }

  public let kind: Kind
  /// SQLSTATE, five characters; nil if the server sent none.
  public let sqlState: String?
  public let description: String

  init(_ kind: Kind, sqlState: String? = nil, _ description: String) {
    self.kind = kind
    self.sqlState = sqlState
    self.description = description
  }

  /// Whether another attempt of the same transaction can succeed at once: serialisation failure or deadlock.
  var isConflict: Bool { sqlState == "40001" || sqlState == "40P01" }

  /// Whether the server cannot store this data: classes 22 (data exception) and 23 (constraint violation).
  var isAboutData: Bool { sqlState.map { $0.hasPrefix("22") || $0.hasPrefix("23") } ?? false }
}
