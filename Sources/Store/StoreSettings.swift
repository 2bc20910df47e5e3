public import NumberAuth

/// `store` of config.yaml.
public struct StoreSettings: Sendable, Equatable {
  /// Folder of the SQLite database; nil: nothing is written to disk (`:memory:`).
  public var path: String?
  /// libpq connection string of the database that all gateways share; nil: none.
  public var postgres: Secret?
  /// Keys of 32 bytes: the first encrypts and hashes, all of them decrypt. Empty: a random key at each start.
  public var keys: [Secret]

  public init(path: String? = nil, postgres: Secret? = nil, keys: [Secret] = []) {
    self.path = path
    self.postgres = postgres
    self.keys = keys
  }
}

/// `idempotency` of config.yaml.
public struct IdempotencySettings: Sendable, Equatable {
  /// How long the first answer to an `Idempotency-Key` is kept.
  public var keep = Duration.seconds(600)

  public init() {}
}

/// `ledger` of config.yaml.
public struct LedgerSettings: Sendable, Equatable {
  /// When an answer may leave. The raw values are those of config.yaml.
  public enum Durability: String, Sendable, CaseIterable {
    /// After its row is committed and synced.
    case acknowledged
    /// As `acknowledged`, and an intent row is committed before the vendor is called.
    case strict
    /// At once; the row is committed within 100 ms.
    case relaxed
    /// No row is written.
    case off
  }

  /// What happens to calls while rows cannot be written. The raw values are those of config.yaml.
  public enum ErrorPolicy: String, Sendable, CaseIterable {
    /// Calls are answered; rows are kept in memory and written later.
    case `continue`
    /// Calls are refused with `overloaded`.
    case refuse
  }

  public var durability = Durability.acknowledged
  /// How long rows are kept.
  public var keep = Duration.seconds(400 * 86_400)
  public var onError = ErrorPolicy.continue
  /// Whether rows contain a keyed hash of the phone number.
  public var numberHash = false
  /// Hours that the days and months of limits and usage are ahead of UTC; 8: China time.
  public var utcOffset = 8

  public init() {}
}
