public import NumberAuth

/// Reads the texts of a usage query, which the API and the command line share.
public enum UsageParameters {
  /// An invalid text. The message does not repeat it.
  public struct Invalid: Error, Sendable {
    public let message: String
  }

  private static let hour: Int64 = 3_600_000
  /// China time is eight hours ahead of UTC all year.
  private static let chinaOffset = 8 * hour

  /// - Parameters:
  ///   - from: A day such as `2026-11-01` in China time, or a time such as `2026-11-01T00:00:00Z`; by default the first
  ///     day of the month.
  ///   - to: As `from`; a day is included, a time is not. By default now.
  ///   - by: Dimensions, separated by commas; by default `day,app`.
  public static func query(
    from: String?, to: String?, by: String?, now: WallTime
  ) throws(Invalid) -> UsageQuery {
    let local = WallTime(milliseconds: now.milliseconds + chinaOffset).iso8601
    let start = try time(from ?? String(local.prefix(7) + "-01"), "from", isEnd: false)
    let end =
      try to.map { text throws(Invalid) in try time(text, "to", isEnd: true) }
      ?? WallTime(milliseconds: now.milliseconds + hour)
    guard start < end else { throw Invalid(message: "'from' must be before 'to'.") }
    var dimensions: [UsageQuery.Dimension] = []
    for word in (by ?? "day,app").split(separator: ",", omittingEmptySubsequences: false) {
      guard let dimension = UsageQuery.Dimension(rawValue: String(word)) else {
        let known = UsageQuery.Dimension.allCases.map(\.rawValue).joined(separator: ", ")
        throw Invalid(message: "'by' must be a list of \(known), separated by commas.")
      }
      if !dimensions.contains(dimension) { dimensions.append(dimension) }
    }
    return UsageQuery(from: start, to: end, by: dimensions)
  }

  private static func time(_ text: String, _ name: String, isEnd: Bool) throws(Invalid) -> WallTime {
    guard let time = time(text, isEnd: isEnd) else {
      throw Invalid(message: "'\(name)' must be a day such as 2026-11-01, or a time such as 2026-11-01T00:00:00Z.")
    }
    return time
  }

  /// Reads a day such as `2026-11-01` in China time, or a time such as `2026-11-01T00:00:00Z`; nil for anything else.
  /// - Parameter isEnd: The end of the day instead of its start.
  public static func time(_ text: String, isEnd: Bool) -> WallTime? {
    if text.utf8.count == 10, let day = WallTime(iso8601: text + "T00:00:00Z") {
      return WallTime(milliseconds: day.milliseconds - chinaOffset + (isEnd ? 24 * hour : 0))
    }
    return WallTime(iso8601: text)
  }
}
