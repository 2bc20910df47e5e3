/// The purpose of a token: to get the number of the phone, or to check whether a number is that of the phone.
enum Operation: String, Sendable, CaseIterable {
  case login
  case verify
}
