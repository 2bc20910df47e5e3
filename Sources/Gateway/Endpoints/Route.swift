import Networking

/// The endpoint of a path. A request with another method gets the status 405.
struct Route {
  let endpoint: CallRecord.Endpoint
  /// The app's id, or the reason of `/v1/failures/{reason}`.
  var parameter: String?

  /// Nil if no endpoint has this path.
  init?(_ request: HTTPRequest) {
    if let ofApp = request.withPath(Self.ofApp) {
      self = ofApp
    } else {
      self.init(path: request.path)
    }
  }

  private init(_ endpoint: CallRecord.Endpoint, _ parameter: String) {
    self.endpoint = endpoint
    self.parameter = parameter
  }

  /// Parses `/v1/apps/{appId}/{endpoint}` without creating a `String` of the path; nil for every other path.
  private static func ofApp(_ path: UnsafeRawBufferPointer) -> Route? {
    let prefix: StaticString = "/v1/apps/"
    guard path.starts(with: UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount)) else {
      return nil
    }
    let rest = path[prefix.utf8CodeUnitCount...]
    guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return nil }
    let name = rest[(slash + 1)...]
    for endpoint in Self.endpointsOfApp where name.elementsEqual(endpoint.rawValue.utf8) {
      return Route(endpoint, String(decoding: rest[..<slash], as: UTF8.self))
    }
    return nil
  }

  private static let endpointsOfApp: [CallRecord.Endpoint] = [.verify, .login, .sessions, .signatures, .failures]

  private init?(path: String) {
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
      case ("failures", 1): endpoint = .catalogue
      case ("failures", 2):
        endpoint = .catalogue
        parameter = String(segments[1])
      case ("explanations", 1): endpoint = .explanations
      case ("unmapped", 1): endpoint = .unmapped
      case ("providers", 1): endpoint = .providers
      case ("usage", 1): endpoint = .usage
      default: return nil
      }
    }
  }

  func allows(_ method: String) -> Bool {
    endpoint.isOfApp ? method == "POST" : method == "GET" || method == "HEAD"
  }

  /// The value of the `Allow` field (RFC 9110 §10.2.1).
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

  /// Whether the endpoint needs no team key.
  var isPublic: Bool {
    switch self {
    case .health, .readiness, .metrics, .openapi: true
    default: false
    }
  }
}
