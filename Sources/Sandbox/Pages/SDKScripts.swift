internal import Networking

/// The scripts and stylesheets of the vendors' SDKs for browsers, at the paths of the vendors' hosts. Aliyun's is an npm
/// package: its path is the sandbox's own.
enum SDKScripts {
  static let oneClick = "/h5/js/jssdk_auth/jssdk-1.0.0.min.js"
  static let aliyun = "/sdk/numberAuth-web-sdk.js"
  static let oneClickStyle = "/h5/js/jssdk_auth/css/ydrz-layer.css"

  private static let oneClickScript = PackageResources.auth_page_js + PackageResources.jssdk_auth_js

  /// The response to a request for one of them; nil for other requests.
  static func response(to request: HTTPRequest) -> HTTPResponse? {
    guard request.method == "GET" else { return nil }
    return switch request.path {
    case oneClick: .embedded(oneClickScript, "text/javascript;charset=UTF-8")
    case aliyun: .embedded(PackageResources.aliyun_web_sdk_js, "text/javascript;charset=UTF-8")
    case oneClickStyle: .embedded([], "text/css;charset=UTF-8")
    default: nil
    }
  }
}
