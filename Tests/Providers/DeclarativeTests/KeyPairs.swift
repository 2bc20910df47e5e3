/// The key pairs of the cases in `Steps/steps.json`.
struct KeyPairs {
  let `private`: String
  let `public`: String

  static let rsa = pair { $0.hasPrefix("MIIC") }
  static let sm2 = pair { $0.utf8.count == 64 }
  static let curve = pair { $0.hasPrefix("MIGH") }

  private static func pair(_ isPrivate: (String) -> Bool) -> KeyPairs {
    for each in StepTests.cases {
      let account = each.value["account"]
      guard let key = account?["private"]?.string, isPrivate(key), let other = account?["public"]?.string else {
        continue
      }
      return KeyPairs(private: key, public: other)
    }
    preconditionFailure("no case has these keys")
  }
}
