import NumberAuth
import Store

extension Metrics {
  /// The use of each daily and monthly limit as a part of 1. Teams and apps are from the configuration.
  static func limitGauge(_ limits: ConfiguredLimits, _ calendar: LimitCalendar, at now: WallTime) -> Gauge {
    let subjects =
      limits.teams.values.sorted { $0.name < $1.name } + limits.apps.values.sorted { $0.name < $1.name }
    return Gauge(
      name: "numgate_limit_used_ratio", help: "Used part of a daily or monthly limit; 1: the limit is reached.",
      values: subjects.filter { !$0.settings.isEmpty }.flatMap { subject in
        Consumption.shares(subject.consumption.used(calendar, at: now), subject.settings).map {
          (
            #"{scope="\#(subject.scope.rawValue)",name="\#(subject.name)",limit="\#($0.limit.rawValue)"}"#,
            $0.quota == 0 ? 1 : Double($0.used) / Double($0.quota)
          )
        }
      })
  }
}
