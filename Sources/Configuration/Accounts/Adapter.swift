import Aliyun
import ChinaMobileApp
import ChinaMobileH5
import ChinaMobileQuickApp
import ChinaMobileWeChat
import Cryptography
import Declarative
import NumberAuth

/// The adapters that a provider's file can name: the only place that knows all of them.
public enum AdapterKind: String, Sendable, CaseIterable {
  case chinaMobileH5 = "china-mobile-h5"
  case chinaMobileQuickApp = "china-mobile-quick-app"
  case chinaMobileWeChat = "china-mobile-wechat"
  case chinaMobileApp = "china-mobile-app"
  case aliyun
  /// The file describes the wire itself.
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

  var canPrepare: Bool { type is any ClientPreparing.Type }
  var canSign: Bool { type is any ClientSigning.Type }

  func can(_ operation: Operation) -> Bool {
    switch operation {
    case .login: type is any NumberRetrieving.Type
    case .verify: type is any NumberVerifying.Type
    }
  }

  /// The hash functions that the adapter's requests are signed with; those of a declarative one are in its file.
  var digests: Set<DigestAlgorithm> {
    switch self {
    case .chinaMobileH5, .chinaMobileWeChat, .chinaMobileApp: [.md5, .sha256]
    case .chinaMobileQuickApp: [.md5]
    case .aliyun: [.sha1, .sha256]
    case .declarative: []
    }
  }

  /// Throws what is wrong with the account's fields.
  func make(_ settings: AccountSettings) throws(AccountFault) -> any Provider {
    switch self {
    case .chinaMobileH5: try ChinaMobileH5(settings)
    case .chinaMobileQuickApp: try ChinaMobileQuickApp(settings)
    case .chinaMobileWeChat: try ChinaMobileWeChat(settings)
    case .chinaMobileApp: try ChinaMobileApp(settings)
    case .aliyun: try Aliyun(settings)
    case .declarative: throw AccountFault(field: "provider", "the provider's file does not describe its wire")
    }
  }
}
