import COpenSSL
import Glibc
import TestAuthorities

@testable import Networking

/// A server connection with TLS. It uses OpenSSL directly, on a blocking socket.
final class SecureSocket: @unchecked Sendable {
  struct Failure: Error {
    let what: String
  }

  let socket: RawSocket
  private let connection: OpaquePointer

  init(_ socket: RawSocket, _ context: TLSContext) throws(Failure) {
    self.socket = socket
    guard let connection = SSL_new(context.context) else { throw Failure(what: "SSL_new") }
    self.connection = connection
    SSL_set_fd(connection, socket.descriptor)
  }

  deinit { SSL_free(connection) }

  var isResumed: Bool { SSL_session_reused(connection) == 1 }

  /// The server name that the client indicated, if any.
  var indicatedName: String? { SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name).map { String(cString: $0) } }

  /// The subject of the client certificate, such as `/CN=shop.internal`; nil without a certificate.
  var clientSubject: String? {
    guard let certificate = SSL_get1_peer_certificate(connection) else { return nil }
    defer { X509_free(certificate) }
    var text = [CChar](repeating: 0, count: 256)
    X509_NAME_oneline(X509_get_subject_name(certificate), &text, Int32(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Call before the handshake. Sets OpenSSL's security level to 0, because higher levels exclude old versions.
  func allowOnly(_ version: Int32) {
    SSL_set_security_level(connection, 0)
    SSL_set_cipher_list(connection, "ALL:@SECLEVEL=0")
    SSL_ctrl(connection, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(version), nil)
    SSL_ctrl(connection, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
  }

  /// While `holds` is set, sent bytes are collected, and then sent in one segment.
  func holdsBack(_ holds: Bool) {
    var value: Int32 = holds ? 1 : 0
    setsockopt(socket.descriptor, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  func accept() throws(Failure) {
    ERR_clear_error()
    guard SSL_accept(connection) == 1 else { throw Failure(what: "SSL_accept") }
  }

  /// Receives at most `limit` bytes; empty after the client's close_notify. Throws at an end without close_notify.
  func receive(atMost limit: Int = 65_536) throws(Failure) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: limit)
    ERR_clear_error()
    let count = SSL_read(connection, &buffer, Int32(limit))
    if count > 0 { return Array(buffer[..<Int(count)]) }
    guard SSL_get_error(connection, count) == SSL_ERROR_ZERO_RETURN else { throw Failure(what: "SSL_read") }
    return []
  }

  /// Receives a request without a body; nil after the client's close_notify.
  func receiveRequest() throws(Failure) -> RawMessage? {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual([0x0d, 0x0a, 0x0d, 0x0a]) {
      let more = try receive(atMost: 1)
      if more.isEmpty { return nil }
      bytes += more
    }
    return RawMessage(String(decoding: bytes, as: UTF8.self))
  }

  /// Returns false if the client has closed the connection.
  @discardableResult func send(_ bytes: [UInt8]) -> Bool {
    ERR_clear_error()
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { SSL_write(connection, $0.baseAddress! + sent, Int32($0.count - sent)) }
      guard count > 0 else { return false }
      sent += Int(count)
    }
    return true
  }

  func respond(_ body: String, _ fields: String = "") {
    send(Array("HTTP/1.1 200 OK\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
  }

  func sendCloseNotify() {
    ERR_clear_error()
    SSL_shutdown(connection)
  }

  /// Sends a TLS 1.3 ticket at once, without other data.
  func sendTicket() {
    ERR_clear_error()
    SSL_new_session_ticket(connection)
    SSL_do_handshake(connection)
  }
}

/// A `ScriptedServer` with TLS.
struct SecureServer {
  typealias Script = @Sendable (_ socket: SecureSocket, _ number: Int) throws -> Void

  let server: ScriptedServer

  /// `version`: the only TLS version; nil for 1.2 and 1.3. The script starts after the handshake. `holdsBack`: the end
  /// of the handshake is then not yet sent. `clients`: whether clients need a certificate; nil: it is not requested.
  init(
    certificate: String = "localhost", version: Int32? = nil, holdsBack: Bool = false,
    clients: TLSContext.ClientCertificates? = nil, _ script: @escaping Script
  ) throws {
    let authorities = try TestAuthorities.shared.get()
    let context = try TLSContext(
      certificateChain: authorities.bytes(certificate + ".pem"), key: authorities.bytes(certificate + ".key"),
      clientAuthorities: clients.map { _ in authorities.bytes("authority.pem") },
      clientCertificates: clients ?? .optional)
    server = ScriptedServer { socket, number, _ in
      let socket = try SecureSocket(socket, context)
      if let version { socket.allowOnly(version) }
      if holdsBack { socket.holdsBack(true) }
      do {
        try socket.accept()
      } catch {
        // The alert has been sent. A close with unread bytes would reset the connection.
        socket.socket.halfClose()
        _ = try socket.socket.receiveAll()
        return
      }
      try script(socket, number)
    }
  }

  func origin(_ host: String = "localhost") -> HTTPOrigin { HTTPOrigin(isSecure: true, host: host, port: server.port) }

  /// Responds to each request with the number of its connection, the subject of the client certificate, and whether the
  /// connection resumed a session.
  static let echoClient: Script = { socket, number in
    while try socket.receiveRequest() != nil {
      socket.respond("\(number) \(socket.clientSubject ?? "none") \(socket.isResumed ? "resumed" : "full")")
    }
  }

  /// Responds to each request with the number of its connection, and whether the connection resumed a session.
  static let echo: Script = { socket, number in
    while try socket.receiveRequest() != nil { socket.respond("\(number) \(socket.isResumed ? "resumed" : "full")") }
  }
}
