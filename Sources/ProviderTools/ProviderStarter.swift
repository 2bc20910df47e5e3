/// The commented start of a provider's file. It passes the check as it is and describes an invented vendor.
public enum ProviderStarter {
  /// `schema`: the JSON Schema's path as the new file sees it.
  public static func text(name: String, schema: String) -> String {
    String(decoding: PackageResources.starter_yaml, as: UTF8.self)
      .replacing("@NAME@", with: name).replacing("@SCHEMA@", with: schema)
  }
}
