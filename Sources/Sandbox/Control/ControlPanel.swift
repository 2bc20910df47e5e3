internal import Networking

/// The control interface for a person: a page at `GET /sandbox` for browsers.
enum ControlPanel {
  static let page = HTTPResponse.embedded(PackageResources.panel_html, "text/html;charset=UTF-8")
  static let script = HTTPResponse.embedded(PackageResources.panel_js, "text/javascript;charset=UTF-8")
}

extension HTTPRequest {
  /// Whether a browser asks for a page. Programs that accept anything get JSON.
  var acceptsHTML: Bool { headers["accept"]?.contains("text/html") == true }
}
