import Configuration
import Networking
import NumberAuth
import Store

/// The limits of one team or one app, with its counters.
struct SubjectLimits: Sendable {
  enum Scope: String, Sendable { case team, app }

  let scope: Scope
  let name: String
  let settings: LimitSettings
  let rate: RateLimiter?
  let consumption: Consumption
}

/// The limits of a configuration.
struct ConfiguredLimits: Sendable {
  var teams: [String: SubjectLimits] = [:]
  var apps: [String: SubjectLimits] = [:]
  /// Whether a team or an app has limits.
  var countsCalls = false
  /// Whether a team or an app has a limit of requests per second.
  var limitsRates = false
}

/// The limits and counters of all teams and apps. A reload keeps the counters of a name, and changes their limits.
final class LimitRegistry: Sendable {
  let calendar: LimitCalendar
  /// Whether several gateways share the limits.
  private let isShared: Bool
  private let history: [UsageHistory]
  private let current = Locked<[String: Entry]>([:])

  private struct Entry {
    let rate: RateLimiter
    let consumption: Consumption
    var settings: LimitSettings
  }

  /// - Parameters:
  ///   - history: The use of the current day and month before the start.
  ///   - isShared: Whether several gateways share the limits. Nothing is admitted before `apply(_:)`.
  init(_ calendar: LimitCalendar, history: [UsageHistory], isShared: Bool = false) {
    self.calendar = calendar
    self.history = history
    self.isShared = isShared
  }

  func apply(_ configuration: Configuration, now: WallTime) -> ConfiguredLimits {
    var limits = ConfiguredLimits()
    for team in configuration.teams {
      limits.teams[team.name] = subject(.team, team.name, team.limits, now)
    }
    for app in configuration.apps.values { limits.apps[app.id] = subject(.app, app.id, app.limits, now) }
    let all = Array(limits.teams.values) + Array(limits.apps.values)
    limits.countsCalls = all.contains { !$0.settings.isEmpty }
    limits.limitsRates = all.contains { $0.rate != nil }
    let names = Set(all.map { Self.key($0.scope, $0.name) })
    current.withLock { current in current = current.filter { names.contains($0.key) } }
    return limits
  }

  private static func key(_ scope: SubjectLimits.Scope, _ name: String) -> String { scope.rawValue + "/" + name }

  private func subject(
    _ scope: SubjectLimits.Scope, _ name: String, _ settings: LimitSettings, _ now: WallTime
  ) -> SubjectLimits {
    let perSecond = settings.perSecond ?? 1
    let burst = settings.burst ?? perSecond
    let entry = current.withLock { current in
      let key = Self.key(scope, name)
      var entry =
        current[key]
        ?? Entry(
          rate: RateLimiter(rate: perSecond, burst: burst, isShared: isShared),
          consumption: Consumption(
            used(scope, name, settings.currency), calendar: calendar, now: now, isShared: isShared),
          settings: settings)
      entry.settings = settings
      current[key] = entry
      return entry
    }
    entry.rate.set(rate: perSecond, burst: burst)
    return SubjectLimits(
      scope: scope, name: name, settings: settings, rate: settings.perSecond == nil ? nil : entry.rate,
      consumption: entry.consumption)
  }

  // MARK: Shared limits

  /// The limits by the names that all gateways use, such as `app/shop/perDay/2026-11-28`.
  func uses(at now: WallTime) -> [LimitUse] {
    current.withLock { $0 }.flatMap { key, entry in
      let quotas = entry.consumption.uses(entry.settings, calendar, at: now).map {
        LimitUse(name: name($0.quota, key), kind: .quota, total: $0.total, used: $0.used)
      }
      return quotas + (entry.settings.perSecond == nil ? [] : [entry.rate.use(named: Self.rateName(key))])
    }
  }

  func apply(_ shares: [String: LimitShare], at now: WallTime) {
    for (key, entry) in current.withLock({ $0 }) {
      entry.rate.apply(shares[Self.rateName(key)])
      var quotas: [Quota: LimitShare] = [:]
      for (quota, _, _) in entry.consumption.uses(entry.settings, calendar, at: now) {
        quotas[quota] = shares[name(quota, key)]
      }
      entry.consumption.apply(quotas)
    }
  }

  private static func rateName(_ key: String) -> String { key + "/" + LimitName.perSecond.rawValue }

  private func name(_ quota: Quota, _ key: String) -> String {
    let period =
      quota.limit == .spendPerMonth ? calendar.date(ofMonth: quota.period) : calendar.date(ofDay: quota.period)
    return "\(key)/\(quota.limit.rawValue)/\(period)"
  }

  // MARK: The ledger

  private func used(_ scope: SubjectLimits.Scope, _ name: String, _ currency: String) -> Used {
    var used = Used()
    for entry in history where (scope == .team ? entry.team : entry.app) == name {
      used.callsToday += entry.used.callsToday
      guard entry.currency == currency else { continue }
      used.spendToday += entry.used.spendToday
      used.spendThisMonth += entry.used.spendThisMonth
    }
    return used
  }
}
