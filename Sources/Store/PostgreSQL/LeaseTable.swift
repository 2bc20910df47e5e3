internal import NumberAuth

/// The tables `limits` and `leases` in the shared database.
struct LeaseTable {
  let gateway: String

  /// Locks the limits, in the order of their names, so that their leases are granted one after the other.
  private static let lock = """
    INSERT INTO limits (name, total, lapses)
    SELECT name, total, coalesce($3::timestamptz, clock_timestamp()) + interval '40 days'
    FROM unnest($1::text[], $2::bigint[]) AS a (name, total) ORDER BY name
    ON CONFLICT (name) DO UPDATE SET total = excluded.total, lapses = excluded.lapses
    """

  /// A target is a part of the limit in proportion to the recent use of the gateways; a tenth of the limit is added to
  /// the use of each, so that an idle gateway has a share for its next calls. The grant is the target, or less if the
  /// others have leased more: the sum is exact although targets are rounded up. What a gateway is using remains
  /// reserved until its next renewal.
  private static let grant = """
    WITH asked AS (
      SELECT a.*, coalesce($9::timestamptz, clock_timestamp()) AS now
      FROM unnest(
        $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
        AS a (name, total, used, holding, maximum, demand, quota_ms)
    ), others AS (
      SELECT a.name,
        coalesce(sum(CASE
          WHEN l.expires > a.now THEN greatest(l.share, CASE WHEN a.quota_ms > 0 THEN l.used ELSE 0 END)
          WHEN a.quota_ms > 0 THEN l.used ELSE 0 END), 0) AS taken,
        coalesce(sum(l.used) FILTER (WHERE a.quota_ms > 0), 0) AS used,
        coalesce(sum(l.demand + a.total / 10 + 1) FILTER (WHERE l.expires > a.now), 0) AS weight,
        count(*) FILTER (WHERE l.expires > a.now) AS gateways
      FROM asked a LEFT JOIN leases l ON l.name = a.name AND l.gateway <> $1::text
      GROUP BY a.name
    ), granted AS (
      SELECT a.*, o.gateways + 1 AS gateways,
        CASE WHEN a.quota_ms > 0 THEN o.used + a.used ELSE 0 END AS used_by_all,
        greatest(0, least(
          a.maximum, a.total - o.taken,
          CASE WHEN a.quota_ms > 0 THEN a.used ELSE 0 END
            + ceil(
              greatest(0, a.total - CASE WHEN a.quota_ms > 0 THEN o.used + a.used ELSE 0 END)::numeric
              * (a.demand + a.total / 10 + 1) / (o.weight + a.demand + a.total / 10 + 1))))::bigint AS share
      FROM asked a JOIN others o ON o.name = a.name
    ), stored AS (
      INSERT INTO leases (name, gateway, share, used, demand, expires)
      SELECT name, $1::text, greatest(share, holding), used, demand,
        now + CASE WHEN quota_ms > 0 THEN quota_ms ELSE \(LeaseHolder.rateValidity.milliseconds) END
          * interval '1 millisecond'
      FROM granted
      ON CONFLICT (name, gateway) DO UPDATE
      SET share = excluded.share, used = excluded.used, demand = excluded.demand, expires = excluded.expires
      RETURNING 1
    )
    SELECT name, share, gateways, used_by_all FROM granted, (SELECT count(*) FROM stored) AS s
    """

  /// Renews all leases in one round trip. `now` replaces the clock of the database in tests.
  func renew(
    _ requests: [LeaseHolder.Request], _ connection: PostgresConnection, now: WallTime? = nil
  ) throws(PostgresError) -> [LeaseHolder.Grant] {
    guard !requests.isEmpty else { return [] }
    let names = PostgresValue(requests.map(\.use.name))
    let totals = PostgresValue(requests.map(\.use.total))
    let time = PostgresValue(now.map(CopyText.timestamp))
    let results = try connection.transaction([
      (Self.lock, [names, totals, time]),
      (
        Self.grant,
        [
          PostgresValue(gateway), names, totals, PostgresValue(requests.map(\.use.used)),
          PostgresValue(requests.map(\.holding)), PostgresValue(requests.map(\.maximum)),
          PostgresValue(requests.map(\.demand)),
          PostgresValue(requests.map { $0.use.kind == .quota ? $0.validity.milliseconds : 0 }), time,
        ]
      ),
    ])
    let rows = results[1]
    return rows.rows.indices.map { index in
      LeaseHolder.Grant(
        name: rows.rows[index][0] ?? "", share: rows.integer(index, 1), gateways: Int(rows.integer(index, 2)),
        used: rows.integer(index, 3))
    }
  }

  /// Returns the leases when the gateway stops. Its use of quotas remains.
  func release(_ uses: [LimitUse], _ connection: PostgresConnection) throws(PostgresError) {
    let rates = uses.filter { $0.kind == .rate }
    let quotas = uses.filter { $0.kind == .quota }
    let expire = """
      UPDATE leases AS l SET share = a.used, used = a.used, demand = 0, expires = '-infinity'
      FROM unnest($2::text[], $3::bigint[]) AS a (name, used) WHERE l.gateway = $1::text AND l.name = a.name
      """
    _ = try connection.transaction([
      (
        "DELETE FROM leases WHERE gateway = $1::text AND name = ANY ($2::text[])",
        [PostgresValue(gateway), PostgresValue(rates.map(\.name))]
      ),
      (expire, [PostgresValue(gateway), PostgresValue(quotas.map(\.name)), PostgresValue(quotas.map(\.used))]),
    ])
  }

  /// Deletes limits and leases that no gateway has used for 40 days, such as those of past days.
  func clean(_ connection: PostgresConnection) throws(PostgresError) {
    _ = try connection.transaction([
      ("DELETE FROM leases WHERE name IN (SELECT name FROM limits WHERE lapses < now())", []),
      ("DELETE FROM limits WHERE lapses < now()", []),
    ])
  }
}
