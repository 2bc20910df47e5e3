import Schema

/// The options of curl, by their effect on a provider file.
enum CurlOption: Equatable {
  case method, header, user, url, get
  case data(Data)
  /// No effect on the request that a provider file describes.
  case ignoredFlag
  case ignoredValue
  /// Not supported, with the reason.
  case refused(String)

  /// The options that add to the body.
  enum Data {
    case plain
    /// `--data-raw`: `@` does not refer to a file.
    case raw
    case percentEncoded
    case json
  }

  private static let long: [String: CurlOption] = [
    "--request": .method, "--header": .header, "--user": .user, "--url": .url, "--get": .get,
    "--data": .data(.plain), "--data-ascii": .data(.plain), "--data-binary": .data(.plain), "--data-raw": .data(.raw),
    "--data-urlencode": .data(.percentEncoded), "--json": .data(.json),
    "--form": multipart, "--form-string": multipart,
    "--head": .refused("provider files support GET, POST and PUT"),
    "--upload-file": .refused("it reads a file; write the body with --data"),
    "--config": .refused("it reads a file; write its options into the command"),
    "--cert": certificate, "--key": certificate,
    "--digest": scheme, "--ntlm": scheme, "--negotiate": scheme, "--anyauth": scheme, "--aws-sigv4": scheme,
  ]

  private static let multipart = refused("it sends multipart/form-data; provider files support a form or JSON")
  private static let certificate = refused("provider files do not support client certificates")
  private static let scheme = refused("this authentication is not supported; write the headers that are sent")

  private static let short: [Character: String] = [
    "X": "--request", "H": "--header", "u": "--user", "G": "--get", "d": "--data", "F": "--form", "I": "--head",
    "T": "--upload-file", "K": "--config", "E": "--cert", "s": "--silent", "S": "--show-error", "k": "--insecure",
    "L": "--location", "i": "--include", "v": "--verbose", "f": "--fail", "g": "--globoff", "#": "--progress-bar",
    "N": "--no-buffer", "4": "--ipv4", "6": "--ipv6", "0": "--http1.0", "j": "--junk-session-cookies",
    "A": "--user-agent", "e": "--referer", "b": "--cookie", "c": "--cookie-jar", "o": "--output",
    "w": "--write-out", "m": "--max-time", "x": "--proxy", "D": "--dump-header", "U": "--proxy-user",
    "O": "--remote-name", "q": "--disable", "a": "--append",
  ]

  private static let flags: Set<String> = [
    "--silent", "--show-error", "--insecure", "--location", "--include", "--verbose", "--fail", "--fail-with-body",
    "--globoff", "--progress-bar", "--no-progress-meter", "--no-buffer", "--ipv4", "--ipv6", "--http1.0", "--http1.1",
    "--http2", "--http2-prior-knowledge", "--http3", "--tlsv1", "--tlsv1.0", "--tlsv1.1", "--tlsv1.2", "--tlsv1.3",
    "--compressed", "--path-as-is", "--basic", "--junk-session-cookies", "--location-trusted", "--remote-name",
    "--disable", "--append", "--no-keepalive", "--tcp-nodelay", "--ssl-reqd", "--post301", "--post302", "--post303",
  ]

  private static let values: Set<String> = [
    "--user-agent", "--referer", "--cookie", "--cookie-jar", "--output", "--write-out", "--max-time",
    "--connect-timeout", "--proxy", "--proxy-user", "--dump-header", "--retry", "--retry-delay", "--retry-max-time",
    "--resolve", "--connect-to", "--interface", "--cacert", "--capath", "--ciphers", "--tls-max", "--limit-rate",
    "--max-redirs", "--noproxy", "--trace", "--trace-ascii", "--stderr", "--keepalive-time", "--dns-servers",
    "--max-filesize", "--curves", "--tls13-ciphers",
  ]

  /// The long name of a short option; nil if it is unknown.
  static func name(_ letter: Character) -> String? { short[letter] }

  /// nil if the option is unknown.
  init?(_ name: String) {
    if let known = Self.long[name] {
      self = known
    } else if Self.flags.contains(name) {
      self = .ignoredFlag
    } else if Self.values.contains(name) {
      self = .ignoredValue
    } else {
      return nil
    }
  }

  var hasValue: Bool {
    switch self {
    case .method, .header, .user, .url, .data, .ignoredValue: true
    case .get, .ignoredFlag, .refused: false
    }
  }

  /// The message about an unknown option.
  static func unknown(_ name: String) -> String {
    if let equals = name.firstIndex(of: "="), CurlOption(String(name[..<equals]))?.hasValue == true {
      return "curl has no options with '='; write a space after '\(name[..<equals])'"
    }
    let known = Array(long.keys) + Array(flags) + Array(values)
    return "unknown option '\(shortened(name))' of curl"
      + (nearest(to: name, among: known.sorted()).map { "; did you mean '\($0)'?" } ?? "; remove it, if possible")
  }
}
