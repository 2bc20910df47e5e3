internal import Networking

/// The leases of one gateway: what it asks the database for, and what it may use while the database is away. A value
/// type without clock and I/O.
///
/// The sum of the shares never exceeds a limit, because:
/// - the database grants only what is not leased to others;
/// - a share that decreases remains reserved until the gateway has confirmed that it uses the smaller one;
/// - a gateway counts the validity of a lease from before its request, the database from after it;
/// - after a failure a gateway changes to its equal part not before the leases of all others have expired, and uses at
///   most its equal part for `recovery` after the database is back, until the others have reported too.
///
/// A gateway that alone cannot reach the database, while others can, adds its equal part to the sum.
struct LeaseHolder {
  /// How long a lease of a rate is valid.
  static let rateValidity = Duration.seconds(5)
  /// How long a lease of a quota is valid.
  static let quotaValidity = Duration.seconds(600)
  /// The time in which all gateways find out that the database is back.
  static let recovery = Duration.seconds(15)

  struct Request: Equatable {
    var use: LimitUse
    /// What this gateway may be using now.
    var holding: Int64
    /// The largest share that it may be granted.
    var maximum: Int64
    /// Recent use per second.
    var demand: Int64
    var validity: Duration
  }

  struct Grant: Equatable {
    var name: String
    var share: Int64
    /// Gateways with a valid lease, including this one.
    var gateways: Int
    /// The use of a quota by all gateways.
    var used: Int64
  }

  private struct Lease {
    var kind: LimitUse.Kind
    var total: Int64
    /// The last grant; nil if the database has never granted this lease.
    var share: Int64?
    var validUntil = MonotonicTime(nanoseconds: 0)
    var gateways: Int
    /// Of a quota, at the last grant: the use by this gateway and by all.
    var used: Int64
    var usedByAll: Int64
    var lastReport: (used: Int64, time: MonotonicTime)
    var demand: Double = 0

    /// The equal part from the beginning of an outage until all gateways have reported again. Until then, the database
    /// does not know what the others have used of a quota.
    var partOfOutage: Int64?

    /// The equal part of the last known number of gateways.
    var equalPart: Int64 {
      if let partOfOutage { return partOfOutage }
      let parts = Int64(max(1, gateways))
      switch kind {
      case .rate: return total / parts
      case .quota: return used + max(0, total - usedByAll) / parts
      }
    }

    var validity: Duration { kind == .rate ? LeaseHolder.rateValidity : LeaseHolder.quotaValidity }
  }

  private var leases: [String: Lease] = [:]
  /// The end of the first failed attempt since the last success; nil if the last attempt succeeded.
  private var failingSince: MonotonicTime?
  private var recoversUntil = MonotonicTime(nanoseconds: 0)
  private(set) var gateways: Int

  /// `gateways`: their number before the database has reported it. If it is more than one, the gateway uses at most its
  /// equal part for `recovery`: the others may not have reported yet.
  init(gateways: Int = 1, at now: MonotonicTime) {
    self.gateways = max(1, gateways)
    if gateways > 1 { recoversUntil = now.advanced(by: Self.recovery) }
  }

  var isDegraded: Bool { failingSince != nil }

  /// The requests of a renewal. Limits that are not in `uses` are forgotten; their leases expire.
  mutating func requests(_ uses: [LimitUse], at now: MonotonicTime) -> [Request] {
    let names = Set(uses.map(\.name))
    leases = leases.filter { names.contains($0.key) }
    return uses.map { use in
      var lease =
        leases[use.name]
        ?? Lease(
          kind: use.kind, total: use.total, gateways: gateways, used: use.used, usedByAll: use.used,
          lastReport: (use.used, now))
      let holding = amount(lease, at: now)
      lease.total = use.total
      let seconds = Double(now.nanoseconds(since: lease.lastReport.time)) / 1e9
      if seconds > 0 {
        let rate = Double(max(0, use.used - lease.lastReport.used)) / seconds
        // Increases count at once, decreases within a few seconds.
        lease.demand = rate > lease.demand ? rate : lease.demand * 0.7 + rate * 0.3
        lease.lastReport = (use.used, now)
      }
      leases[use.name] = lease
      let isRecovering = failingSince != nil || now < recoversUntil
      return Request(
        use: use, holding: holding, maximum: isRecovering ? min(lease.equalPart, use.total) : use.total,
        demand: Int64(min(lease.demand, Double(use.total))), validity: lease.validity)
    }
  }

  /// The database has answered the requests that were sent at `sent`.
  mutating func succeed(_ requests: [Request], _ grants: [Grant], sent: MonotonicTime, at now: MonotonicTime) {
    if failingSince != nil { recoversUntil = now.advanced(by: Self.recovery) }
    failingSince = nil
    if now >= recoversUntil { for name in leases.keys { leases[name]?.partOfOutage = nil } }
    let asked = Dictionary(requests.map { ($0.use.name, $0) }) { $1 }
    for grant in grants {
      guard let request = asked[grant.name], var lease = leases[grant.name] else { continue }
      lease.share = grant.share
      lease.validUntil = sent.advanced(by: lease.validity)
      // After an outage the database counts only the gateways that have reported again.
      lease.gateways = now < recoversUntil ? max(lease.gateways, grant.gateways) : max(1, grant.gateways)
      lease.used = request.use.used
      lease.usedByAll = grant.used
      leases[grant.name] = lease
    }
    if let most = grants.map(\.gateways).max() { gateways = max(now < recoversUntil ? gateways : 1, most) }
  }

  /// An attempt has failed, or its outcome is unknown.
  mutating func fail(at now: MonotonicTime) {
    failingSince = failingSince ?? now
    for (name, lease) in leases { leases[name]?.partOfOutage = lease.equalPart }
  }

  private func amount(_ lease: Lease, at now: MonotonicTime) -> Int64 {
    // A gateway that starts while the database is away uses its equal part at once.
    guard let share = lease.share else { return isDegraded ? lease.equalPart : 0 }
    if now < lease.validUntil { return share }
    guard let failingSince, now >= failingSince.advanced(by: lease.validity) else { return min(share, lease.equalPart) }
    // The leases of all gateways have expired.
    return lease.equalPart
  }

  /// What this gateway may use from now on.
  func shares(at now: MonotonicTime) -> [String: LimitShare] {
    leases.mapValues { lease in
      let isValid = now < lease.validUntil
      return LimitShare(
        amount: amount(lease, at: now), validUntil: isValid ? lease.validUntil : MonotonicTime(nanoseconds: .max),
        afterwards: min(lease.share ?? lease.equalPart, lease.equalPart), gateways: lease.gateways,
        usedByOthers: max(0, lease.usedByAll - lease.used), isDegraded: isDegraded)
    }
  }
}
