/// Why a vendor's server does not do what it is asked: its own code, and words where the code's are not enough.
struct Refusal: Error, Sendable {
  let code: String
  let message: String?

  init(_ code: String, _ message: String? = nil) {
    self.code = code
    self.message = message
  }
}
