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
/// Bound: the names of all configurations since the start.
final class LimitRegistry: Sendable {
  let calendar: LimitCalendar
  /// Whether several gateways share the limits.
  private let isShared: Bool
  private let history: @Sendable () -> [UsageHistory]?
  private let current = Locked<[String: Entry]>([:])

  private struct Entry {
    let rate: RateLimiter
    let consumption: Consumption
    /// The limits of the active configuration.
    var settings = LimitSettings()
    /// The limits of the configuration that is about to be activated.
    var next = LimitSettings()

    /// Does nothing without a limit: requests of the previous configuration may still use the limiter.
    func setRate(_ settings: LimitSettings) {
      guard let perSecond = settings.perSecond else { return }
      rate.set(rate: perSecond, burst: settings.burst ?? perSecond)
    }

    /// The limits of which this gateway needs a share.
    var shared: LimitSettings { next.completed(by: settings) }
  }

  /// - Parameters:
  ///   - history: Returns the use of the current day and month; nil if it is not known. It may block.
  ///   - isShared: Whether several gateways share the limits. Nothing is admitted before `apply(_:)`.
  init(_ calendar: LimitCalendar, isShared: Bool = false, history: @escaping @Sendable () -> [UsageHistory]?) {
    self.calendar = calendar
    self.history = history
    self.isShared = isShared
  }

  /// Prepares the limits of a configuration, so that this gateway can get shares of them. The active limits stay as they
  /// are.
  func announce(_ configuration: Configuration, now: WallTime) {
    let subjects = Self.subjects(of: configuration)
    let limited = current.withLock { $0.filter { !$1.settings.isEmpty } }
    let isCounted = { (subject: Subject) in
      subject.settings.isEmpty || limited[Self.key(subject.scope, subject.name)] != nil
    }
    let history = subjects.allSatisfy(isCounted) ? nil : history()
    current.withLock { current in
      for (scope, name, settings) in subjects {
        let key = Self.key(scope, name)
        var entry =
          current[key]
          ?? Entry(
            rate: RateLimiter(rate: 1, burst: 1, isShared: isShared),
            consumption: Consumption(Used(), calendar: calendar, now: now, isShared: isShared))
        // Its calls were not counted until now.
        if entry.settings.isEmpty, !settings.isEmpty, let history {
          entry.consumption.reset(Self.used(scope, name, settings.currency, history), calendar, at: now)
        }
        entry.next = settings
        if entry.settings.perSecond == nil { entry.setRate(settings) }
        current[key] = entry
      }
    }
  }

  /// Activates the limits of a configuration that was announced.
  func activate(_ configuration: Configuration) -> ConfiguredLimits {
    var limits = ConfiguredLimits()
    current.withLock { current in
      for key in current.keys { current[key]?.settings = LimitSettings() }
      for (scope, name, settings) in Self.subjects(of: configuration) {
        guard var entry = current[Self.key(scope, name)] else { continue }
        entry.settings = settings
        entry.setRate(settings)
        current[Self.key(scope, name)] = entry
        let subject = SubjectLimits(
          scope: scope, name: name, settings: settings, rate: settings.perSecond == nil ? nil : entry.rate,
          consumption: entry.consumption)
        if scope == .team { limits.teams[name] = subject } else { limits.apps[name] = subject }
        if !settings.isEmpty { limits.countsCalls = true }
        if settings.perSecond != nil { limits.limitsRates = true }
      }
      for key in current.keys { current[key]?.next = LimitSettings() }
    }
    return limits
  }

  private typealias Subject = (scope: SubjectLimits.Scope, name: String, settings: LimitSettings)

  private static func subjects(of configuration: Configuration) -> [Subject] {
    configuration.teams.map { (.team, $0.name, $0.limits) } + configuration.apps.values.map { (.app, $0.id, $0.limits) }
  }

  private static func key(_ scope: SubjectLimits.Scope, _ name: String) -> String { scope.rawValue + "/" + name }

  // MARK: Shared limits

  /// The limits by the names that all gateways use, such as `app/shop/perDay/2026-11-28`.
  func uses(at now: WallTime) -> [LimitUse] {
    current.withLock { $0 }.flatMap { key, entry in
      let quotas = entry.consumption.uses(entry.shared, calendar, at: now).map {
        LimitUse(name: name($0.quota, key), kind: .quota, total: $0.total, used: $0.used)
      }
      return quotas + (entry.shared.perSecond == nil ? [] : [entry.rate.use(named: Self.rateName(key))])
    }
  }

  func apply(_ shares: [String: LimitShare], at now: WallTime) {
    for (key, entry) in current.withLock({ $0 }) {
      if let share = shares[Self.rateName(key)] { entry.rate.apply(share) }
      var quotas: [Quota: LimitShare] = [:]
      for (quota, _, _) in entry.consumption.uses(entry.shared, calendar, at: now) {
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

  private static func used(
    _ scope: SubjectLimits.Scope, _ name: String, _ currency: String, _ history: [UsageHistory]
  ) -> Used {
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
