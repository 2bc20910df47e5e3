import Aliyun
import ChinaMobileApp
import ChinaMobileH5
import ChinaMobileQuickApp
import ChinaMobileWeChat
import Cryptography
import Declarative
import NumberAuth

/// The adapters that a provider file can name. This is the only list of all adapters.
public enum AdapterKind: String, Sendable, CaseIterable {
  case chinaMobileH5 = "china-mobile-h5"
  case chinaMobileQuickApp = "china-mobile-quick-app"
  case chinaMobileWeChat = "china-mobile-wechat"
  case chinaMobileApp = "china-mobile-app"
  case aliyun
  /// The provider file defines the wire format.
  case declarative

  private var type: any Provider.Type {
    switch self {
    case .chinaMobileH5: ChinaMobileH5.self
    case .chinaMobileQuickApp: ChinaMobileQuickApp.self
    case .chinaMobileWeChat: ChinaMobileWeChat.self
    case .chinaMobileApp: ChinaMobileApp.self
    case .aliyun: Aliyun.self
    case .declarative: DeclarativeProvider.self
    }
  }

  /// The contents of a session for the SDK, by the name of the adapter. The schema and the reference in `docs/` show
  /// them.
  static let sessions = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.session) })

  private var session: String {
    if self == .declarative {
      return "session: parameters if `operations.prepare` is present, signatures if `operations.sign` is"
    }
    return "session: " + (canPrepare ? "parameters" : "none") + (canSign ? ", signatures" : "")
  }

  var canPrepare: Bool { type is any ClientPreparing.Type }
  var canSign: Bool { type is any ClientSigning.Type }

  func can(_ operation: Operation) -> Bool {
    switch operation {
    case .login: type is any NumberRetrieving.Type
    case .verify: type is any NumberVerifying.Type
    }
  }

  /// The hash functions that the adapter needs. Those of a declarative provider are in its file.
  var digests: Set<DigestAlgorithm> {
    switch self {
    case .chinaMobileH5, .chinaMobileWeChat, .chinaMobileApp: [.md5, .sha256]
    case .chinaMobileQuickApp: [.md5]
    case .aliyun: [.sha1, .sha256]
    case .declarative: []
    }
  }

  /// Creates an adapter. Throws if a field of the account is unusable.
  func make(_ settings: AccountSettings) throws(AccountFault) -> any Provider {
    switch self {
    case .chinaMobileH5: try ChinaMobileH5(settings)
    case .chinaMobileQuickApp: try ChinaMobileQuickApp(settings)
    case .chinaMobileWeChat: try ChinaMobileWeChat(settings)
    case .chinaMobileApp: try ChinaMobileApp(settings)
    case .aliyun: try Aliyun(settings)
    case .declarative: throw AccountFault(field: "provider", "the provider file does not define the wire format")
    }
  }
}
