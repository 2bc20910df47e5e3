internal import NumberAuth

/// The tables of the shared database. Plain SQL without extensions, triggers and functions.
enum PostgresSchema {
  /// The migrations in their order. The version of a schema is the number of applied migrations. An applied migration
  /// must not be changed: append a new one.
  static let migrations: [String] = [
    """
    CREATE TABLE series (
      id bigint PRIMARY KEY,
      gateway text NOT NULL, team text NOT NULL, app text NOT NULL, account text NOT NULL, provider text NOT NULL,
      channel text NOT NULL, operation text NOT NULL, stage text NOT NULL, carrier text NOT NULL,
      outcome text NOT NULL, reason text NOT NULL, delivery text NOT NULL, billed text NOT NULL,
      currency text NOT NULL);
    CREATE TABLE calls (
      at timestamptz NOT NULL,
      seq bigint NOT NULL,
      series bigint NOT NULL,
      price bigint NOT NULL,
      source integer NOT NULL,
      app integer NOT NULL,
      latency integer NOT NULL,
      request bytea NOT NULL,
      txn bytea NOT NULL,
      vendor_id text,
      code text,
      number_hash bytea,
      PRIMARY KEY (at, seq, source, app)) PARTITION BY RANGE (at);
    CREATE TABLE usage_hourly (
      hour timestamptz NOT NULL,
      series bigint NOT NULL,
      app integer NOT NULL,
      calls bigint NOT NULL,
      price bigint NOT NULL,
      latency bigint NOT NULL,
      PRIMARY KEY (hour, series, app));
    """,
    """
    CREATE TABLE limits (name text PRIMARY KEY, total bigint NOT NULL, lapses timestamptz NOT NULL);
    CREATE TABLE leases (
      name text NOT NULL,
      gateway text NOT NULL,
      share bigint NOT NULL,
      used bigint NOT NULL,
      demand bigint NOT NULL,
      expires timestamptz NOT NULL,
      PRIMARY KEY (name, gateway));
    """,
    """
    CREATE TABLE idempotency (
      key bytea PRIMARY KEY,
      record bytea NOT NULL,
      expires timestamptz NOT NULL);
    CREATE INDEX idempotency_expires ON idempotency (expires);
    """,
  ]

  /// The key of the advisory lock of migrations and of the creation and removal of partitions: "numgate" in ASCII.
  static let lock: Int64 = 0x6e75_6d67_6174_65

  /// Creates or updates the schema. Gateways that start at the same time wait for each other. Throws `newerSchema` if
  /// the schema has migrations that this version does not contain.
  static func migrate(
    _ connection: PostgresConnection, _ migrations: [String] = PostgresSchema.migrations
  ) throws(PostgresError) {
    let version = "SELECT max(version) FROM numgate_schema"
    // Without a lock: usually nothing is to be done.
    if let current = try? connection.execute(version), !current.rows.isEmpty,
      current.integer(0, 0) == migrations.count
    {
      return
    }
    try connection.inTransaction { () throws(PostgresError) in
      try connection.execute("SELECT pg_advisory_xact_lock(\(lock))")
      try connection.execute(
        "CREATE TABLE IF NOT EXISTS numgate_schema (version integer PRIMARY KEY, applied timestamptz NOT NULL)")
      let current = Int(try connection.execute(version).integer(0, 0))
      guard current <= migrations.count else {
        throw PostgresError(
          .newerSchema,
          "the schema of the PostgreSQL database has version \(current), this Numgate supports version "
            + "\(migrations.count); update this gateway")
      }
      for number in current..<migrations.count {
        try connection.execute(migrations[number])
        try connection.execute("INSERT INTO numgate_schema VALUES (\(number + 1), now())")
      }
    }
  }
}

/// Daily partitions of the table `calls`, in UTC.
enum PostgresPartitions {
  static let millisecondsPerDay: Int64 = 86_400_000
  /// Number of days for which partitions exist ahead.
  static let ahead: Int64 = 3

  static func day(of time: WallTime) -> Int64 {
    let (quotient, remainder) = time.milliseconds.quotientAndRemainder(dividingBy: millisecondsPerDay)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// `2026-11-28` for a day since the Unix epoch.
  static func date(_ day: Int64) -> String {
    String(WallTime(milliseconds: day * millisecondsPerDay).iso8601.prefix(10))
  }

  static func name(_ day: Int64) -> String { "calls_" + date(day).filter { $0 != "-" } }

  /// Creates the missing partitions of the days. Call in a transaction.
  static func create(_ days: some Sequence<Int64>, _ connection: PostgresConnection) throws(PostgresError) {
    for day in days {
      try connection.execute(
        """
        CREATE TABLE IF NOT EXISTS \(name(day)) PARTITION OF calls
        FOR VALUES FROM ('\(date(day)) 00:00:00+00') TO ('\(date(day + 1)) 00:00:00+00')
        """)
    }
  }

  /// The days of the existing partitions.
  static func existing(_ connection: PostgresConnection) throws(PostgresError) -> Set<Int64> {
    let tables = try connection.run(
      """
      SELECT extract(epoch FROM to_date(substr(table_name, 7), 'YYYYMMDD'))::bigint / 86400
      FROM information_schema.tables
      WHERE table_schema = current_schema() AND table_name ~ '^calls_[0-9]{8}$'
      """)
    return Set(tables.rows.indices.map { tables.integer($0, 0) })
  }

  /// Creates the partitions of the coming days and of `days`, and drops those that end before `oldest`. Returns the
  /// days that have a partition. The exclusive lock of `calls` is held for milliseconds.
  static func maintain(
    today: Int64, days: Set<Int64>, oldest: Int64, _ connection: PostgresConnection
  ) throws(PostgresError) -> Set<Int64> {
    let wanted = days.union(today...(today + ahead)).filter { $0 >= oldest }
    let existing = try existing(connection)
    let expired = existing.filter { $0 < oldest }
    guard !wanted.isSubset(of: existing) || !expired.isEmpty else { return existing }
    try connection.inTransaction { () throws(PostgresError) in
      try connection.execute("SELECT pg_advisory_xact_lock(\(PostgresSchema.lock))")
      try create(wanted.subtracting(existing).sorted(), connection)
      for day in expired.sorted() { try connection.execute("DROP TABLE IF EXISTS \(name(day))") }
      if !expired.isEmpty {
        try connection.execute("DELETE FROM usage_hourly WHERE hour < '\(date(oldest)) 00:00:00+00'")
      }
    }
    return existing.union(wanted).subtracting(expired)
  }
}
