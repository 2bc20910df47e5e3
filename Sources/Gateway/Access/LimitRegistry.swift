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

/// The counters of all teams and apps. A reload keeps those of a name, and changes their limits.
final class LimitRegistry: Sendable {
  private struct Counters {
    let rate: RateLimiter
    let consumption: Consumption
  }

  let calendar: LimitCalendar
  private let history: [UsageHistory]
  private let counters = Locked<[String: Counters]>([:])

  /// - Parameter history: the use of the current day and month before the start.
  init(_ calendar: LimitCalendar, history: [UsageHistory]) {
    self.calendar = calendar
    self.history = history
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
    counters.withLock { counters in counters = counters.filter { names.contains($0.key) } }
    return limits
  }

  private static func key(_ scope: SubjectLimits.Scope, _ name: String) -> String { scope.rawValue + "/" + name }

  private func subject(
    _ scope: SubjectLimits.Scope, _ name: String, _ settings: LimitSettings, _ now: WallTime
  ) -> SubjectLimits {
    let perSecond = settings.perSecond ?? 1
    let burst = settings.burst ?? perSecond
    let counters = counters.withLock { all in
      let key = Self.key(scope, name)
      if let counters = all[key] { return counters }
      let new = Counters(
        rate: RateLimiter(rate: perSecond, burst: burst),
        consumption: Consumption(used(scope, name, settings.currency), calendar: calendar, now: now))
      all[key] = new
      return new
    }
    counters.rate.set(rate: perSecond, burst: burst)
    return SubjectLimits(
      scope: scope, name: name, settings: settings, rate: settings.perSecond == nil ? nil : counters.rate,
      consumption: counters.consumption)
  }

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
