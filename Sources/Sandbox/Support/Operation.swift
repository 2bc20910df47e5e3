/// What a token is for: getting the phone's number, or telling whether a number is the phone's.
enum Operation: String, Sendable, CaseIterable {
  case login
  case verify
}
