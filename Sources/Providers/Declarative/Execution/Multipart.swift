import JSON
import NumberAuth

/// A body of `multipart/form-data` (RFC 7578) whose parts are texts.
enum Multipart {
  /// The nonce of the call is random, so that no value contains the boundary.
  private static func boundary(_ context: CallContext) -> String { "numgate-" + context.nonce }

  static func contentType(_ context: CallContext) -> String { "multipart/form-data; boundary=" + boundary(context) }

  static func body(_ parts: [BoundRequest.Parameter], _ evaluation: inout Evaluation) throws(Failure) -> [UInt8] {
    let delimiter = "--" + boundary(evaluation.context)
    var output = ByteBuffer(capacity: 1024)
    for part in parts {
      let value = try part.value.text(&evaluation)
      if part.isOptional, value.isEmpty { continue }
      guard !value.contains(delimiter) else {
        throw .gateway(.invalidRequest, "The value of the part '\(part.name)' contains the boundary of the body.")
      }
      output.append(delimiter)
      output.append("\r\nContent-Disposition: form-data; name=\"")
      output.append(part.name)
      output.append("\"\r\n\r\n")
      output.append(value)
      output.append("\r\n")
      if output.count > Value.maximumSize { throw evaluation.tooLarge("The body") }
    }
    output.append(delimiter)
    output.append("--\r\n")
    return output.take()
  }
}
