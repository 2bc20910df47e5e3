import Configuration
import JSON
import Networking
import NumberAuth
import Store

extension RequestHandler {
  /// Maximum number of rows of an answer.
  static let maximumUsageRows = 10_000

  /// `GET /v1/usage?from=&to=&by=`: sums of the ledger for the team's apps.
  func usage(_ query: Query, _ team: Team) async throws(Failure) -> HTTPResponse {
    guard let ledger = gateway.ledger else {
      throw .gateway(.notFound, "This gateway has no ledger: `ledger.durability` is `off`.")
    }
    let question = try UsageParameters.read(query["from"], query["to"], by: query["by"], now: .wallClock)
    var usage = question
    usage.apps = team.apps?.sorted()
    usage.limit = Self.maximumUsageRows + 1
    let rows: [UsageRow]
    if let shared = gateway.shared {
      switch await shared.usage.usage(usage) {
      case .success(let found): rows = found
      case .failure: throw .gateway(.overloaded, "The shared ledger cannot be read now.")
      }
    } else {
      switch await ledger.usage(usage) {
      case .success(let found): rows = found
      case .failure: throw .gateway(.overloaded, "The ledger cannot be read now.")
      }
    }
    guard rows.count <= Self.maximumUsageRows else {
      throw .gateway(
        .invalidRequest,
        "The answer would have more than \(Self.maximumUsageRows) rows: use a shorter time or fewer values in 'by'.")
    }
    return json {
      $0.member("from", WallTime(milliseconds: usage.fromHour * 3_600_000).iso8601)
      $0.member("to", WallTime(milliseconds: usage.toHour * 3_600_000).iso8601)
      $0.array("usage") { array in
        for row in rows {
          array.object { $0.usage(row, by: usage.by) }
        }
      }
    }
  }
}

extension UsageParameters {
  /// As `init`, with a failure for the caller.
  static func read(
    _ from: String?, _ to: String?, by: String?, now: WallTime
  ) throws(Failure) -> UsageQuery {
    do throws(UsageParameters.Invalid) {
      return try query(from: from, to: to, by: by, now: now)
    } catch {
      throw .gateway(.invalidRequest, error.message)
    }
  }
}
