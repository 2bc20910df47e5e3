import Configuration
import Networking
import NumberAuth
import Store

/// The data of one request for its log line, its metrics and its response headers.
struct CallRecord: Sendable {
  /// The configuration that was active when the request arrived. Not affected by later reloads.
  let snapshot: Snapshot
  let requestId: String
  let receivedAt: MonotonicTime
  var endpoint = Endpoint.none
  var team: String?
  var appId: String?
  var channel: Channel?
  var operation: Operation?
  var account: Account?
  var traceId: String?
  /// The nonce or message id of the request to the vendor.
  var transaction: String?
  var vendorNanoseconds: UInt64 = 0
  /// Time in the queue of the account.
  var queueNanoseconds: UInt64 = 0
  var outcome: String?
  var billed: Billing?
  /// The last entry of the request in the ledger's queue. The answer waits for it.
  var ledgerTicket: LedgerQueue.Ticket?
  /// nil unless the request has an `Idempotency-Key` and is the first one with it.
  var idempotent: IdempotentRequest?
  /// Whether other gateways do not know the answer of this idempotent request, because the shared database is away.
  var isIdempotencyLocal = false
  /// The name under which the answer of this idempotent request is stored.
  var idempotentAnswer: [UInt8]? { idempotent?.name.bytes }
  /// The token of the call in flight that this request makes. See `TokenFlights`.
  var flight: Secret?
  /// How the request received the answer of another one; nil if it has its own.
  var reuse: Reuse?
  /// The limit that refused the request.
  var limited: LimitedRequest?
  /// Why the call itself failed.
  var failure: Failure?
  /// The failure that a front end's SDK reported. The reporting call itself succeeded.
  var reported: Failure?

  /// The raw values are the values of `reuse` in the log.
  enum Reuse: String, Sendable {
    /// The stored answer to its `Idempotency-Key`.
    case replayed
    /// The answer of an identical call in flight.
    case shared
  }

  /// The raw values are the names in logs and metrics. `none`: no endpoint has the path.
  enum Endpoint: String, Sendable {
    case sessions, signatures, login, verify, failures
    case catalogue, explanations, unmapped, providers, apps, usage
    case health, readiness, metrics, openapi
    case none
  }
}
