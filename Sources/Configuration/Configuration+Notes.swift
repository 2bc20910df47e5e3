extension Configuration {
  /// Requirements of vendors on the teams' pages, one line for each account, sorted by its name. The gateway cannot
  /// check them, so they are not warnings.
  public var notes: [String] {
    accounts.values.sorted { $0.name < $1.name }.compactMap { account in
      guard account.pages.hasSecurePage, let referrer = account.file.sdks[.h5]?.referrer else { return nil }
      return "accounts.\(account.name).pages: a page on https must contain "
        + "<meta name=\"referrer\" content=\"\(referrer)\">, otherwise the vendor refuses it"
    }
  }
}
