/// The endpoint that a path names. A request with another method is refused with 405.
struct Route {
  let endpoint: CallRecord.Endpoint
  /// The app's id, or the reason of `/v1/failures/{reason}`.
  var parameter: Substring?

  /// Nil for a path that no endpoint has.
  init?(path: String) {
    switch path {
    case "/healthz": endpoint = .health
    case "/readyz": endpoint = .readiness
    case "/metrics": endpoint = .metrics
    case "/openapi.json": endpoint = .openapi
    default:
      guard path.hasPrefix("/v1/") else { return nil }
      let segments = path.dropFirst(4).split(separator: "/", omittingEmptySubsequences: false)
      switch (segments[0], segments.count) {
      case ("apps", 1): endpoint = .apps
      case ("apps", 3):
        guard let named = CallRecord.Endpoint(rawValue: String(segments[2])), named.isOfApp else { return nil }
        endpoint = named
        parameter = segments[1]
      case ("failures", 1): endpoint = .catalogue
      case ("failures", 2):
        endpoint = .catalogue
        parameter = segments[1]
      case ("explanations", 1): endpoint = .explanations
      case ("unmapped", 1): endpoint = .unmapped
      case ("providers", 1): endpoint = .providers
      default: return nil
      }
    }
  }

  func allows(_ method: String) -> Bool {
    endpoint.isOfApp ? method == "POST" : method == "GET" || method == "HEAD"
  }

  /// The value of an `Allow` field (RFC 9110 §10.2.1).
  var allowedMethods: String { endpoint.isOfApp ? "POST, OPTIONS" : "GET, HEAD, OPTIONS" }
}

extension CallRecord.Endpoint {
  /// Whether the endpoint is below `/v1/apps/{appId}`.
  var isOfApp: Bool {
    switch self {
    case .sessions, .signatures, .login, .verify, .failures: true
    default: false
    }
  }

  /// Whether a team key is needed.
  var isPublic: Bool {
    switch self {
    case .health, .readiness, .metrics, .openapi: true
    default: false
    }
  }
}
