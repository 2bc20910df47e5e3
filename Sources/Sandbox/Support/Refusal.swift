/// Why a vendor's server rejects a request: the vendor's code, and a message that replaces the text of the code.
struct Refusal: Error, Sendable {
  let code: String
  let message: String?

  init(_ code: String, _ message: String? = nil) {
    self.code = code
    self.message = message
  }
}
