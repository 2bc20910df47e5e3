import Configuration
import Networking
import NumberAuth
import Store

/// A refusal for the fields of its response.
struct LimitedRequest: Sendable {
  let scope: SubjectLimits.Scope
  let refusal: LimitRefusal

  /// The name of the limit in fields and metrics, such as `team/perSecond`.
  var name: String { scope.rawValue + "/" + refusal.limit.rawValue }

  /// Appends `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers, version 10).
  func append(to fields: inout HTTPFields) {
    let unit = refusal.limit == .spendPerDay || refusal.limit == .spendPerMonth ? #";qu="micros""# : ""
    fields.append("RateLimit-Policy", #""\#(name)";q=\#(refusal.quota)\#(unit);w=\#(refusal.window)"#)
    fields.append("RateLimit", #""\#(name)";r=0;t=\#(refusal.retryAfter)"#)
  }
}

/// What a call has reserved of the limits. It is settled when the call ends.
struct LimitReservation: Sendable {
  fileprivate let start: WallTime
  fileprivate var subjects: [(consumption: Consumption, price: Money)] = []
}

extension RequestHandler {
  /// Refuses a request above `perSecond` of its team or its app.
  func admit(_ record: inout CallRecord, at now: MonotonicTime) throws(Failure) {
    guard record.snapshot.limits.limitsRates else { return }
    if let team = record.team { try admit(record.snapshot.limits.teams[team], &record, at: now) }
    if let app = record.appId { try admit(record.snapshot.limits.apps[app], &record, at: now) }
  }

  private func admit(_ subject: SubjectLimits?, _ record: inout CallRecord, at now: MonotonicTime) throws(Failure) {
    guard let subject, let rate = subject.rate, let wait = rate.admit(at: now) else { return }
    let quota = subject.settings.perSecond ?? 0
    throw refuse(
      subject, LimitRefusal(limit: .perSecond, quota: Int64(quota), window: 1, retryAfter: wait.wholeSeconds), &record)
  }

  /// Reserves a call that consumes a token, or refuses it. nil: nothing is limited.
  func reserve(
    _ stage: Stage, _ account: Account, _ subject: CallSubject, _ record: inout CallRecord
  ) throws(Failure) -> LimitReservation? {
    let limits = record.snapshot.limits
    guard limits.countsCalls, stage == .login || stage == .verify else { return nil }
    let (now, calendar) = (WallTime.wallClock, gateway.limits.calendar)
    let (price, currency) = account.prices.price(of: stage == .login ? .login : .verify, at: now)
    let subjects = [record.team.flatMap { limits.teams[$0] }, record.appId.flatMap { limits.apps[$0] }]
      .compactMap { $0 }
    var reservation = LimitReservation(start: now)
    for subject in subjects {
      let counted = currency == subject.settings.currency ? price : .zero
      do throws(LimitRefusal) {
        let warnings = try subject.consumption.reserve(counted, subject.settings, calendar, at: now)
        reservation.subjects.append((subject.consumption, counted))
        for warning in warnings { log.limit(subject, warning, at: now) }
      } catch {
        settle(reservation, calls: 1, billed: .no)
        throw refuse(subject, error, &record)
      }
    }
    // Last: a call that another limit refuses does not count for the number.
    for limited in subjects {
      guard let number = subject.number, let limit = limited.settings.verificationsPerNumber else { continue }
      guard !gateway.numbers.admit(number, app: limited.name, limit: limit, day: calendar.day(of: now)) else {
        continue
      }
      settle(reservation, calls: 1, billed: .no)
      let retryAfter = calendar.secondsToNextDay(at: now)
      throw refuse(
        limited, LimitRefusal(limit: .perNumber, quota: Int64(limit), window: 86_400, retryAfter: retryAfter), &record)
    }
    return reservation
  }

  /// Gives back what a call has not used. `calls`: 1 if nothing was sent to the vendor.
  func settle(_ reservation: LimitReservation?, calls: Int64, billed: Billing) {
    guard let reservation, calls > 0 || billed == .no else { return }
    for (consumption, price) in reservation.subjects {
      consumption.giveBack(
        calls: calls, billed == .no ? price : .zero, gateway.limits.calendar, reservedAt: reservation.start)
    }
  }

  private func refuse(_ subject: SubjectLimits, _ refusal: LimitRefusal, _ record: inout CallRecord) -> Failure {
    let limited = LimitedRequest(scope: subject.scope, refusal: refusal)
    record.limited = limited
    metrics.limited(limited.name)
    var failure = Failure.gateway(.rateLimited, Self.words(subject.scope, refusal))
    failure.retryAfterSeconds = refusal.retryAfter
    return failure
  }

  private static func words(_ scope: SubjectLimits.Scope, _ refusal: LimitRefusal) -> String {
    let owner = scope == .team ? "the team" : "the app"
    let quota = refusal.quota
    return switch refusal.limit {
    case .perSecond: "The limit of \(owner), \(quota) requests per second, is reached."
    case .perDay: "The limit of \(owner), \(quota) calls per day, is reached."
    case .spendPerDay: "The limit of \(owner), \(Money(micros: quota)) per day, would be exceeded."
    case .spendPerMonth: "The limit of \(owner), \(Money(micros: quota)) per month, would be exceeded."
    case .perNumber: "The limit of \(owner), \(quota) verifications of one phone number per day, is reached."
    }
  }
}

extension AccessLog {
  /// Logs that 80 % or 100 % of a daily or monthly limit are used; once in its period.
  func limit(_ subject: SubjectLimits, _ warning: Consumption.Warning, at now: WallTime) {
    line {
      $0.member("time", now.iso8601)
      $0.member("event", "limit")
      $0.member("level", "warning")
      $0.member("scope", subject.scope.rawValue)
      $0.member("name", subject.name)
      $0.member("limit", warning.limit.rawValue)
      $0.member("percent", warning.percent)
    }
  }
}
