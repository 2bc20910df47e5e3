import Configuration
import JSON
import NumberAuth

/// The gateway's log lines about its configuration: one for each that was taken or rejected. They hold names and
/// diagnostics, never a value, and are bounded whatever the configuration's size.
struct ReloadLog: Sendable {
  /// The most names of one list, and the most diagnostics of one line.
  static let longestList = 50
  static let mostDiagnostics = 10
  /// Unicode scalars of one diagnostic, its file's path included.
  static let longestText = 500

  let writer: LogWriter

  /// `needsRestart`: the keys of `server` that say something else than at the start.
  func reloaded(
    _ change: ConfigurationChange, needsRestart: [String], warnings: [String], generation: Int,
    trigger: ConfigurationWatcher.Trigger, nanoseconds: UInt64, at now: WallTime
  ) {
    line {
      $0.member("time", now.iso8601)
      $0.member("event", "configuration-reloaded")
      $0.member("generation", generation)
      $0.member("trigger", trigger.rawValue)
      $0.member("milliseconds", Int(nanoseconds / 1_000_000))
      Self.write(change.providers, as: "providers", into: &$0)
      Self.write(change.accounts, as: "accounts", into: &$0)
      Self.write(change.apps, as: "apps", into: &$0)
      Self.write(change.teams, as: "teams", into: &$0)
      if change.changesSessionKeys { $0.member("sessionKeys", "changed") }
      if change.changesTLS { $0.member("tls", "changed") }
      Self.write(needsRestart, as: "needsRestart", into: &$0)
      if !warnings.isEmpty {
        $0.member("warnings", warnings.count)
        Self.write(first: warnings, into: &$0)
      }
    }
  }

  /// `generation` is the one that stays in force.
  func rejected(
    _ errors: [String], generation: Int, trigger: ConfigurationWatcher.Trigger, nanoseconds: UInt64, at now: WallTime
  ) {
    line {
      $0.member("time", now.iso8601)
      $0.member("event", "configuration-rejected")
      $0.member("level", "error")
      $0.member("generation", generation)
      $0.member("trigger", trigger.rawValue)
      $0.member("milliseconds", Int(nanoseconds / 1_000_000))
      $0.member("errors", errors.count)
      Self.write(first: errors, into: &$0)
    }
  }

  private func line(_ body: (inout JSONWriter) -> Void) {
    var line = JSONWriter(reservingCapacity: 512)
    line.object(body)
    writer.write(line.bytes + [0x0a])
  }

  private static func write(_ names: ConfigurationChange.Names, as section: String, into writer: inout JSONWriter) {
    guard !names.isEmpty else { return }
    writer.object(named: section) {
      write(names.added, as: "added", into: &$0)
      write(names.changed, as: "changed", into: &$0)
      write(names.removed, as: "removed", into: &$0)
    }
  }

  /// An empty list is left out; one that is cut tells its whole length beside it.
  private static func write(_ names: [String], as list: String, into writer: inout JSONWriter) {
    guard !names.isEmpty else { return }
    writer.array(named: list) { for name in names.prefix(longestList) { $0.value(name) } }
    if names.count > longestList { writer.member(named: list + "Count", names.count) }
  }

  private static func write(first diagnostics: [String], into writer: inout JSONWriter) {
    writer.array("first") {
      for text in diagnostics.prefix(mostDiagnostics) { $0.value(bounded(text)) }
    }
  }

  private static func bounded(_ text: String) -> String {
    let scalars = text.unicodeScalars
    return scalars.count <= longestText
      ? text : String(String.UnicodeScalarView(scalars.prefix(longestText))) + "…"
  }
}
