/// The template of a provider file, with comments. It is valid and describes an invented vendor.
public enum ProviderStarter {
  /// `schema`: the path of the JSON Schema, relative to the new file.
  public static func text(name: String, schema: String) -> String {
    String(decoding: PackageResources.starter_yaml, as: UTF8.self)
      .replacing("@NAME@", with: name).replacing("@SCHEMA@", with: schema)
  }
}
